import { createRequire } from "node:module";
import { propagation, type TextMapPropagator } from "@opentelemetry/api";
import { requestIdPropagator } from "@telltale/tracing";
import type { Propagator } from "./configuration.ts";

const require = createRequire(import.meta.url);

/** Registers the named propagators, in order, as the global one. With none, no context crosses a process. */
export function registerPropagators(names: readonly Propagator[]): void {
  if (names.length === 0) return;
  const { CompositePropagator } = require("@opentelemetry/core") as typeof import("@opentelemetry/core");
  propagation.setGlobalPropagator(new CompositePropagator({ propagators: names.map(propagator) }));
}

function propagator(name: Propagator): TextMapPropagator {
  const core = require("@opentelemetry/core") as typeof import("@opentelemetry/core");
  switch (name) {
    case "tracecontext":
      return new core.W3CTraceContextPropagator();
    case "baggage":
      return new core.W3CBaggagePropagator();
    case "request-id":
      return requestIdPropagator();
    case "b3":
    case "b3multi": {
      const b3 = require("@opentelemetry/propagator-b3") as typeof import("@opentelemetry/propagator-b3");
      const encoding = name === "b3" ? b3.B3InjectEncoding.SINGLE_HEADER : b3.B3InjectEncoding.MULTI_HEADER;
      return new b3.B3Propagator({ injectEncoding: encoding });
    }
  }
}
