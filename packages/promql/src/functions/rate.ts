import {
  boundsReconciled,
  mixedBucketSchemas,
  mixedFloatsAndHistograms,
  notACounter,
  notAGauge,
} from "../annotations.ts";
import { addHistograms, IncompatibleSchemas, subtractHistograms } from "../histogram/add-histograms.ts";
import { isReset } from "../histogram/detect-reset.ts";
import {
  compact,
  divide,
  type FloatHistogram,
  floatHistogram,
  multiply,
  usesCustomBuckets,
} from "../histogram/float-histogram.ts";
import { copyToSchema } from "../histogram/reduce-resolution.ts";
import { extendedRate } from "./extended-rate.ts";
import type { RangeFunction, RangeResult, RangeWindow } from "./range-window.ts";
import { isStartTimeReset } from "./start-time.ts";

export interface RateKind {
  /** Falling values are resets. */
  readonly counter: boolean;
  /** For a second rather than for the range. */
  readonly perSecond: boolean;
}

/** rate, increase or delta: the change over a range, extrapolated to its borders. */
export function rateFunction(kind: RateKind): RangeFunction {
  return (window) => {
    const { floats, histograms } = window;
    if (floats > 0 && histograms > 0) {
      window.annotate(mixedFloatsAndHistograms(window.metric, window.position));
      return window.nothing();
    }
    if (window.extension !== undefined) return extendedRate(window, kind);
    return histograms > 0 ? histogramRate(window, kind) : floatRate(window, kind);
  };
}

function floatRate(window: RangeWindow, { counter, perSecond }: RateKind): RangeResult {
  const { samples, firstFloat, endFloat } = window;
  const { floatTimes, floatValues, floatStarts } = samples;
  const first = floatValues[firstFloat]!;
  let result = floatValues[endFloat - 1]! - first;
  if (counter) {
    const starts = floatStarts.length > 0;
    let previous = first;
    for (let i = firstFloat + 1; i < endFloat; i++) {
      const current = floatValues[i]!;
      if (current < previous) result += previous;
      else if (
        starts &&
        isStartTimeReset(floatStarts[i - 1] ?? 0, floatTimes[i - 1]!, floatStarts[i] ?? 0, floatTimes[i]!)
      ) {
        result += previous;
      }
      previous = current;
    }
  }
  const extrapolation = extrapolate(window, {
    firstMs: floatTimes[firstFloat]!,
    lastMs: floatTimes[endFloat - 1]!,
    samples: endFloat - firstFloat,
    startMs: counter ? (floatStarts[firstFloat] ?? 0) : 0,
    zeroPoint: counter && result > 0 && first >= 0 ? first / result : undefined,
  });
  if (extrapolation === undefined) return window.nothing();
  if (extrapolation.fromZero) result += first;
  return window.float(result * (perSecond ? extrapolation.factor / (window.rangeMs / 1000) : extrapolation.factor));
}

function histogramRate(window: RangeWindow, { counter, perSecond }: RateKind): RangeResult {
  const { samples, firstHistogram, endHistogram } = window;
  const first = samples.histograms[firstHistogram]!;
  let result = endHistogram - firstHistogram > 1 ? histogramChange(window, counter) : undefined;
  if (result === undefined && endHistogram - firstHistogram > 1) return window.nothing();
  const extrapolation = extrapolate(window, {
    firstMs: samples.histogramTimes[firstHistogram]!,
    lastMs: samples.histogramTimes[endHistogram - 1]!,
    samples: endHistogram - firstHistogram,
    startMs: counter ? (samples.histogramStarts[firstHistogram] ?? 0) : 0,
    zeroPoint:
      counter && result !== undefined && result.count > 0 && first.count >= 0 ? first.count / result.count : undefined,
  });
  if (extrapolation === undefined) return window.nothing();
  if (extrapolation.fromZero) result = result === undefined ? first : combined(window, result, first, addHistograms);
  if (result === undefined) return window.nothing();
  const factor = perSecond ? extrapolation.factor / (window.rangeMs / 1000) : extrapolation.factor;
  return window.native(multiply(result, factor));
}

interface Observed {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly samples: number;
  /** Since when the first sample's counter has counted; 0 when unknown. */
  readonly startMs: number;
  /** Over how much of the observed time the counter would have come from zero to its first value. */
  readonly zeroPoint: number | undefined;
}

/**
 * By how much to stretch what was observed to cover the range. To a border that is near the first or last sample it is stretched
 * fully, otherwise by half the average distance of samples, and never to before a counter was zero.
 */
function extrapolate(
  { startMs, endMs }: RangeWindow,
  { firstMs, lastMs, samples, startMs: counterStartMs, zeroPoint }: Observed,
): { factor: number; fromZero: boolean } | undefined {
  let toStart = (firstMs - startMs) / 1000;
  let toEnd = (endMs - lastMs) / 1000;
  let sampled = (lastMs - firstMs) / 1000;
  const average = samples > 1 ? sampled / (samples - 1) : 0;
  const threshold = average * 1.1;
  const fromZero = counterStartMs !== 0 && counterStartMs > startMs && counterStartMs < firstMs;
  if (fromZero) {
    // The counter was zero within the range, when it started.
    toStart = 0;
    sampled = (lastMs - counterStartMs) / 1000;
  } else if (samples < 2) {
    return undefined;
  } else {
    if (toStart >= threshold) toStart = average / 2;
    if (zeroPoint !== undefined) toStart = Math.min(toStart, sampled * zeroPoint);
  }
  if (toEnd >= threshold) toEnd = average / 2;
  return { factor: sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled, fromZero };
}

