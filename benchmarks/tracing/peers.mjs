import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const peers = process.argv[4];

/** The CommonJS build of a package of the peers' folder. */
export const requirePeer = createRequire(join(peers, "package.json"));

/** Its ES build. */
export function importPeer(name) {
  return import(pathToFileURL(requirePeer.resolve(name).replace(/\.cjs$/, ".mjs")).href);
}
