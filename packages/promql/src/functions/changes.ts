import { isReset } from "../histogram/detect-reset.ts";
import { equalHistograms } from "../histogram/float-histogram.ts";
import type { RangeFunction, RangeResult, RangeWindow } from "./range-window.ts";
import { isStartTimeReset } from "./start-time.ts";

/** changes(): how often the value differs from the one before. */
export const changes: RangeFunction = (window) => {
  if (window.histograms === 0) return countFloats(window, isChange);
  return countBetween(window, ({ samples }, a, b) => {
    if (a.histogram !== b.histogram) return true;
    if (a.histogram) return !equalHistograms(samples.histograms[b.index]!, samples.histograms[a.index]!);
    return isChange(samples.floatValues[a.index]!, samples.floatValues[b.index]!);
  });
};

/** resets(): how often a counter fell. */
export const resets: RangeFunction = (window) => {
  if (window.histograms === 0 && window.samples.floatStarts.length === 0) return countFloats(window, isFall);
  return countBetween(window, ({ samples }, a, b) => {
    if (a.histogram !== b.histogram) return true;
    const times = a.histogram ? samples.histogramTimes : samples.floatTimes;
    const starts = a.histogram ? samples.histogramStarts : samples.floatStarts;
    if (isStartTimeReset(starts[a.index] ?? 0, times[a.index]!, starts[b.index] ?? 0, times[b.index]!)) return true;
    if (a.histogram) return isReset(samples.histograms[b.index]!, samples.histograms[a.index]!);
    return isFall(samples.floatValues[a.index]!, samples.floatValues[b.index]!);
  });
};

function isChange(before: number, after: number): boolean {
  return after !== before && !(Number.isNaN(after) && Number.isNaN(before));
}

function isFall(before: number, after: number): boolean {
  return after < before;
}

function countFloats(window: RangeWindow, counts: (before: number, after: number) => boolean): RangeResult {
  const { floatValues } = window.samples;
  const begin = firstOfRange(window);
  if (begin === undefined) return window.nothing();
  let count = 0;
  for (let i = begin.f + 1; i < window.endFloat; i++) if (counts(floatValues[i - 1]!, floatValues[i]!)) count++;
  return window.float(count);
}

interface Place {
  readonly histogram: boolean;
  readonly index: number;
}

function countBetween(window: RangeWindow, counts: (window: RangeWindow, a: Place, b: Place) => boolean) {
  const { samples, endFloat, endHistogram } = window;
  const begin = firstOfRange(window);
  if (begin === undefined) return window.nothing();
  let { f, h } = begin;
  let count = 0;
  let previous: Place | undefined;
  while (f < endFloat || h < endHistogram) {
    const isFloat = h >= endHistogram || (f < endFloat && samples.floatTimes[f]! < samples.histogramTimes[h]!);
    const current: Place = isFloat ? { histogram: false, index: f++ } : { histogram: true, index: h++ };
    if (previous !== undefined && counts(window, previous, current)) count++;
    previous = current;
  }
  return window.float(count);
}

/** Where counting begins: anchored, at the last sample up to the start of the range; `undefined` without one after it. */
function firstOfRange(window: RangeWindow): { f: number; h: number } | undefined {
  const { samples, startMs, firstFloat, endFloat, firstHistogram, endHistogram } = window;
  if (window.extension !== "anchored") return { f: firstFloat, h: firstHistogram };
  const { floatTimes, histogramTimes } = samples;
  let f = firstFloat;
  while (f < endFloat && floatTimes[f]! <= startMs) f++;
  let h = firstHistogram;
  while (h < endHistogram && histogramTimes[h]! <= startMs) h++;
  if (f >= endFloat && h >= endHistogram) return undefined;
  const floatBefore = f > firstFloat ? floatTimes[f - 1]! : Number.NEGATIVE_INFINITY;
  const histogramBefore = h > firstHistogram ? histogramTimes[h - 1]! : Number.NEGATIVE_INFINITY;
  if (f === firstFloat && h === firstHistogram) return { f, h };
  return floatBefore >= histogramBefore ? { f: f - 1, h } : { f, h: h - 1 };
}
