import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Loads a package that the user installs only when it is needed.
 * @throws Error with code TELLTALE_MISSING_PACKAGE when it is not there.
 */
export function requireOptional(name: string, neededFor: string): unknown {
  try {
    return require(name);
  } catch (cause) {
    // The package may be there and fail, or lack a package of its own.
    const { code, message: reason } = cause as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" || !reason.includes(`'${name}'`)) throw cause;
    const message = `${neededFor} needs the package ${name}, which is not installed: npm install ${name}`;
    throw Object.assign(new Error(message, { cause }), { code: "TELLTALE_MISSING_PACKAGE" });
  }
}
