import type { Attributes } from "@opentelemetry/api";
import type { Histogram as HistogramValue } from "@opentelemetry/sdk-metrics";
import type { KeepKey } from "./attribute-schema.ts";
import { bucketIndex, bucketOf } from "./bucket-index.ts";
import { type AttributesOf, type AttributeValues, badDeclaration, type InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import { keepExemplar } from "./exemplar.ts";
import {
  carryCount,
  drainSlot,
  HEAD,
  HistogramSlab,
  MAX,
  MIN,
  readRow,
  readSettled,
  readSlab,
  SUM,
  settle,
  writeRow,
} from "./histogram-slab.ts";
import type { Instrument, Series, SeriesRange } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { mergeValues } from "./point-value.ts";
import type { SeriesPlace } from "./series-chunk.ts";
import { seriesInstrument } from "./series-instrument.ts";
import { stopwatch, type Timer } from "./timer.ts";

export interface HistogramDeclaration<A extends AttributeValues = AttributeValues> extends InstrumentDeclaration<A> {
  /**
   * Ascending upper limits of the buckets, inclusive, without infinity.
   * @default OpenTelemetry's for durations when the unit is `s`, else the SDK's
   */
  readonly boundaries?: readonly number[];
}

/** A histogram bound to one set of attributes. */
export interface BoundHistogram {
  /** Counts a number that is not negative. Anything else is dropped, counted and told once; nothing is thrown. */
  record(value: number): void;
  /** Starts the clock; `stop()` records the time in the instrument's unit. */
  start(): Timer;
  /** Runs `fn`, records how long it took, its promise included, and returns what it returns. */
  time<T>(fn: () => T): T;
  /** Lets the binding go; when it was the last, the series leaves the readers as soon as they have had its last numbers. */
  unbind(): void;
}

/** Counts values by size: explicit buckets, with sum, minimum and maximum. */
export interface Histogram<A extends AttributeValues = AttributeValues> extends Instrument {
  bind(attributes?: AttributesOf<A>): BoundHistogram;
  record(value: number, attributes?: AttributesOf<A>): void;
  start(attributes?: AttributesOf<A>): Timer;
  time<T>(fn: () => T, attributes?: AttributesOf<A>): T;
}

/** Semantic conventions, `http.server.request.duration`: seconds. */
export const DURATION_BOUNDARIES: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** OpenTelemetry SDK specification, "Explicit Bucket Histogram Aggregation". */
export const DEFAULT_BOUNDARIES: readonly number[] = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
];

/**
 * Declares a histogram. It counts from now on, with or without an SDK; readers report it when there are some.
 * @throws TypeError with code TELLTALE_BAD_INSTRUMENT or TELLTALE_DUPLICATE_INSTRUMENT
 */
export function histogram<const A extends AttributeValues = AttributeValues>(
  declaration: HistogramDeclaration<A> & { readonly kind?: "histogram" },
): Histogram<A> {
  checkedBoundaries(declaration as HistogramDeclaration);
  return declareInstrument("histogram", declaration, createHistogram);
}

/** A histogram that no reader sees by itself. */
export function createHistogram<A extends AttributeValues>(
  declaration: HistogramDeclaration<A>,
  keepKey?: KeepKey,
): Histogram<A> {
  const boundaries = checkedBoundaries(declaration as HistogramDeclaration);
  const index = bucketIndex(boundaries);
  const { instrument, store } = seriesInstrument<HistogramSeries, A, HistogramSlab>(
    { kind: "histogram", declaration, keepKey },
    { numbers: (chunk) => new HistogramSlab(chunk, index), create: (place) => new HistogramSeries(place) },
  );
  const { start, time } = stopwatch(declaration.name, declaration.unit ?? "");
  const exemplars = declaration.exemplars === true;
  // Hot: benchmarks/metrics.
  const record = (value: number, attributes?: AttributesOf<A>): void => {
    const series = store.fast?.(attributes) ?? store.find(attributes);
    series.record(value);
    if (exemplars) keepExemplar(series, value);
  };
  return Object.assign(instrument, {
    boundaries,
    drainRows({ into, at, from, to }: SeriesRange): void {
      const width = HEAD + index.size;
      for (let i = from; i < to; i++) {
        const { slab, slot } = store.list[i] as HistogramSeries;
        drainSlot(slab, slot, into, at + (i - from) * width);
      }
    },
    record,
    start: (attributes?: AttributesOf<A>): Timer => start((value) => record(value, attributes)),
    time: <T>(fn: () => T, attributes?: AttributesOf<A>): T => time(fn, (value) => record(value, attributes)),
    bind(attributes?: AttributesOf<A>): BoundHistogram {
      const series = store.bind(attributes);
      const put = (value: number): void => {
        series.record(value);
        if (exemplars) keepExemplar(series, value);
      };
      const timers = { start: () => start(put), time: <T>(fn: () => T): T => time(fn, put) };
      if (!exemplars) return Object.assign(new BoundSeries(series), timers);
      return { record: put, unbind: () => series.unbind(), ...timers };
    },
  });
}

