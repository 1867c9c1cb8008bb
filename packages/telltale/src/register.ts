/** `node --import telltale/register app.js` (or `--require`). What makes loading faster comes before all else is loaded. */
import { createRequire } from "node:module";
import { withApiInOneFile } from "./api-in-one-file.ts";
import { startCompileCache } from "./compile-cache.ts";

const require = createRequire(import.meta.url);

startCompileCache();
withApiInOneFile(() => require("./registered.ts"));
