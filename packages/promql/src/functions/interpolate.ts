import { addHistograms, subtractHistograms } from "../histogram/add-histograms.ts";
import { isReset } from "../histogram/detect-reset.ts";
import { type FloatHistogram, multiply } from "../histogram/float-histogram.ts";

/** A value between two samples on the straight line; a counter that fell is taken to begin at zero. */
export function interpolate(
  before: { readonly timeMs: number; readonly value: number },
  after: { readonly timeMs: number; readonly value: number },
  timeMs: number,
  counter: boolean,
): number {
  const from = counter && after.value < before.value ? 0 : before.value;
  return from + ((after.value - from) * (timeMs - before.timeMs)) / (after.timeMs - before.timeMs);
}

export interface TimedHistogram {
  readonly timeMs: number;
  readonly histogram: FloatHistogram;
}

/** The same for histograms; `onReconciled` is told when custom borders differed. @throws IncompatibleSchemas */
export function interpolateHistograms(
  before: TimedHistogram,
  after: TimedHistogram,
  timeMs: number,
  counter: boolean,
  onReconciled: (operation: "addition" | "subtraction") => void,
): FloatHistogram {
  if (timeMs === before.timeMs) return before.histogram;
  if (timeMs === after.timeMs) return after.histogram;
  const fraction = (timeMs - before.timeMs) / (after.timeMs - before.timeMs);
  if (counter && isReset(after.histogram, before.histogram)) return multiply(after.histogram, fraction);
  const difference = subtractHistograms(after.histogram, before.histogram);
  if (difference.reconciled) onReconciled("subtraction");
  const sum = addHistograms(multiply(difference.histogram, fraction), before.histogram);
  if (sum.reconciled) onReconciled("addition");
  return sum.histogram;
}
