/** The functions `…_over_time` on floats and histograms. */
import {
  boundsReconciled,
  ignoredInMixedRange,
  invalidIntegralStrategy,
  invalidQuantile,
  mixedBucketSchemas,
  mixedFloatsAndHistograms,
  resetCollision,
} from "../annotations.ts";
import { IncompatibleSchemas } from "../histogram/add-histograms.ts";
import { HistogramAverage, HistogramTotal } from "../histogram/histogram-total.ts";
import { addKahan, kahan, lost } from "../kahan-sum.ts";
import { quantile } from "../quantile.ts";
import { FloatAverage } from "./float-average.ts";
import type { RangeFunction, RangeResult, RangeWindow } from "./range-window.ts";

export function sumOverTime(window: RangeWindow): RangeResult {
  if (window.histograms > 0) return totalOfHistograms(window, new HistogramTotal());
  const { floatValues } = window.samples;
  let sum = 0;
  let c = 0;
  for (let i = window.firstFloat; i < window.endFloat; i++) {
    const value = floatValues[i]!;
    const total = sum + value;
    c += lost(sum, value, total);
    sum = total;
  }
  return window.float(Number.isFinite(sum) ? sum + c : sum);
}

export function averageOverTime(window: RangeWindow): RangeResult {
  if (window.histograms > 0) return totalOfHistograms(window, new HistogramAverage());
  const { floatValues } = window.samples;
  let sum = 0;
  let c = 0;
  for (let i = window.firstFloat; i < window.endFloat; i++) {
    const value = floatValues[i]!;
    const total = sum + value;
    c += lost(sum, value, total);
    sum = total;
  }
  if (Number.isFinite(sum)) return window.float(sum / window.floats + c / window.floats);
  const average = new FloatAverage(floatValues[window.firstFloat]!);
  for (let i = window.firstFloat + 1; i < window.endFloat; i++) average.add(floatValues[i]!);
  return window.float(average.value());
}

function totalOfHistograms(window: RangeWindow, total: HistogramTotal | HistogramAverage): RangeResult {
  const { samples, metric, position } = window;
  if (window.floats > 0) {
    window.annotate(mixedFloatsAndHistograms(metric, position));
    return window.nothing();
  }
  try {
    for (let i = window.firstHistogram; i < window.endHistogram; i++) total.add(samples.histograms[i]!);
    const value = total.value();
    if (total.collision) window.annotate(resetCollision("aggregation", position));
    if (total.reconciled) window.annotate(boundsReconciled("aggregation", position));
    return window.native(value);
  } catch (error) {
    if (!(error instanceof IncompatibleSchemas)) throw error;
    window.annotate(mixedBucketSchemas(metric, position));
    return window.nothing();
  }
}

/** max_over_time and its relatives: the extreme float, or when it was. */
export function extremeOverTime(
  replaces: (value: number, best: number) => boolean,
  { time }: { readonly time: boolean },
): RangeFunction {
  return ofFloats((window) => {
    const { floatTimes, floatValues } = window.samples;
    let best = floatValues[window.firstFloat]!;
    let bestMs = floatTimes[window.firstFloat]!;
    for (let i = window.firstFloat; i < window.endFloat; i++) {
      const value = floatValues[i]!;
      if (!replaces(value, best) && !Number.isNaN(best)) continue;
      best = value;
      bestMs = floatTimes[i]!;
    }
    return window.float(time ? bestMs / 1000 : best);
  });
}

export const variance = (finish: (value: number) => number): RangeFunction =>
  ofFloats((window) => {
    const { floatValues } = window.samples;
    let count = 0;
    let [mean, cMean, aux, cAux] = [0, 0, 0, 0];
    for (let i = window.firstFloat; i < window.endFloat; i++) {
      const value = floatValues[i]!;
      count++;
      const delta = value - (mean + cMean);
      mean = addKahan(delta / count, mean, cMean);
      cMean = kahan.c;
      aux = addKahan(delta * (value - (mean + cMean)), aux, cAux);
      cAux = kahan.c;
    }
    return window.float(finish((aux + cAux) / count));
  });

