import { propagation } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { ignoreSpan } from "./engine/guarded-processor.ts";

export interface BaggageSpanProcessorOptions {
  /** Names of the baggage entries to copy. Baggage comes from outside, so nothing else is. */
  readonly attributes: readonly string[];
}

/** Copies baggage entries onto each span that starts, as attributes of the same names. */
export function baggageSpanProcessor({ attributes }: BaggageSpanProcessorOptions): SpanProcessor {
  return {
    onStart(span, context) {
      const baggage = propagation.getBaggage(context);
      if (baggage === undefined) return;
      for (const name of attributes) {
        const entry = baggage.getEntry(name);
        if (entry !== undefined) span.setAttribute(name, entry.value);
      }
    },
    onEnd: ignoreSpan,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
