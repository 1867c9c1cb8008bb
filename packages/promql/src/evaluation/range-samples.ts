import type { FloatHistogram } from "../histogram/float-histogram.ts";
import { FLOAT, HISTOGRAM, type SampleBuffer } from "../store.ts";

/** The samples of one series for functions over ranges: floats and histograms apart, ends of the series left out. */
export class RangeSamples {
  floatTimes: Float64Array = new Float64Array(0);
  floatValues: Float64Array = new Float64Array(0);
  floatCount = 0;
  /** Since when a counter counts, by the index of the float; empty when unknown. */
  floatStarts: number[] = [];
  histogramTimes: number[] = [];
  histograms: FloatHistogram[] = [];
  histogramStarts: number[] = [];

  /** Takes what a buffer holds; the histograms through `histogramAt`. The memory stays the buffer's where all are floats. */
  take(buffer: SampleBuffer, histogramAt: (index: number) => FloatHistogram): void {
    this.histogramTimes = [];
    this.histograms = [];
    this.histogramStarts = [];
    this.floatStarts = buffer.startTimes;
    if (buffer.plain) {
      this.floatTimes = buffer.times;
      this.floatValues = buffer.values;
      this.floatCount = buffer.length;
      return;
    }
    this.floatTimes = new Float64Array(buffer.length);
    this.floatValues = new Float64Array(buffer.length);
    this.floatStarts = [];
    this.floatCount = 0;
    const known = buffer.startTimes.length > 0;
    for (let i = 0; i < buffer.length; i++) {
      const start = buffer.startTimes[i] ?? 0;
      if (buffer.kinds[i] === FLOAT) {
        this.floatTimes[this.floatCount] = buffer.times[i]!;
        this.floatValues[this.floatCount++] = buffer.values[i]!;
        if (known) this.floatStarts.push(start);
      } else if (buffer.kinds[i] === HISTOGRAM) {
        this.histogramTimes.push(buffer.times[i]!);
        this.histograms.push(histogramAt(i));
        if (known) this.histogramStarts.push(start);
      }
    }
  }
}
