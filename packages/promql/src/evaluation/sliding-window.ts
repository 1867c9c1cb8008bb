import type { RangeFunction, RangeWindow } from "../functions/range-window.ts";
import { weight } from "../histogram/float-histogram.ts";
import { type Grid, timeAt } from "./grid.ts";
import type { Ranges } from "./ranges.ts";
import { ABSENT, FLOAT_POINT, type SeriesMatrix } from "./series-matrix.ts";

export interface Steps {
  readonly grid: Grid;
  readonly ranges: Ranges;
  readonly scalars: readonly Float64Array[];
  readonly matrix: SeriesMatrix;
  readonly row: number;
}

/** Slides the window over the samples of one series. */
export function applyToSteps(
  apply: RangeFunction,
  window: RangeWindow,
  { grid, ranges, scalars, matrix, row }: Steps,
): { points: number; floats: boolean } {
  const { samples } = window;
  const { floatTimes, floatCount, histogramTimes } = samples;
  const { rangeMs, offsetMs, atMs, extension } = ranges;
  const before = extension === undefined ? 0 : window.lookbackMs;
  const after = extension === "smoothed" ? window.lookbackMs : 0;
  let [f0, f1, h0, h1] = [0, 0, 0, 0];
  let points = 0;
  let floats = false;
  for (let step = 0; step < grid.steps; step++) {
    const timeMs = timeAt(grid, step);
    const endMs = (atMs ?? timeMs) - offsetMs;
    const startMs = endMs - rangeMs;
    const fromMs = startMs - before;
    const toMs = endMs + after;
    while (f1 < floatCount && floatTimes[f1]! <= toMs) f1++;
    while (f0 < f1 && floatTimes[f0]! <= fromMs) f0++;
    while (h1 < histogramTimes.length && histogramTimes[h1]! <= toMs) h1++;
    while (h0 < h1 && histogramTimes[h0]! <= fromMs) h0++;
    if (f0 === f1 && h0 === h1) continue;
    window.firstFloat = f0;
    window.endFloat = f1;
    window.firstHistogram = h0;
    window.endHistogram = h1;
    window.timeMs = timeMs;
    window.startMs = startMs;
    window.endMs = endMs;
    for (let i = 0; i < scalars.length; i++) window.scalars[i] = scalars[i]![step]!;
    const result = apply(window);
    if (result === ABSENT) continue;
    if (result === FLOAT_POINT) {
      matrix.setFloat(row + step, window.value);
      floats = true;
      points++;
    } else {
      matrix.setHistogram(row + step, window.histogram!);
      points += weight(window.histogram!);
    }
  }
  return { points, floats };
}
