import type { FloatHistogram } from "../histogram/float-histogram.ts";
import type { Labels } from "../labels.ts";
import type { SampleBuffer, TimeRange } from "../store.ts";
import type { Subquery } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Grid, gridBetween, lastTime, timeAt } from "./grid.ts";
import { ABSENT, HISTOGRAM_POINT, type SeriesMatrix } from "./series-matrix.ts";
import type { Work } from "./turn.ts";

/** A series for a function over a range: from the store, or computed. */
export interface RangeInput {
  readonly labels: Labels;
  /** The name is to be dropped at the end. @default false */
  readonly dropName?: boolean;
  read(range: TimeRange, into: SampleBuffer): void;
}

/** The instants of a subquery within the windows of all steps around it, aligned to multiples of its own step. */
export function subqueryGrid(evaluation: Evaluation, subquery: Subquery, grid: Grid): Grid {
  const { rangeMs, offsetMs, atMs } = subquery;
  const stepMs = subquery.stepMs || evaluation.settings.defaultSubqueryStepMs;
  const fromMs = (atMs ?? grid.startMs) - offsetMs - rangeMs;
  const toMs = (atMs ?? lastTime(grid)) - offsetMs;
  let startMs = stepMs * Math.trunc(fromMs / stepMs);
  if (startMs <= fromMs) startMs += stepMs;
  return gridBetween(startMs, toMs, stepMs);
}

/** The inner expression, evaluated once for all windows. */
export function* evaluateSubquery(
  evaluation: Evaluation,
  subquery: Subquery,
  grid: Grid,
): Work<{ readonly grid: Grid; readonly matrix: SeriesMatrix }> {
  const inner = subqueryGrid(evaluation, subquery, grid);
  return { grid: inner, matrix: yield* evaluation.vector(subquery.expression, inner) };
}

/** The rows of a subquery as series. */
export function subqueryInputs(matrix: SeriesMatrix, grid: Grid): readonly RangeInput[] {
  return matrix.labels.map((labels, row) => ({
    labels,
    dropName: matrix.dropName[row]!,
    read: ({ fromMs, toMs }, into) => {
      for (let step = 0; step < grid.steps; step++) {
        const timeMs = timeAt(grid, step);
        const index = row * grid.steps + step;
        if (timeMs < fromMs || timeMs > toMs || matrix.present[index] === ABSENT) continue;
        if (matrix.present[index] === HISTOGRAM_POINT) into.pushHistogram(timeMs, unhinted(matrix.histograms![index]!));
        else into.push(timeMs, matrix.values[index]!);
      }
    },
  }));
}

/** Between the instants of a subquery samples are left out or repeated, so what they say of resets does not hold. */
function unhinted(histogram: FloatHistogram): FloatHistogram {
  const { counterResetHint } = histogram;
  if (counterResetHint === "unknown" || counterResetHint === "gauge") return histogram;
  return { ...histogram, counterResetHint: "unknown" };
}
