/** Rates that take samples from beyond the range to its borders: `anchored` the last one before it, `smoothed` by interpolation. */
import { boundsReconciled, mixedBucketSchemas, notACounter, notAGauge } from "../annotations.ts";
import { addHistograms, IncompatibleSchemas, subtractHistograms } from "../histogram/add-histograms.ts";
import { isReset } from "../histogram/detect-reset.ts";
import { compact, divide, type FloatHistogram, usesCustomBuckets } from "../histogram/float-histogram.ts";
import { interpolate, interpolateHistograms } from "./interpolate.ts";
import type { RangeResult, RangeWindow } from "./range-window.ts";
import type { RateKind } from "./rate.ts";
import { isStartedAfter, isStartTimeReset } from "./start-time.ts";

export function extendedRate(window: RangeWindow, kind: RateKind): RangeResult {
  if (window.histograms > 0) return extendedHistogramRate(window, kind);
  return window.floats > 0 ? extendedFloatRate(window, kind) : window.nothing();
}

/** A border of the range: what the counter is taken to be there, and since when it has counted. */
interface Border {
  readonly value: number;
  readonly startMs: number;
}

function extendedFloatRate(window: RangeWindow, { counter, perSecond }: RateKind): RangeResult {
  const { samples, startMs, endMs, lookbackMs, extension } = window;
  const { floatTimes, floatValues, floatStarts } = samples;
  const smoothed = extension === "smoothed";
  const { first, last } = borderSamples(floatTimes, window.firstFloat, window.endFloat, window);
  const lookbackStartMs = startMs - lookbackMs;
  if (floatTimes[last]! <= startMs) return window.nothing();
  if (smoothed && floatTimes[first]! > endMs) {
    const started = floatStarts[first] ?? 0;
    const within =
      isStartedAfter(lookbackStartMs, started, floatTimes[first]!) &&
      !isStartedAfter(endMs, started, floatTimes[first]!);
    if (!counter || !within) return window.nothing();
  }
  const left = leftBorder(window, first, counter);
  const right = rightBorder(window, last, counter);
  let result = right.value - left.value;
  if (counter) {
    const from = floatTimes[first]! <= startMs ? first + 1 : first;
    const to = floatTimes[last]! >= endMs ? last - 1 : last;
    let previous = { value: left.value, timeMs: startMs, startMs: left.startMs };
    const correct = (value: number, timeMs: number, sinceMs: number) => {
      const reset = value < previous.value || isStartTimeReset(previous.startMs, previous.timeMs, sinceMs, timeMs);
      if (reset) result += previous.value;
      previous = { value, timeMs, startMs: sinceMs };
    };
    for (let i = from; i <= to; i++) correct(floatValues[i]!, floatTimes[i]!, floatStarts[i] ?? 0);
    correct(right.value, endMs, right.startMs);
  }
  return window.float(perSecond ? result / (window.rangeMs / 1000) : result);
}

/** The sample at or before the start of the range, and that at or after its end when interpolating; the nearest without one. */
export function borderSamples(
  times: ArrayLike<number>,
  from: number,
  end: number,
  { startMs, endMs, extension }: RangeWindow,
): { first: number; last: number } {
  let last = end - 1;
  let first = from;
  while (first < last && times[first]! <= startMs) first++;
  first = Math.max(from, first - 1);
  if (extension === "smoothed") {
    let at = from;
    while (at < last && times[at]! < endMs) at++;
    last = at;
  }
  return { first, last };
}

function leftBorder({ samples, startMs, lookbackMs, extension }: RangeWindow, at: number, counter: boolean): Border {
  const { floatTimes, floatValues, floatStarts } = samples;
  const smoothed = extension === "smoothed";
  const timeMs = floatTimes[at]!;
  const value = floatValues[at]!;
  const started = floatStarts[at] ?? 0;
  let sinceMs = started > startMs ? 0 : started;
  if (timeMs === startMs) return { value, startMs: started };
  if (timeMs > startMs) {
    if (!counter || !isStartedAfter(startMs - lookbackMs, started, timeMs)) return { value, startMs: sinceMs };
    if (isStartedAfter(startMs, started, timeMs)) return { value: 0, startMs: sinceMs };
    if (!smoothed) return { value: 0, startMs: sinceMs };
    return { value: interpolate({ timeMs: started, value: 0 }, { timeMs, value }, startMs, counter), startMs: sinceMs };
  }
  let before = { timeMs, value };
  let after = { timeMs: floatTimes[at + 1]!, value: floatValues[at + 1]! };
  const nextStarted = floatStarts[at + 1] ?? 0;
  if (counter && isStartedAfter(startMs, nextStarted, after.timeMs)) {
    after = { timeMs: nextStarted, value: 0 };
  } else if (counter && isStartTimeReset(started, timeMs, nextStarted, after.timeMs)) {
    before = { timeMs: nextStarted, value: 0 };
    sinceMs = nextStarted;
  }
  return { value: smoothed ? interpolate(before, after, startMs, counter) : before.value, startMs: sinceMs };
}

