import { createRequire } from "node:module";

let pino: typeof import("pino") | undefined;

/**
 * pino, when the first logger is made. By `require`, and from here, so that telltale can tell this copy from the
 * application's: that gets trace ids from an instrumentation, and our records have theirs already.
 */
export function requirePino(): typeof import("pino") {
  pino ??= createRequire(import.meta.url)("pino") as typeof import("pino");
  return pino;
}
