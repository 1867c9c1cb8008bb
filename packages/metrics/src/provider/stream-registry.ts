import { diag } from "@opentelemetry/api";
import type { Instrument } from "../instrument.ts";
import { type InstrumentSource, providedStores } from "../metric-producer.ts";
import { createStream, type Stream, type StreamPlan } from "./stream.ts";
import type { PlannedStream } from "./stream-plan.ts";

/** The streams of one MeterProvider, and which of its readers sees which. */
export interface StreamRegistry {
  /** The stream of a plan: a new one, or the one that another instrument has there by a view in the same words. */
  stream(planned: PlannedStream): Stream;
  /** What one reader sees, by its number. */
  source(reader: number): InstrumentSource;
}

export function streamRegistry(readers: number): StreamRegistry {
  const byName = new Map<
    string,
    { readonly key: string; readonly stream: Stream; readonly readers: readonly number[] }[]
  >();
  const seen = Array.from({ length: readers }, () => ({ instruments: [] as Instrument[], stores: new WeakSet() }));
  return {
    stream({ plan, readers: forReaders }) {
      const name = `${scopeKey(plan.scope)}\n${plan.name.toLowerCase()}`;
      const entries = byName.get(name) ?? [];
      byName.set(name, entries);
      const key = keyOf(plan, forReaders);
      const before = entries.find((entry) => entry.key === key);
      if (before !== undefined) return before.stream;
      const stream = createStream(plan);
      const other = entries.find((entry) => entry.readers.some((reader) => forReaders.includes(reader)));
      if (other !== undefined) tellConflict(plan, other.stream);
      entries.push({ key, stream, readers: forReaders });
      providedStores.add(stream.store);
      for (const reader of forReaders) {
        seen[reader]?.instruments.push(stream);
        seen[reader]?.stores.add(stream.store);
      }
      return stream;
    },
    source: (reader) => ({
      instruments: () => seen[reader]?.instruments ?? [],
      reads: (store) => seen[reader]?.stores.has(store) ?? false,
    }),
  };
}

/** By what two scopes are one. */
export function scopeKey({ name, version, schemaUrl }: StreamPlan["scope"]): string {
  return `${name}\n${version ?? ""}\n${schemaUrl ?? ""}`;
}

const filters = new WeakMap<object, number>();
let filterCount = 0;

function keyOf({ unit, valueType, aggregation, keepKey, maxSeries }: StreamPlan, readers: readonly number[]): string {
  return JSON.stringify([unit, valueType, aggregation, keepKey && filterId(keepKey), maxSeries, readers]);
}

/** Two views with filters of their own make two streams, even when the filters say the same. */
function filterId(filter: object): number {
  const id = filters.get(filter) ?? ++filterCount;
  filters.set(filter, id);
  return id;
}

function tellConflict(plan: StreamPlan, other: Stream): void {
  diag.warn(
    `telltale: ${plan.scope.name} has two metrics ${plan.name}: a ${other.kind} in "${other.unit}" and a ${plan.aggregation.kind} in "${plan.unit}"; both are reported, which most backends cannot tell apart. Rename one, by a view if need be.`,
  );
}
