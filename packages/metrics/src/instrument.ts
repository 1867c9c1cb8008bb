import type { Attributes, ValueType } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";
import type { SharedPlace } from "./shared-totals.ts";

export type InstrumentKind = "counter" | "upDownCounter" | "gauge" | "histogram" | "exponentialHistogram";

/** What one series holds at one moment, in the shapes of OpenTelemetry's data model. */
export type PointValue = number | Histogram | ExponentialHistogram;

/** One set of attributes of one instrument, and what was recorded for it. Recording touches its own fields only. */
export interface Series {
  /** Made anew each time it is read: what is wanted twice is kept by who wants it. */
  readonly attributes: Attributes;
  readonly startTimeMs: number;
  /** How often it was bound and not yet let go. */
  bindings: number;
  /** All that was recorded in its life; undefined when there is nothing to report. */
  total(): PointValue | undefined;
  /** What was recorded since the last `drain()`, which `total()` goes on to include; undefined when nothing was. */
  drain(): PointValue | undefined;
  /**
   * Of an explicit histogram: writes the counts up to and including each bucket, then the sum. For a page that is written
   * thousands of times, this is `total()` without the objects.
   */
  cumulate?(into: Float64Array): void;
  /** A number that changes when something is recorded, or undefined while the series must not expire. */
  mark(): number | undefined;
}

/** Where numbers of the series `from` up to `to` go: into `into`, from index `at` on. */
export interface SeriesRange {
  readonly into: Float64Array;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** An instrument as readers see it. */
export interface Instrument {
  readonly kind: InstrumentKind;
  readonly monotonic: boolean;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** Whether its numbers are whole ones. @default DOUBLE */
  readonly valueType?: ValueType;
  readonly scope: InstrumentationScope;
  /** Of an explicit histogram: the upper limits of its buckets. */
  readonly boundaries?: readonly number[];
  /** Whether its series may have exemplars. */
  readonly exemplars: boolean;
  /** How many series it keeps, the overflow series included. */
  readonly size: number;
  /** Stands for its series when readers keep what they have not reported. */
  readonly store: object;
  /** Asks the callback of an observed instrument; a no-op for the others. Never throws. */
  refresh(): void;
  /** The series to report now. */
  series(): readonly Series[];
  /**
   * Of series that hold one number each: writes their totals, NaN where there is nothing to report. Absent where the numbers
   * are not at hand.
   */
  readTotals?(range: SeriesRange): void;
  /**
   * `Series.drain` as a row of numbers each: the value, or of a histogram the sum, the minimum, the maximum and the counts.
   * NaN comes first where nothing was recorded. Absent where the numbers are not at hand.
   */
  drainRows?(range: SeriesRange): void;
  /**
   * Of series that hold one number each: keeps the total of this one where another thread may read it from now on, NaN while
   * there is nothing to report.
   */
  share?(series: Series): SharedPlace;
  /** Whether its numbers stay as they are while the revision does. Absent means no. */
  still?(): boolean;
}
