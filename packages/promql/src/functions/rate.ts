import { mixedFloatsAndHistograms, overlappingStart } from "../annotations.ts";
import { extendedRate } from "./extended-rate.ts";
import { extrapolationFactor, observed, startsWithin, TOO_FEW } from "./extrapolation.ts";
import { histogramRate } from "./histogram-rate.ts";
import type { RangeFunction, RangeResult, RangeWindow } from "./range-window.ts";
import { hasStartTimeOverlap, isStartTimeReset } from "./start-time.ts";

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

/** Hot: benchmarks/promql.ts. */
function floatRate(window: RangeWindow, { counter, perSecond }: RateKind): RangeResult {
  const { samples, firstFloat, endFloat } = window;
  const { floatTimes, floatValues, floatStarts } = samples;
  const first = floatValues[firstFloat]!;
  let result = floatValues[endFloat - 1]! - first;
  const starts = floatStarts.length > 0;
  if (counter && (starts || window.hasFall())) result = withResets(window, result);
  if (counter && hasStartTimeOverlap(floatStarts, floatTimes, { first: firstFloat, end: endFloat })) {
    window.annotate(overlappingStart(window.metric, window.position));
  }
  observed.firstMs = floatTimes[firstFloat]!;
  observed.lastMs = floatTimes[endFloat - 1]!;
  observed.samples = endFloat - firstFloat;
  observed.counterStartMs = counter && starts ? (floatStarts[firstFloat] ?? 0) : 0;
  observed.zeroPoint = counter && result > 0 && first >= 0 ? first / result : -1;
  const factor = extrapolationFactor(window, observed);
  if (factor === TOO_FEW) return window.nothing();
  if (startsWithin(window, observed)) result += first;
  return window.float(result * (perSecond ? factor / (window.rangeMs / 1000) : factor));
}

/** A change with what the counter had counted before each reset. */
function withResets({ samples, firstFloat, endFloat }: RangeWindow, change: number): number {
  const { floatTimes, floatValues, floatStarts } = samples;
  const starts = floatStarts.length > 0;
  let result = change;
  for (let i = firstFloat + 1; i < endFloat; i++) {
    const previous = floatValues[i - 1]!;
    const reset =
      floatValues[i]! < previous ||
      (starts && isStartTimeReset(floatStarts[i - 1] ?? 0, floatTimes[i - 1]!, floatStarts[i] ?? 0, floatTimes[i]!));
    if (reset) result += previous;
  }
  return result;
}
