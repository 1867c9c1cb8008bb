import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import { keepExemplar } from "./exemplar.ts";
import {
  type ExponentialValue,
  exponentialIndex,
  hasTable,
  MAX_BUCKETS,
  MAX_SCALE,
  mergeExponential,
  scaleChange,
  tableIndex,
} from "./exponential-buckets.ts";
import type { BoundHistogram, Histogram } from "./histogram.ts";
import type { Series } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { PlacedSeries } from "./series-chunk.ts";
import { seriesInstrument } from "./series-instrument.ts";
import { stopwatch, type Timer } from "./timer.ts";

/**
 * Declares a base-2 exponential histogram: 160 buckets whose width follows the data, so that no boundaries are chosen
 * and a quantile is within a few percent over any range.
 * @throws TypeError with code TELLTALE_BAD_INSTRUMENT or TELLTALE_DUPLICATE_INSTRUMENT
 */
export function exponentialHistogram<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "exponentialHistogram" },
): Histogram<A> {
  return declareInstrument("exponentialHistogram", declaration, createExponentialHistogram);
}

/** A base-2 exponential histogram that no reader sees by itself. */
export function createExponentialHistogram<A extends AttributeValues>(
  declaration: InstrumentDeclaration<A>,
  keepKey?: KeepKey,
): Histogram<A> {
  const { instrument, store } = seriesInstrument<ExponentialSeries, A, undefined>(
    { kind: "exponentialHistogram", declaration, keepKey },
    { numbers: () => undefined, create: (place) => new ExponentialSeries(place) },
  );
  const { start, time } = stopwatch(declaration.name, declaration.unit ?? "");
  const exemplars = declaration.exemplars === true;
  const recordIn = (series: ExponentialSeries, value: number): void => {
    series.record(value);
    if (exemplars) keepExemplar(series, value);
  };
  // Hot: benchmarks/metrics.
  const record = (value: number, attributes?: AttributesOf<A>): void =>
    recordIn(store.fast?.(attributes) ?? store.find(attributes), value);
  return Object.assign(instrument, {
    record,
    start: (attributes?: AttributesOf<A>): Timer => start((value) => record(value, attributes)),
    time: <T>(fn: () => T, attributes?: AttributesOf<A>): T => time(fn, (value) => record(value, attributes)),
    bind(attributes?: AttributesOf<A>): BoundHistogram {
      const series = store.bind(attributes);
      const put = (value: number): void => recordIn(series, value);
      return {
        record: exemplars ? put : (value) => series.record(value),
        start: () => start(put),
        time: (fn) => time(fn, put),
        unbind: () => store.unbind(series),
      };
    },
  });
}

/** Sum, minimum, maximum and the count of zeros stand before the counts of the buckets. */
const SUM = 0;
const MIN = 1;
const MAX = 2;
const ZEROS = 3;
const HEAD = 4;

/** An imported name is a variable to V8, which it looks at at each use; a constant of this file is not. */
const find = tableIndex;

class ExponentialSeries extends PlacedSeries<undefined> implements Series {
  settled: ExponentialValue | undefined = undefined;
  scale = MAX_SCALE;
  /** The lowest and the highest bucket in use; none is when the highest is below the lowest. */
  low = 0;
  high = -1;
  /** The highest bucket that `record` finds by itself: none while the scale is one without a table. */
  near = -1;
  /** A ring: bucket `i` stands at `i & mask`, so the buckets in use may grow to either side without moving. */
  mask = 7;
  cells: Float64Array = emptyCells(8);

  // Hot: benchmarks/metrics.
  record(value: number): void {
    if (typeof value === "number") {
      const index = find(value, this.scale);
      if (index >= this.low && index <= this.near) this.count(HEAD + (index & this.mask), value);
      else this.recordRarer(value);
    } else dropRecord(this.chunk.owner.instrument, "type", value);
  }