export const quantileOverTime: RangeFunction = (window) => {
  if (window.floats === 0) return window.nothing();
  const q = window.scalars[0]!;
  // Prometheus places both annotations at the first argument.
  const position = window.scalarPositions[0]!;
  if (!(q >= 0 && q <= 1)) window.annotate(invalidQuantile(q, position));
  if (window.histograms > 0) window.annotate(ignoredInMixedRange(window.metric, position));
  return window.float(quantile(q, floatsOf(window)));
};

export const medianDeviationOverTime: RangeFunction = ofFloats((window) => {
  const values = floatsOf(window);
  if (values.some(Number.isNaN)) return window.float(Number.NaN);
  const median = quantile(0.5, values);
  return window.float(
    quantile(
      0.5,
      values.map((value) => Math.abs(value - median)),
    ),
  );
});

/** integral(): the area under a series in seconds, by rectangles from the left (0) or right (1), or by trapezoids (2). */
export const integral: RangeFunction = ofFloats((window) => {
  const { floatTimes, floatValues } = window.samples;
  const asked = window.scalars[0] ?? 2;
  if (![0, 1, 2].includes(asked)) window.annotate(invalidIntegralStrategy(asked, window.scalarPositions[0]!));
  const strategy = [0, 1, 2].includes(asked) ? asked : 2;
  const numberAt = (i: number) => (Number.isNaN(floatValues[i]!) ? 0 : floatValues[i]!);
  let sum = 0;
  let c = 0;
  for (let i = window.firstFloat + 1; i < window.endFloat; i++) {
    const previous = numberAt(i - 1);
    const current = numberAt(i);
    let height = strategy === 0 ? previous : current;
    let cHeight = 0;
    if (strategy === 2) {
      height = addKahan(current, previous, 0);
      cHeight = kahan.c / 2;
      if (Number.isFinite(current) && Number.isFinite(previous) && !Number.isFinite(height)) {
        height = addKahan(current / 2, previous / 2, 0);
        cHeight = kahan.c;
      } else {
        height /= 2;
      }
    }
    if (height === 0 && cHeight === 0) continue;
    const seconds = (floatTimes[i]! - floatTimes[i - 1]!) / 1000;
    sum = addKahan(height * seconds, sum, c + cHeight * seconds);
    c = kahan.c;
  }
  return window.float(Number.isFinite(sum) ? sum + c : sum);
});

/** first_over_time or last_over_time, or the time of that sample. */
export function edgeOverTime(edge: "first" | "last", { time }: { readonly time: boolean }): RangeFunction {
  return (window) => {
    const { samples, floats, histograms } = window;
    const f = edge === "first" ? window.firstFloat : window.endFloat - 1;
    const h = edge === "first" ? window.firstHistogram : window.endHistogram - 1;
    const floatMs = samples.floatTimes[f]!;
    const histogramMs = samples.histogramTimes[h]!;
    const isFloat =
      histograms === 0 || (floats > 0 && (edge === "first" ? floatMs < histogramMs : histogramMs < floatMs));
    if (time) return window.float((isFloat ? floatMs : histogramMs) / 1000);
    return isFloat ? window.float(samples.floatValues[f]!) : window.native(samples.histograms[h]!);
  };
}

/** Functions that see only floats, and say so when there are histograms too. */
export function ofFloats(apply: RangeFunction): RangeFunction {
  return (window) => {
    if (window.floats === 0) return window.nothing();
    if (window.histograms > 0) window.annotate(ignoredInMixedRange(window.metric, window.position));
    return apply(window);
  };
}

function floatsOf({ samples, firstFloat, endFloat }: RangeWindow): number[] {
  return Array.from(samples.floatValues.subarray(firstFloat, endFloat));
}
