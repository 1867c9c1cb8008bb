import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** The text of a file of sysfs; `undefined` when it is not there or the driver refuses (ENODATA, EBUSY, EPERM). */
export function readText(...path: readonly string[]): string | undefined {
  try {
    // Some files of amdgpu end in NUL bytes.
    const text = readFileSync(join(...path), "latin1")
      .replaceAll("\0", "")
      .trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The whole number in a file; `undefined` when there is none. */
export function readNumber(...path: readonly string[]): number | undefined {
  const text = readText(...path);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** `readNumber` in another unit: 1e-6 for what the kernel gives in millionths. */
export function readScaled(scale: number, ...path: readonly string[]): number | undefined {
  const value = readNumber(...path);
  return value === undefined ? undefined : value * scale;
}

export function entries(...path: readonly string[]): readonly string[] {
  try {
    return readdirSync(join(...path)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  } catch {
    return [];
  }
}

/** The last part of where a link leads. */
export function linkName(...path: readonly string[]): string | undefined {
  try {
    return realpathSync(join(...path))
      .split("/")
      .at(-1);
  } catch {
    return undefined;
  }
}
