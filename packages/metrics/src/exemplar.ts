import { context, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import type { Series } from "./instrument.ts";

/** One recorded value, and the sampled span inside which it was recorded. */
export interface Exemplar {
  readonly value: number;
  readonly timeMs: number;
  readonly traceId: string;
  readonly spanId: string;
}

// Beside the series, so that the many without exemplars carry no field for them.
const exemplars = new WeakMap<Series, Exemplar>();

/** Keeps the value as the series' exemplar when a sampled span is active. Costs one read of the context when none is. */
export function keepExemplar(series: Series, value: number): void {
  const span: SpanContext | undefined = trace.getSpan(context.active())?.spanContext();
  if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0 || !Number.isFinite(value)) return;
  exemplars.set(series, { value, timeMs: Date.now(), traceId: span.traceId, spanId: span.spanId });
}

/** The latest exemplar of a series. */
export function exemplarOf(series: Series): Exemplar | undefined {
  return exemplars.get(series);
}
