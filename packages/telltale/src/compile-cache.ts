/**
 * Compiling is much of what telemetry costs at start, so `telltale/register` switches Node's cache of compiled code on: the
 * second start reads what the first one compiled, of telltale and of the application. The folder holds code that this user's
 * processes will run, and Node's own default lies where anybody may write; see docs/decisions/0002-start-up.md.
 */
import { lstatSync, mkdirSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Switches the cache on for everything that is loaded from now on; where that is not safe or not possible, nothing happens.
 * `env` is read here since config.ts is among what should come from the cache.
 */
export function startCompileCache(env: NodeJS.ProcessEnv = process.env): void {
  if (getCompileCacheDir() !== undefined) return;
  const folder = compileCacheFolder(env);
  if (folder !== undefined) enableCompileCache(folder);
}

/** Where the cache is or could be, for a thread that switches it on for itself; `undefined` where there is to be none. */
export function compileCacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  // Functions that come from a cache are counted less precisely.
  if (env["NODE_DISABLE_COMPILE_CACHE"] || env["NODE_V8_COVERAGE"]) return undefined;
  const running = getCompileCacheDir();
  // It is a folder of this version of Node.js within the one that was given.
  return running === undefined ? privateFolder(tmpdir()) : dirname(running);
}

/** A folder that this user alone can write to, made where there is none; `undefined` when that cannot be had. */
export function privateFolder(parent: string): string | undefined {
  const user = process.getuid?.();
  // Elsewhere a user's temporary files are the user's own.
  if (user === undefined) return join(parent, "telltale-compile-cache");
  const folder = join(parent, `telltale-compile-cache-${user}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It is there already, or cannot be: the next lines tell.
  }
  try {
    const { uid, mode } = lstatSync(folder);
    const isPrivate = uid === user && (mode & (FILE_TYPE | OF_OTHERS)) === DIRECTORY;
    return isPrivate && keepsNames(dirname(folder)) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Whether nobody else can put another folder in the place of one: others may not write, or the folder is sticky, as /tmp. */
function keepsNames(folder: string): boolean {
  const { mode } = lstatSync(folder);
  return (mode & WRITABLE_FOR_OTHERS) === 0 || (mode & STICKY) !== 0;
}

// Bits of a file's mode, see inode(7).
const FILE_TYPE = 0o170000;
const DIRECTORY = 0o040000;
const STICKY = 0o001000;
const OF_OTHERS = 0o000077;
const WRITABLE_FOR_OTHERS = 0o000022;
