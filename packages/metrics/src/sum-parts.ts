import type { Instrument } from "./instrument.ts";
import type { SeriesChunk } from "./series-chunk.ts";
import type { SharedTotals } from "./shared-totals.ts";

/**
 * A series that sums. The part of its sum that is a 31-bit integer is a field of its own: V8 keeps it in the object itself,
 * and adding to it costs 1 ns.
 */
export interface SumSeries {
  readonly chunk: SeriesChunk<SumParts>;
  readonly slot: number;
  whole: number;
}

/** The rarer parts of the sums of a chunk's series, made when one has them: an array of doubles boxes none of its numbers. */
export class SumParts implements SharedTotals {
  /** Beyond 31 bits, and fractions. */
  rest: Float64Array | undefined = undefined;
  /** What delta readers were handed. */
  settled: Float64Array | undefined = undefined;
  shared: SharedTotals["shared"] = undefined;
}

/** Moves the whole part, and what does not fit into it, to the rest. */
export function addToRest(series: SumSeries, value: number): void {
  const { chunk, slot } = series;
  const parts = chunk.numbers;
  parts.rest ??= new Float64Array(chunk.capacity);
  parts.rest[slot] = (parts.rest[slot] as number) + (series.whole + value);
  series.whole = 0;
}

/** After a record, where another thread reads the total. */
export function updateShared(series: SumSeries): void {
  const { slot } = series;
  const { rest, settled, shared } = series.chunk.numbers;
  if (shared === undefined) return;
  shared[slot] = rest === undefined && settled === undefined ? series.whole : totalSum(series);
}

/** All that was recorded in the series' life. */
export function totalSum(series: SumSeries): number {
  const { rest, settled } = series.chunk.numbers;
  const recorded = rest === undefined ? series.whole : (rest[series.slot] as number) + series.whole;
  return settled === undefined ? recorded : (settled[series.slot] as number) + recorded;
}

/** What was recorded since the last time, which counts as settled then. */
export function drainSum(series: SumSeries): number | undefined {
  const { chunk, slot } = series;
  const parts = chunk.numbers;
  const recorded = ((parts.rest?.[slot] as number | undefined) ?? 0) + series.whole;
  if (recorded === 0) return undefined;
  parts.settled ??= new Float64Array(chunk.capacity);
  parts.settled[slot] = (parts.settled[slot] as number) + recorded;
  if (parts.rest !== undefined) parts.rest[slot] = 0;
  series.whole = 0;
  return recorded;
}

/** `Instrument.readTotals` of these series. */
export function readSums(store: { readonly list: readonly SumSeries[] }): NonNullable<Instrument["readTotals"]> {
  // Hot: benchmarks/metrics. `totalSum`, with a look at a chunk for all of its series in a row.
  return ({ into, at, from, to }) => {
    const { list } = store;
    let chunk: SumSeries["chunk"] | undefined;
    let rest: Float64Array | undefined;
    let settled: Float64Array | undefined;
    for (let i = from; i < to; i++) {
      const one = list[i] as SumSeries;
      if (one.chunk !== chunk) {
        chunk = one.chunk;
        ({ rest, settled } = chunk.numbers);
      }
      const recorded = rest === undefined ? one.whole : (rest[one.slot] as number) + one.whole;
      into[at + i - from] = settled === undefined ? recorded : (settled[one.slot] as number) + recorded;
    }
  };
}

/** `Instrument.drainRows` of these series. */
export function drainSums(store: { readonly list: readonly SumSeries[] }): NonNullable<Instrument["drainRows"]> {
  // Hot: benchmarks/metrics. As `drainSum`.
  return ({ into, at, from, to }) => {
    const { list } = store;
    let chunk: SumSeries["chunk"] | undefined;
    let rest: Float64Array | undefined;
    let settled: Float64Array = new Float64Array(0);
    for (let i = from; i < to; i++) {
      const one = list[i] as SumSeries;
      if (one.chunk !== chunk) {
        chunk = one.chunk;
        rest = chunk.numbers.rest;
        settled = chunk.numbers.settled ??= new Float64Array(chunk.capacity);
      }
      const { slot } = one;
      const recorded = rest === undefined ? one.whole : (rest[slot] as number) + one.whole;
      into[at + i - from] = recorded === 0 ? Number.NaN : recorded;
      if (recorded === 0) continue;
      settled[slot] = (settled[slot] as number) + recorded;
      one.whole = 0;
      if (rest !== undefined) rest[slot] = 0;
    }
  };
}
