import { boundsReconciled, mixedBucketSchemas, notACounter, notAGauge, overlappingStart } from "../annotations.ts";
import { addHistograms, IncompatibleSchemas, subtractHistograms } from "../histogram/add-histograms.ts";
import { isReset } from "../histogram/detect-reset.ts";
import {
  compact,
  type FloatHistogram,
  floatHistogram,
  multiply,
  usesCustomBuckets,
} from "../histogram/float-histogram.ts";
import { copyToSchema } from "../histogram/reduce-resolution.ts";
import { extrapolationFactor, observed, startsWithin, TOO_FEW } from "./extrapolation.ts";
import type { RangeResult, RangeWindow } from "./range-window.ts";
import type { RateKind } from "./rate.ts";
import { hasStartTimeOverlap, isStartTimeReset } from "./start-time.ts";

/** rate, increase or delta of native histograms. */
export function histogramRate(window: RangeWindow, { counter, perSecond }: RateKind): RangeResult {
  const { samples, firstHistogram, endHistogram } = window;
  const first = samples.histograms[firstHistogram]!;
  let result = endHistogram - firstHistogram > 1 ? histogramChange(window, counter) : undefined;
  if (result === undefined && endHistogram - firstHistogram > 1) return window.nothing();
  observed.firstMs = samples.histogramTimes[firstHistogram]!;
  observed.lastMs = samples.histogramTimes[endHistogram - 1]!;
  observed.samples = endHistogram - firstHistogram;
  observed.counterStartMs = counter ? (samples.histogramStarts[firstHistogram] ?? 0) : 0;
  const gained = counter && result !== undefined && result.count > 0 && first.count >= 0;
  observed.zeroPoint = gained ? first.count / result!.count : -1;
  const factor = extrapolationFactor(window, observed);
  if (factor === TOO_FEW) return window.nothing();
  if (startsWithin(window, observed)) {
    result = result === undefined ? first : combined(window, result, first, addHistograms);
  }
  if (result === undefined) return window.nothing();
  return window.native(multiply(result, perSecond ? factor / (window.rangeMs / 1000) : factor));
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
    const { histogramStarts, histogramTimes } = samples;
    if (hasStartTimeOverlap(histogramStarts, histogramTimes, { first: firstHistogram, end: endHistogram })) {
      window.annotate(overlappingStart(metric, position));
    }
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
