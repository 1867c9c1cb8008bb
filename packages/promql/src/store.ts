import type { FloatHistogram } from "./histogram/float-histogram.ts";
import type { LabelMatcher } from "./label-matcher.ts";
import type { Labels } from "./labels.ts";

/** Where a query finds its series. */
export interface SeriesStore {
  /** The series that meet all conditions and may have samples in the range, its borders included. */
  select(matchers: readonly LabelMatcher[], range: TimeRange): readonly StoredSeries[];
  /** The same with breaks now and then, for stores of so many series that others must have their turn meanwhile. */
  selectInTurns?(
    matchers: readonly LabelMatcher[],
    range: TimeRange,
  ): Generator<undefined, readonly StoredSeries[], undefined>;
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface StoredSeries {
  readonly labels: Labels;
  /** Appends the samples of the range, its borders included, in the order of time. */
  read(range: TimeRange, into: SampleBuffer): void;
  /** Appends the last of these samples alone: for stores that find it faster, as most queries want no more. */
  readLatest?(range: TimeRange, into: SampleBuffer): void;
}

export const FLOAT = 0;
export const HISTOGRAM = 1;
/** The series ended here. */
export const STALE = 2;

const INITIAL_SAMPLES = 64;

/** Samples of one series in the order of time, in memory that is used again for the next series. */
export class SampleBuffer {
  length = 0;
  times: Float64Array = new Float64Array(INITIAL_SAMPLES);
  values: Float64Array = new Float64Array(INITIAL_SAMPLES);
  /** FLOAT, HISTOGRAM or STALE; meaningless while `plain`. */
  kinds: Uint8Array = new Uint8Array(INITIAL_SAMPLES);
  /** By the index of the sample. */
  histograms: (FloatHistogram | undefined)[] = [];
  /** Since when a counter has counted, 0 where unknown; empty when no sample says. */
  startTimes: number[] = [];
  /** All samples are floats. */
  plain = true;

  clear(): void {
    this.length = 0;
    if (!this.plain) {
      this.histograms = [];
      this.kinds.fill(FLOAT);
    }
    this.plain = true;
    if (this.startTimes.length > 0) this.startTimes = [];
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.times.length) return;
    const capacity = Math.max(needed, this.times.length * 2);
    this.times = grown(this.times, new Float64Array(capacity));
    this.values = grown(this.values, new Float64Array(capacity));
    this.kinds = grown(this.kinds, new Uint8Array(capacity));
  }

  push(timeMs: number, value: number): void {
    if (this.length === this.times.length) this.reserve(1);
    this.times[this.length] = timeMs;
    this.values[this.length] = value;
    this.length++;
  }

  pushStale(timeMs: number): void {
    this.push(timeMs, Number.NaN);
    this.makeStale(this.length - 1);
  }

  pushHistogram(timeMs: number, histogram: FloatHistogram): void {
    this.push(timeMs, 0);
    this.makeHistogram(this.length - 1, histogram);
  }

  /** Turns a sample into the end of its series. */
  makeStale(index: number): void {
    this.plain = false;
    this.kinds[index] = STALE;
  }

  /** Turns a sample into a histogram. */
  makeHistogram(index: number, histogram: FloatHistogram): void {
    this.plain = false;
    this.kinds[index] = HISTOGRAM;
    this.histograms[index] = histogram;
  }

  /** Says since when the counter of the last sample has counted. */
  setStartTime(startMs: number): void {
    while (this.startTimes.length < this.length - 1) this.startTimes.push(0);
    this.startTimes[this.length - 1] = startMs;
  }
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
