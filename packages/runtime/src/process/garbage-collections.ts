import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { histogram } from "@telltale/metrics";
import { catalogue } from "../catalogue.ts";
import { runtimeScope } from "../observed-group.ts";

/** Times every garbage collection by its kind. */
export function timeGarbageCollections(): Disposable {
  const duration = histogram({ ...catalogue.garbageCollection, scope: runtimeScope });
  const bound = {
    [constants.NODE_PERFORMANCE_GC_MAJOR]: duration.bind({ "v8js.gc.type": "major" }),
    [constants.NODE_PERFORMANCE_GC_MINOR]: duration.bind({ "v8js.gc.type": "minor" }),
    [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: duration.bind({ "v8js.gc.type": "incremental" }),
    [constants.NODE_PERFORMANCE_GC_WEAKCB]: duration.bind({ "v8js.gc.type": "weakcb" }),
  };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind = -1 } = (entry as PerformanceEntry & { readonly detail: { readonly kind?: number } }).detail;
      bound[kind]?.record(entry.duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return { [Symbol.dispose]: () => observer.disconnect() };
}
