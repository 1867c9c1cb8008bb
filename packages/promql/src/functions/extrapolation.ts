import type { RangeWindow } from "./range-window.ts";

/** What was seen within a window. There is one object for all windows, so that nothing is allocated. */
export interface Observed {
  firstMs: number;
  lastMs: number;
  samples: number;
  /** Since when the first sample's counter has counted; 0 when unknown. */
  counterStartMs: number;
  /** Over how much of the observed time the counter would have come from zero to its first value; -1 when that says nothing. */
  zeroPoint: number;
}

export const observed: Observed = { firstMs: 0, lastMs: 0, samples: 0, counterStartMs: 0, zeroPoint: -1 };

/** One sample says nothing of a change. */
export const TOO_FEW = 0;

/** The counter was zero within the range, when it started. */
export function startsWithin({ startMs }: RangeWindow, { counterStartMs, firstMs }: Observed): boolean {
  return counterStartMs !== 0 && counterStartMs > startMs && counterStartMs < firstMs;
}

/**
 * By how much to stretch what was observed to cover the range. To a border that is near the first or last sample it is stretched
 * fully, otherwise by half the average distance of samples, and never to before a counter was zero.
 */
export function extrapolationFactor(window: RangeWindow, seen: Observed): number {
  const { samples, firstMs, lastMs, zeroPoint } = seen;
  let toStart = (firstMs - window.startMs) / 1000;
  let toEnd = (window.endMs - lastMs) / 1000;
  let sampled = (lastMs - firstMs) / 1000;
  const average = samples > 1 ? sampled / (samples - 1) : 0;
  const threshold = average * 1.1;
  if (startsWithin(window, seen)) {
    toStart = 0;
    sampled = (lastMs - seen.counterStartMs) / 1000;
  } else if (samples < 2) {
    return TOO_FEW;
  } else {
    if (toStart >= threshold) toStart = average / 2;
    if (zeroPoint >= 0) toStart = Math.min(toStart, sampled * zeroPoint);
  }
  if (toEnd >= threshold) toEnd = average / 2;
  return sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
}