/** An imported name is a variable to V8, which it looks at at each use; a constant of this file is not. */
const findBucket = bucketOf;
const HEAD_SIZE = HEAD;
const [MIN_AT, MAX_AT] = [MIN, MAX];

/**
 * Exported for readers that take the numbers out of the slab themselves. `declare` leaves out the first, undefined value of
 * a field, which for V8 makes a variable of it: without one, the numbers of a handle that is a constant are addresses in
 * the caller's code.
 */
export class HistogramSeries implements Series {
  declare readonly slab: HistogramSlab;
  /** In its slab and in its chunk. */
  declare readonly slot: number;

  constructor({ chunk, slot }: SeriesPlace<HistogramSlab>) {
    this.slab = chunk.numbers;
    this.slot = slot;
  }

  // Hot: benchmarks/metrics.
  record(value: number): void {
    if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) {
      const { slab, slot } = this;
      const { index, counts, heads } = slab;
      // Whole numbers for certain: V8 then checks nothing else of them.
      const at = (slot * index.size + findBucket(index, value)) | 0;
      const count = ((counts[at] as number) + 1) | 0;
      counts[at] = count;
      if (count === 0) carryCount(slab, at);
      const head = (slot * HEAD_SIZE) | 0;
      heads[head] = (heads[head] as number) + value;
      if (value < (heads[head + MIN_AT] as number)) heads[head + MIN_AT] = value;
      if (value > (heads[head + MAX_AT] as number)) heads[head + MAX_AT] = value;
    } else dropRecord(this.slab.chunk.owner.instrument, reasonAgainst(value) ?? "negative", value);
  }

  unbind(): void {
    this.slab.chunk.owner.unbind(this);
  }

  get attributes(): Attributes {
    return this.slab.chunk.attributes(this.slot);
  }

  get startTimeMs(): number {
    return this.slab.chunk.startTimeMs(this.slot);
  }

  set startTimeMs(timeMs: number) {
    this.slab.chunk.setStart(this.slot, timeMs);
  }

  get bindings(): number {
    return this.slab.chunk.bindings(this.slot);
  }

  set bindings(count: number) {
    this.slab.chunk.setBindings(this.slot, count);
  }

  /** Takes in what was recorded elsewhere. */
  absorb(value: HistogramValue): void {
    const row = new Float64Array(HEAD + this.slab.index.size);
    writeRow(value, row, 0);
    settle(this.slab, this.slot, row);
  }

  total(): HistogramValue {
    const { slab, slot } = this;
    const live = readSlab(slab, slot);
    if (slab.settled === undefined) return live;
    return mergeValues("histogram", readSettled(slab.settled, slot, slab.index), live) as HistogramValue;
  }

  drain(): HistogramValue | undefined {
    const { index } = this.slab;
    const row = new Float64Array(HEAD + index.size);
    drainSlot(this.slab, this.slot, row, 0);
    return Number.isNaN(row[0]) ? undefined : readRow(row, 0, index.boundaries);
  }

  cumulate(into: Float64Array): void {
    const { slab, slot } = this;
    const { counts, carried, settled } = slab;
    const { size } = slab.index;
    const first = slot * size;
    let below = 0;
    for (let i = 0; i < size; i++) {
      below += (counts[first + i] as number) >>> 0;
      if (settled !== undefined) below += settled.counts[first + i] as number;
      if (carried !== undefined) below += carried[first + i] as number;
      into[i] = below;
    }
    const sum = slot * HEAD + SUM;
    into[size] = (slab.heads[sum] as number) + (settled === undefined ? 0 : (settled.heads[sum] as number));
  }

  /** Whether all that it holds lies in the slab. */
  live(): boolean {
    return this.slab.carried === undefined && this.slab.settled === undefined;
  }

  mark(): number {
    return this.total().count;
  }
}

/** The bound face of a series: one step away from it, so that the series itself carries no timers. */
class BoundSeries {
  declare readonly series: HistogramSeries;

  constructor(series: HistogramSeries) {
    this.series = series;
  }
  // Hot: benchmarks/metrics.
  record(value: number): void {
    this.series.record(value);
  }
  unbind(): void {
    this.series.unbind();
  }
}

function checkedBoundaries({ name, unit, boundaries }: HistogramDeclaration): readonly number[] {
  if (boundaries === undefined) return unit === "s" ? DURATION_BOUNDARIES : DEFAULT_BOUNDARIES;
  const ascending =
    Array.isArray(boundaries) &&
    boundaries.every((b, i) => Number.isFinite(b) && (i === 0 || b > (boundaries[i - 1] as number)));
  if (ascending && boundaries.length < 1_000) return Object.freeze([...boundaries]);
  throw badDeclaration(
    `boundaries of instrument "${String(name)}" are [${String(boundaries)}]; give ascending finite numbers, fewer than 1,000`,
  );
}
