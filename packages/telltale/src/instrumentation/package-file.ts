/**
 * Which package a file on disk belongs to, read from its path alone: this runs for every CommonJS file that the
 * application loads, so it does no I/O.
 */

import { sep } from "node:path";

export interface PackageFile {
  readonly packageName: string;
  /** Folder of the package. */
  readonly baseDir: string;
  /** Path inside the package. */
  readonly path: string;
}

/** `undefined` for a file outside `node_modules`. */
export function packageFileOf(filename: string): PackageFile | undefined {
  const folder = filename.lastIndexOf(NODE_MODULES);
  if (folder === -1) return undefined;
  const start = folder + NODE_MODULES.length;
  let end = filename.indexOf(sep, start);
  if (end !== -1 && filename[start] === "@") end = filename.indexOf(sep, end + 1);
  if (end === -1) return undefined;
  const name = filename.slice(start, end);
  return {
    packageName: sep === "/" ? name : name.replaceAll(sep, "/"),
    baseDir: filename.slice(0, end),
    path: filename.slice(end + 1),
  };
}

const NODE_MODULES = `${sep}node_modules${sep}`;
