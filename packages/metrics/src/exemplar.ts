import { type Attributes, type Context, context, TraceFlags, trace } from "@opentelemetry/api";
import type { Series } from "./instrument.ts";

/** One recorded value, and the span inside which it was recorded; its ids are empty when there was none. */
export interface Exemplar {
  readonly value: number;
  readonly timeMs: number;
  readonly traceId: string;
  readonly spanId: string;
}

/** What may become an exemplar: what is recorded inside a sampled span, anything, or nothing. */
export type ExemplarFilter = "trace_based" | "always_on" | "always_off";

// Beside the series, so that the many without exemplars carry no field for them.
const exemplars = new WeakMap<Series, Exemplar>();
// Of the whole process, as the instruments are.
let filter: ExemplarFilter = "trace_based";

/** Decides from now on, for the instruments that ask for exemplars. */
export function filterExemplars(next: ExemplarFilter): void {
  filter = next;
}

// Of the record that is being made, where its caller named a context.
let named: Context | undefined;

/**
 * Makes a record whose exemplar is of the span in `within`. That context does not become the active one, which would cost
 * more than the record.
 */
export function recordWithin(
  within: Context,
  record: (value: number, attributes?: Attributes) => void,
  value: number,
  attributes?: Attributes,
): void {
  named = within;
  try {
    record(value, attributes);
  } finally {
    named = undefined;
  }
}

/** Keeps the value as the series' exemplar when the filter lets it. Costs one read of the context when no span is active. */
export function keepExemplar(series: Series, value: number): void {
  if (filter === "always_off") return;
  const span = trace.getSpan(named ?? context.active())?.spanContext();
  const sampled = span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0;
  // What the series itself refused is no exemplar of it.
  if ((!sampled && filter === "trace_based") || !Number.isFinite(value) || value < 0) return;
  exemplars.set(series, { value, timeMs: Date.now(), traceId: span?.traceId ?? "", spanId: span?.spanId ?? "" });
}

/** The latest exemplar of a series. */
export function exemplarOf(series: Series): Exemplar | undefined {
  return exemplars.get(series);
}