/** What a series of histograms gained, resets made good; `undefined` with an annotation where they do not fit together. */
function histogramChange(window: RangeWindow, counter: boolean): FloatHistogram | undefined {
  const { samples, firstHistogram, endHistogram, metric, position } = window;
  const { histograms } = samples;
  let previous = histograms[firstHistogram]!;
  const second = histograms[firstHistogram + 1]!;
  const last = histograms[endHistogram - 1]!;
  const isGauge = (histogram: FloatHistogram) => histogram.counterResetHint === "gauge";
  const mixed = (): undefined => {
    window.annotate(mixedBucketSchemas(metric, position));
    return undefined;
  };
  if (counter && (isGauge(previous) || isGauge(last))) window.annotate(notACounter(metric, position));
  if (counter && resetBetween(window, firstHistogram + 1, previous)) {
    // After a reset nothing of the first sample matters, its buckets included.
    previous = floatHistogram({ schema: second.schema, customValues: second.customValues });
  }
  const custom = usesCustomBuckets(previous);
  if (usesCustomBuckets(last) !== custom) return mixed();
  let schema = Math.min(last.schema, previous.schema);
  if (counter) {
    for (let i = firstHistogram + 1; i < endHistogram - 1; i++) {
      const current = histograms[i]!;
      if (isGauge(current)) window.annotate(notACounter(metric, position));
      schema = Math.min(schema, current.schema);
      if (usesCustomBuckets(current) !== custom) return mixed();
    }
  }
  let change = combined(window, copyToSchema(last, schema), previous, subtractHistograms);
  if (change === undefined) return undefined;
  if (counter) {
    for (let i = firstHistogram + 1; i < endHistogram; i++) {
      if (resetBetween(window, i, previous)) {
        change = combined(window, change, previous, addHistograms);
        if (change === undefined) return undefined;
      }
      previous = histograms[i]!;
    }
  } else if (!isGauge(histograms[firstHistogram]!) || !isGauge(last)) {
    window.annotate(notAGauge(metric, position));
  }
  return compact({ ...change, counterResetHint: "gauge" });
}

function resetBetween({ samples }: RangeWindow, i: number, previous: FloatHistogram): boolean {
  const { histogramStarts, histogramTimes, histograms } = samples;
  const byStart =
    histogramStarts.length > 0 &&
    isStartTimeReset(histogramStarts[i - 1] ?? 0, histogramTimes[i - 1]!, histogramStarts[i] ?? 0, histogramTimes[i]!);
  return byStart || isReset(histograms[i]!, previous);
}

/** The sum or difference, with the annotations that it calls for; `undefined` for histograms that do not fit. */
export function combined(
  window: RangeWindow,
  a: FloatHistogram,
  b: FloatHistogram,
  operation: typeof addHistograms,
): FloatHistogram | undefined {
  try {
    const { histogram, reconciled } = operation(a, b);
    if (reconciled) {
      window.annotate(boundsReconciled(operation === addHistograms ? "addition" : "subtraction", window.position));
    }
    return histogram;
  } catch (error) {
    if (!(error instanceof IncompatibleSchemas)) throw error;
    window.annotate(mixedBucketSchemas(window.metric, window.position));
    return undefined;
  }
}

/** irate or idelta: the change between the last two samples. */
export function instantChange({ counter }: { readonly counter: boolean }): RangeFunction {
  return (window) => {
    if (window.floats + window.histograms < 2) return window.nothing();
    const { samples, metric, position } = window;
    const last = lastSamples(window);
    const [before, after] = last as [LastSample, LastSample];
    const intervalMs = after.timeMs - before.timeMs;
    if (intervalMs === 0) return window.nothing();
    const restarted = isStartTimeReset(before.startMs, before.timeMs, after.startMs, after.timeMs);
    const a = before.histogram === -1 ? undefined : samples.histograms[before.histogram]!;
    const b = after.histogram === -1 ? undefined : samples.histograms[after.histogram]!;
    if (a === undefined && b === undefined) {
      const reset = counter && (after.value < before.value || restarted);
      const change = reset ? after.value : after.value - before.value;
      return window.float(counter ? change / (intervalMs / 1000) : change);
    }
    if (a === undefined || b === undefined) {
      window.annotate(mixedFloatsAndHistograms(metric, position));
      return window.nothing();
    }
    const gauges = [a, b].filter((one) => one.counterResetHint === "gauge").length;
    if (counter && gauges > 0) window.annotate(notACounter(metric, position));
    if (!counter && gauges < 2) window.annotate(notAGauge(metric, position));
    let change: FloatHistogram | undefined = b;
    if (!counter || !(restarted || isReset(b, a))) change = combined(window, b, a, subtractHistograms);
    if (change === undefined) return window.nothing();
    change = compact({ ...change, counterResetHint: "gauge" });
    return window.native(counter ? divide(change, intervalMs / 1000) : change);
  };
}

interface LastSample {
  readonly timeMs: number;
  readonly value: number;
  /** The index of the histogram, -1 for a float. */
  readonly histogram: number;
  readonly startMs: number;
}

function lastSamples({ samples, firstFloat, endFloat, firstHistogram, endHistogram }: RangeWindow): LastSample[] {
  const last: LastSample[] = [];
  for (let i = Math.max(firstFloat, endFloat - 2); i < endFloat; i++) {
    const timeMs = samples.floatTimes[i]!;
    last.push({ timeMs, value: samples.floatValues[i]!, histogram: -1, startMs: samples.floatStarts[i] ?? 0 });
  }
  for (let i = Math.max(firstHistogram, endHistogram - 2); i < endHistogram; i++) {
    const timeMs = samples.histogramTimes[i]!;
    last.push({ timeMs, value: 0, histogram: i, startMs: samples.histogramStarts[i] ?? 0 });
  }
  return last.sort((a, b) => a.timeMs - b.timeMs).slice(-2);
}