function rightBorder(
  { samples, startMs, endMs, lookbackMs, extension, firstFloat }: RangeWindow,
  at: number,
  counter: boolean,
): Border {
  const { floatTimes, floatValues, floatStarts } = samples;
  const smoothed = extension === "smoothed";
  const timeMs = floatTimes[at]!;
  const value = floatValues[at]!;
  const started = floatStarts[at] ?? 0;
  let sinceMs = started > endMs ? 0 : started;
  if (timeMs <= endMs) return { value, startMs: sinceMs };
  if (at === firstFloat) {
    if (!counter || !isStartedAfter(startMs - lookbackMs, started, timeMs)) return { value, startMs: sinceMs };
    if (isStartedAfter(endMs, started, timeMs)) return { value: 0, startMs: sinceMs };
    if (!smoothed) return { value: 0, startMs: sinceMs };
    return { value: interpolate({ timeMs: started, value: 0 }, { timeMs, value }, endMs, counter), startMs: sinceMs };
  }
  let before = { timeMs: floatTimes[at - 1]!, value: floatValues[at - 1]! };
  let after = { timeMs, value };
  const previousStarted = floatStarts[at - 1] ?? 0;
  if (counter && isStartedAfter(endMs, started, timeMs)) {
    after = { timeMs: started, value: 0 };
    sinceMs = previousStarted;
  } else if (counter && isStartTimeReset(previousStarted, before.timeMs, started, timeMs)) {
    before = { timeMs: started, value: 0 };
  }
  return { value: smoothed ? interpolate(before, after, endMs, counter) : before.value, startMs: sinceMs };
}

function extendedHistogramRate(window: RangeWindow, { counter, perSecond }: RateKind): RangeResult {
  const { samples, startMs, endMs, metric, position } = window;
  const { histogramTimes, histograms } = samples;
  const { first, last } = borderSamples(histogramTimes, window.firstHistogram, window.endHistogram, window);
  if (histogramTimes[last]! <= startMs) return window.nothing();
  if (window.extension === "smoothed" && histogramTimes[first]! > endMs) return window.nothing();
  const custom = usesCustomBuckets(histograms[first]!);
  for (let i = first; i <= last; i++) {
    if (usesCustomBuckets(histograms[i]!) !== custom) {
      window.annotate(mixedBucketSchemas(metric, position));
      return window.nothing();
    }
    if (counter && histograms[i]!.counterResetHint === "gauge") window.annotate(notACounter(metric, position));
  }
  try {
    const result = histogramChange(window, first, last, counter);
    const scaled = perSecond ? divide(result, window.rangeMs / 1000) : result;
    return window.native(compact({ ...scaled, counterResetHint: "gauge" }));
  } catch (error) {
    if (!(error instanceof IncompatibleSchemas)) throw error;
    window.annotate(mixedBucketSchemas(metric, position));
    return window.nothing();
  }
}

function histogramChange(window: RangeWindow, first: number, last: number, counter: boolean): FloatHistogram {
  const { samples, startMs, endMs, metric, position } = window;
  const { histogramTimes, histograms } = samples;
  const smoothed = window.extension === "smoothed";
  const at = (i: number) => ({ timeMs: histogramTimes[i]!, histogram: histograms[i]! });
  const reconciled = (operation: "addition" | "subtraction") => window.annotate(boundsReconciled(operation, position));
  const left =
    smoothed && histogramTimes[first]! < startMs
      ? interpolateHistograms(at(first), at(first + 1), startMs, counter, reconciled)
      : histograms[first]!;
  const right =
    smoothed && last > window.firstHistogram && histogramTimes[last]! > endMs
      ? interpolateHistograms(at(last - 1), at(last), endMs, counter, reconciled)
      : histograms[last]!;
  if (!counter && [left, right].some((one) => one.counterResetHint !== "gauge")) {
    window.annotate(notAGauge(metric, position));
  }
  const difference = subtractHistograms(right, left);
  if (difference.reconciled) reconciled("subtraction");
  let change = difference.histogram;
  if (!counter) return change;
  let correction: FloatHistogram | undefined;
  const add = (a: FloatHistogram, b: FloatHistogram): FloatHistogram => {
    const sum = addHistograms(a, b);
    if (sum.reconciled) reconciled("addition");
    return sum.histogram;
  };
  let previous = left;
  let from = first + 1;
  if (smoothed && histogramTimes[first]! < startMs && isReset(histograms[first + 1]!, histograms[first]!)) {
    // The interpolation has crossed this reset already.
    previous = histograms[first + 1]!;
    from++;
  }
  // The last sample is what `right` was made of; comparing it with itself would find its own reset again.
  if (from <= last) {
    for (let i = from; i < last; i++) {
      if (isReset(histograms[i]!, previous))
        correction = correction === undefined ? previous : add(correction, previous);
      previous = histograms[i]!;
    }
    if (isReset(right, previous)) correction = correction === undefined ? previous : add(correction, previous);
  }
  if (correction !== undefined) change = add(change, correction);
  return change;
}

/** The value of a gauge at a border: that of the sample before it or, smoothed, the one between it and the next. */
export function borderValue(
  times: Float64Array,
  values: Float64Array,
  { at, next, borderMs, smoothed }: { at: number; next: number; borderMs: number; smoothed: boolean },
): number {
  if (!smoothed || times[at]! >= borderMs) return values[at]!;
  return interpolate(
    { timeMs: times[at]!, value: values[at]! },
    { timeMs: times[next]!, value: values[next]! },
    borderMs,
    false,
  );
}
