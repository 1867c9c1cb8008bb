import type { Attributes } from "@opentelemetry/api";
import type { Histogram as HistogramValue } from "@opentelemetry/sdk-metrics";
import type { KeepKey } from "./attribute-schema.ts";
import { type BucketIndex, bucketIndex, bucketOf } from "./bucket-index.ts";
import { type AttributesOf, type AttributeValues, badDeclaration, type InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import { keepExemplar } from "./exemplar.ts";
import { EPOCH_MS, type Instrument, type Series } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { mergeValues } from "./point-value.ts";
import { seriesInstrument } from "./series-instrument.ts";
import type { SeriesStore } from "./series-store.ts";
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
  /** Lets the binding go; when it was the last, the series leaves the readers. */
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
  const cells = cellPool(HEAD + index.size);
  const { instrument, store } = seriesInstrument<HistogramSeries, A>(
    { kind: "histogram", declaration, keepKey },
    (...from) => new HistogramSeries(from, index, cells()),
  );
  const { start, time } = stopwatch(declaration.name, declaration.unit ?? "");
  const exemplars = declaration.exemplars === true;
  // Hot: benchmarks/metrics.
  const record = (value: number, attributes?: AttributesOf<A>): void => {
    const series = store.find(attributes);
    series.record(value);
    if (exemplars) keepExemplar(series, value);
  };
  return Object.assign(instrument, {
    boundaries,
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

/** Where the sum, the minimum and the maximum stand in a series' cells; the counts follow. */
export const SUM = 0;
export const MIN = 1;
export const MAX = 2;
export const HEAD = 3;

/** Exported for readers that take the numbers out of the cells themselves. */
export class HistogramSeries implements Series {
  readonly attributes: Attributes;
  readonly startMs: number;
  readonly store: SeriesStore<HistogramSeries>;
  bindings = 0;
  settled: HistogramValue | undefined = undefined;
  // Doubles in an array of doubles: adding to one allocates nothing on any tier of V8's compilers.
  readonly cells: Float64Array;
  readonly base: number;
  readonly index: BucketIndex;

  constructor(
    [attributes, startTimeMs, store]: readonly [Attributes, number, SeriesStore<HistogramSeries>],
    index: BucketIndex,
    place: CellPlace,
  ) {
    this.attributes = attributes;
    this.startMs = startTimeMs - EPOCH_MS;
    this.store = store;
    this.index = index;
    this.cells = place.cells;
    this.base = place.base;
    this.clear();
  }

  // Hot: benchmarks/metrics.
  record(value: number): void {
    if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) {
      const { cells, base } = this;
      const at = base + HEAD + bucketOf(this.index, value);
      cells[at] = (cells[at] as number) + 1;
      cells[base] = (cells[base] as number) + value;
      if (value < (cells[base + MIN] as number)) cells[base + MIN] = value;
      if (value > (cells[base + MAX] as number)) cells[base + MAX] = value;
    } else dropRecord(this.store.instrument, reasonAgainst(value) ?? "negative", value);
  }

  unbind(): void {
    this.store.unbind(this);
  }

  get startTimeMs(): number {
    return EPOCH_MS + this.startMs;
  }

  total(): HistogramValue {
    const live = this.read();
    return this.settled === undefined ? live : (mergeValues("histogram", this.settled, live) as HistogramValue);
  }

  drain(): HistogramValue | undefined {
    const live = this.read();
    if (live.count === 0) return undefined;
    this.settled = this.settled === undefined ? live : (mergeValues("histogram", this.settled, live) as HistogramValue);
    this.clear();
    return live;
  }

  cumulate(into: Float64Array): void {
    const { cells, base, settled } = this;
    const { size } = this.index;
    let below = 0;
    for (let i = 0; i < size; i++) {
      below += (cells[base + HEAD + i] as number) + (settled === undefined ? 0 : (settled.buckets.counts[i] as number));
      into[i] = below;
    }
    into[size] = (cells[base + SUM] as number) + (settled?.sum ?? 0);
  }

  mark(): number {
    return this.total().count;
  }

  read(): HistogramValue {
    const { cells, base } = this;
    const counts = new Array<number>(this.index.size);
    let count = 0;
    for (let i = 0; i < counts.length; i++) {
      const inBucket = cells[base + HEAD + i] as number;
      counts[i] = inBucket;
      count += inBucket;
    }
    return {
      buckets: { boundaries: this.index.boundaries as number[], counts },
      count,
      sum: cells[base + SUM] as number,
      min: cells[base + MIN] as number,
      max: cells[base + MAX] as number,
    };
  }

  clear(): void {
    this.cells.fill(0, this.base, this.base + HEAD + this.index.size);
    this.cells[this.base + MIN] = Number.POSITIVE_INFINITY;
    this.cells[this.base + MAX] = Number.NEGATIVE_INFINITY;
  }
}

/** The bound face of a series: one step away from it, so that the series itself carries no timers. */
class BoundSeries {
  readonly #series: HistogramSeries;
  constructor(series: HistogramSeries) {
    this.#series = series;
  }
  // Hot: benchmarks/metrics.
  record(value: number): void {
    this.#series.record(value);
  }
  unbind(): void {
    this.#series.unbind();
  }
}

interface CellPlace {
  readonly cells: Float64Array;
  readonly base: number;
}

/** Cells of several series share one array: an array of its own costs each series 200 bytes more than its numbers. */
function cellPool(size: number): () => CellPlace {
  let cells = new Float64Array(0);
  let base = 0;
  return () => {
    base += size;
    if (base + size > cells.length) {
      // From one to 64 series at a time: an instrument with a single series does not pay for many.
      cells = new Float64Array(Math.min(64, Math.max(1, (cells.length / size) * 2)) * size);
      base = 0;
    }
    return { cells, base };
  };
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
