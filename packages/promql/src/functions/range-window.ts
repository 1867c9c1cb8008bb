import type { Annotation } from "../annotations.ts";
import type { RangeSamples } from "../evaluation/range-samples.ts";
import { ABSENT, FLOAT_POINT, HISTOGRAM_POINT } from "../evaluation/series-matrix.ts";
import type { FloatHistogram } from "../histogram/float-histogram.ts";
import { type Labels, metricName } from "../labels.ts";
import { noPosition, type PositionRange } from "../position.ts";

/** What a function left in its window: nothing, a number in `value`, or a histogram in `histogram`. */
export type RangeResult = typeof ABSENT | typeof FLOAT_POINT | typeof HISTOGRAM_POINT;

/** A function over the samples of one series in one window. */
export type RangeFunction = (window: RangeWindow) => RangeResult;

/** The samples that a function sees at one step, and where it leaves its result. The same object serves all steps. */
export class RangeWindow {
  /** Of these, the floats from `firstFloat` up to `endFloat`, and likewise the histograms. */
  samples!: RangeSamples;
  firstFloat = 0;
  endFloat = 0;
  firstHistogram = 0;
  endHistogram = 0;
  /** The time of the step. */
  timeMs = 0;
  /** The range in brackets, shifted by offset and @; its start does not belong to it. */
  startMs = 0;
  endMs = 0;
  rangeMs = 0;
  lookbackMs = 0;
  extension: "anchored" | "smoothed" | undefined;
  /** The other arguments at this step. */
  scalars: number[] = [];
  labels!: Labels;
  /** Where the range stands in the query, and where each scalar does. */
  position: PositionRange = noPosition;
  scalarPositions: readonly PositionRange[] = [];
  annotate: (annotation: Annotation) => void = () => {};
  value: number = Number.NaN;
  histogram: FloatHistogram | undefined;

  /** Floats before this index are known not to fall, but at `#lastFall`. */
  #seenFloats = 0;
  #lastFall = -1;

  /** Begins with another series, whose windows move on from step to step. */
  start(labels: Labels): void {
    this.labels = labels;
    this.#seenFloats = 0;
    this.#lastFall = -1;
  }

  /** Whether some float is smaller than the one before it; each float of a series is looked at once for all windows. */
  hasFall(): boolean {
    const { floatValues } = this.samples;
    for (let i = Math.max(this.#seenFloats, this.firstFloat + 1); i < this.endFloat; i++) {
      if (floatValues[i]! < floatValues[i - 1]!) this.#lastFall = i;
    }
    this.#seenFloats = this.endFloat;
    return this.#lastFall > this.firstFloat;
  }

  get floats(): number {
    return this.endFloat - this.firstFloat;
  }

  get histograms(): number {
    return this.endHistogram - this.firstHistogram;
  }

  get metric(): string {
    return metricName(this.labels);
  }

  float(value: number): RangeResult {
    this.value = value;
    return FLOAT_POINT;
  }

  native(histogram: FloatHistogram): RangeResult {
    this.histogram = histogram;
    return HISTOGRAM_POINT;
  }

  nothing(): RangeResult {
    return ABSENT;
  }
}
