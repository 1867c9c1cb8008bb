/**
 * Where the thread that alerts begins: it switches the cache of compiled code on before it loads all else, since the application
 * waits for it.
 */
import { createRequire, enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";
import { type FromAlerting, plainError, type ThreadData } from "./dialogue.ts";

const require = createRequire(import.meta.url);
const { compileCache, port, started } = workerData as ThreadData;

try {
  if (compileCache !== undefined) enableCompileCache(compileCache);
  require("./alerting-in-thread.ts");
} catch (error) {
  // Nobody hears of it otherwise before the time is up.
  port.postMessage({ type: "refused", error: plainError(error) } satisfies FromAlerting);
  Atomics.store(started, 0, 1);
  Atomics.notify(started, 0);
}
