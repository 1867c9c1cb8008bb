/** `node --import telltale/register app.js` (or `--require`). What makes loading faster comes before all else is loaded. */
import { createRequire } from "node:module";
import { withApiInOneFile } from "./api-in-one-file.ts";
import { startCompileCache } from "./compile-cache.ts";
import { oldNode } from "./old-node.ts";

const require = createRequire(import.meta.url);

const load = (): void => require("./registered.ts");

if (oldNode() === undefined) {
  startCompileCache();
  withApiInOneFile(load);
} else {
  // bootstrap() tells that this Node.js is too old; what makes loading faster needs a newer one itself.
  load();
}