  /** What `record` has no bucket for: the first values, zero, the smallest and largest ones, and what is refused. */
  recordRarer(value: number): void {
    if (value === 0) this.count(ZEROS, 0);
    else if (value > 0 && value < Number.POSITIVE_INFINITY) {
      let index = exponentialIndex(value, this.scale);
      if (index < this.low || index > this.high) index = this.reach(value, index);
      this.count(HEAD + (index & this.mask), value);
    } else dropRecord(this.chunk.owner.instrument, reasonAgainst(value) ?? "negative", value);
  }

  count(at: number, value: number): void {
    const { cells } = this;
    cells[at] = (cells[at] as number) + 1;
    cells[SUM] = (cells[SUM] as number) + value;
    if (value < (cells[MIN] as number)) cells[MIN] = value;
    if (value > (cells[MAX] as number)) cells[MAX] = value;
  }

  /** Makes room for a bucket outside those in use, coarser when 160 do not reach; returns the value's bucket then. */
  reach(value: number, index: number): number {
    const none = this.high < this.low;
    const change = none ? 0 : scaleChange(Math.min(this.low, index), Math.max(this.high, index));
    if (change > 0) this.coarsen(change);
    const reached = change > 0 ? exponentialIndex(value, this.scale) : index;
    const low = none ? reached : Math.min(this.low, reached);
    const high = none ? reached : Math.max(this.high, reached);
    if (high - low > this.mask) this.place(this.mask * 2 + 1, high - low, 0);
    this.low = low;
    this.high = high;
    this.near = hasTable(this.scale) ? high : low - 1;
    return reached;
  }

  coarsen(change: number): void {
    this.place(this.mask, 0, change);
    this.scale -= change;
    this.low >>= change;
    this.high >>= change;
  }

  /** Lays the counts out anew: in a ring that holds `span`, each bucket shifted by `change` halvings of the scale. */
  place(mask: number, span: number, change: number): void {
    let wide = mask;
    while (wide < span) wide = wide * 2 + 1;
    const before = this.cells;
    const after = emptyCells(wide + 1);
    after.set(before.subarray(0, HEAD));
    for (let i = this.low; i <= this.high; i++) {
      const at = HEAD + ((i >> change) & wide);
      after[at] = (after[at] as number) + (before[HEAD + (i & this.mask)] as number);
    }
    this.cells = after;
    this.mask = wide;
  }

  total(): ExponentialValue {
    const live = this.read();
    return this.settled === undefined ? live : mergeExponential(this.settled, live);
  }

  drain(): ExponentialValue | undefined {
    const live = this.read();
    if (live.count === 0) return undefined;
    this.settled = this.settled === undefined ? live : mergeExponential(this.settled, live);
    this.cells = emptyCells(this.mask + 1);
    this.scale = MAX_SCALE;
    this.low = 0;
    this.high = this.near = -1;
    return live;
  }

  mark(): number {
    return this.total().count;
  }

  read(): ExponentialValue {
    const { cells, low, high, mask } = this;
    const bucketCounts = Array.from({ length: high - low + 1 }, (_, i) => cells[HEAD + ((low + i) & mask)] as number);
    const zeroCount = cells[ZEROS] as number;
    return {
      count: bucketCounts.reduce((sum, count) => sum + count, zeroCount),
      sum: cells[SUM] as number,
      min: cells[MIN] as number,
      max: cells[MAX] as number,
      scale: bucketCounts.length === 0 ? 0 : this.scale,
      zeroCount,
      positive: { offset: bucketCounts.length === 0 ? 0 : low, bucketCounts },
      negative: { offset: 0, bucketCounts: [] },
    };
  }
}

function emptyCells(buckets: number): Float64Array {
  const cells = new Float64Array(HEAD + Math.min(buckets, 2 * MAX_BUCKETS));
  cells[MIN] = Number.POSITIVE_INFINITY;
  cells[MAX] = Number.NEGATIVE_INFINITY;
  return cells;
}
