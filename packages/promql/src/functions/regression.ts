import { ignoredInMixedRange } from "../annotations.ts";
import { PromqlEvaluationError } from "../evaluation/evaluation-error.ts";
import { formatFixed } from "../go-float.ts";
import { lost } from "../kahan-sum.ts";
import type { RangeFunction, RangeWindow } from "./range-window.ts";

export const deriv: RangeFunction = ofTwoFloats((window) => {
  // Times near those in use lose the least.
  const { slope } = linearRegression(window, window.samples.floatTimes[window.firstFloat]!);
  return window.float(slope);
});

export const predictLinear: RangeFunction = ofTwoFloats((window) => {
  const { slope, intercept } = linearRegression(window, window.timeMs);
  return window.float(slope * window.scalars[0]! + intercept);
});

/** Holt's linear method: recent values and their trend weigh more. */
export const doubleExponentialSmoothing: RangeFunction = (window) => {
  const [smoothing, trend] = window.scalars as [number, number];
  checkFactor("smoothing", smoothing, "sf");
  checkFactor("trend", trend, "tf");
  return smooth(window);
};

const smooth: RangeFunction = ofTwoFloats((window) => {
  const [smoothing, trend] = window.scalars as [number, number];
  const { floatValues } = window.samples;
  let before = 0;
  let level = floatValues[window.firstFloat]!;
  let slope = floatValues[window.firstFloat + 1]! - level;
  for (let i = window.firstFloat + 1; i < window.endFloat; i++) {
    if (i > window.firstFloat + 1) slope = trend * (level - before) + (1 - trend) * slope;
    const next = smoothing * floatValues[i]! + (1 - smoothing) * (level + slope);
    before = level;
    level = next;
  }
  return window.float(level);
});

function checkFactor(name: string, factor: number, short: string): void {
  if (factor > 0 && factor < 1) return;
  throw new PromqlEvaluationError(`invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${formatFixed(factor)}`);
}

function linearRegression(
  { samples, firstFloat, endFloat }: RangeWindow,
  interceptMs: number,
): { slope: number; intercept: number } {
  const { floatTimes, floatValues } = samples;
  const first = floatValues[firstFloat]!;
  const n = endFloat - firstFloat;
  let [sumX, cX, sumY, cY, sumXY, cXY, sumX2, cX2] = [0, 0, 0, 0, 0, 0, 0, 0];
  let constant = true;
  for (let i = firstFloat; i < endFloat; i++) {
    const y = floatValues[i]!;
    if (i > firstFloat && y !== first) constant = false;
    const x = (floatTimes[i]! - interceptMs) / 1000;
    let total = sumX + x;
    cX += lost(sumX, x, total);
    sumX = total;
    total = sumY + y;
    cY += lost(sumY, y, total);
    sumY = total;
    total = sumXY + x * y;
    cXY += lost(sumXY, x * y, total);
    sumXY = total;
    total = sumX2 + x * x;
    cX2 += lost(sumX2, x * x, total);
    sumX2 = total;
  }
  if (constant) {
    if (!Number.isFinite(first) && !Number.isNaN(first)) return { slope: Number.NaN, intercept: Number.NaN };
    return { slope: 0, intercept: first };
  }
  sumX += cX;
  if (Number.isFinite(sumY)) sumY += cY;
  if (Number.isFinite(sumXY)) sumXY += cXY;
  const covariance = sumXY - (sumX * sumY) / n;
  const variance = sumX2 + cX2 - (sumX * sumX) / n;
  const slope = covariance / variance;
  return { slope, intercept: sumY / n - (slope * sumX) / n };
}

/** Two floats are needed; one float among histograms is annotated all the same. */
function ofTwoFloats(apply: RangeFunction): RangeFunction {
  return (window) => {
    if (window.floats > 0 && window.histograms > 0) {
      window.annotate(ignoredInMixedRange(window.metric, window.position));
    }
    return window.floats < 2 ? window.nothing() : apply(window);
  };
}
