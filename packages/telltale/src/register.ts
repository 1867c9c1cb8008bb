/** `node --import telltale/register app.js` (or `--require`). All else comes from the compile cache, so it is loaded after. */
import { createRequire } from "node:module";
import { startCompileCache } from "./compile-cache.ts";

startCompileCache();
const require = createRequire(import.meta.url);
require("./registered.ts");
