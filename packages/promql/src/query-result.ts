import { type Grid, timeAt } from "./evaluation/grid.ts";
import {
  ABSENT,
  FLOAT_POINT,
  HISTOGRAM_POINT,
  mergeSameLabels,
  type SeriesMatrix,
} from "./evaluation/series-matrix.ts";
import { sortInTurns } from "./evaluation/sort-in-turns.ts";
import { rowsPerTurn, type Work } from "./evaluation/turn.ts";
import type { FloatHistogram } from "./histogram/float-histogram.ts";
import { compareLabels, type Labels, noLabels, withoutMetadata } from "./labels.ts";

/** The value of a query; numbers are IEEE doubles, times milliseconds since 1970. */
export type QueryValue =
  | { readonly type: "scalar"; readonly timeMs: number; readonly value: number }
  | { readonly type: "string"; readonly timeMs: number; readonly value: string }
  | { readonly type: "vector"; readonly samples: readonly VectorSample[] }
  | { readonly type: "matrix"; readonly series: readonly MatrixSeries[] };

/** One series at one time: a number, or a native histogram, and then `value` is NaN. */
export interface VectorSample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

/** One series over time: its numbers in two columns, its native histograms beside them. */
export interface MatrixSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly histograms: readonly { readonly timeMs: number; readonly histogram: FloatHistogram }[];
}

export function* vectorOf(matrix: SeriesMatrix, timeMs: number): Work<readonly VectorSample[]> {
  const samples: VectorSample[] = [];
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    if (matrix.present[row] === ABSENT) continue;
    const labels = matrix.labels[row]!;
    const histogram = matrix.present[row] === HISTOGRAM_POINT ? matrix.histograms![row] : undefined;
    samples.push({ labels, timeMs, value: histogram === undefined ? matrix.values[row]! : Number.NaN, histogram });
  }
  return samples;
}

/** In the order of the labels. */
export function* matrixOf(matrix: SeriesMatrix, grid: Grid): Work<readonly MatrixSeries[]> {
  const series: MatrixSeries[] = [];
  const { steps, present, values, histograms } = matrix;
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const from = row * steps;
    let floats = 0;
    const natives: { timeMs: number; histogram: FloatHistogram }[] = [];
    for (let s = 0; s < steps; s++) {
      if (present[from + s] === FLOAT_POINT) floats++;
      else if (present[from + s] === HISTOGRAM_POINT) {
        natives.push({ timeMs: timeAt(grid, s), histogram: histograms![from + s]! });
      }
    }
    if (floats === 0 && natives.length === 0) continue;
    const one = {
      labels: matrix.labels[row]!,
      times: new Float64Array(floats),
      values: new Float64Array(floats),
      histograms: natives,
    };
    for (let s = 0, i = 0; s < steps; s++) {
      if (present[from + s] !== FLOAT_POINT) continue;
      one.times[i] = timeAt(grid, s);
      one.values[i++] = values[from + s]!;
    }
    series.push(one);
  }
  return yield* sortInTurns(series, (a, b) => compareLabels(a.labels, b.labels));
}

export function scalarSeries(values: Float64Array, grid: Grid): readonly MatrixSeries[] {
  const times = Float64Array.from(values, (_, step) => timeAt(grid, step));
  return [{ labels: noLabels, times, values, histograms: [] }];
}

/** Drops the names that were to be dropped at the end. @throws PromqlEvaluationError when that makes two series one */
export function* cleanNames(matrix: SeriesMatrix): Work<SeriesMatrix> {
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    if (matrix.dropName[row]) matrix.labels[row] = withoutMetadata(matrix.labels[row]!);
  }
  return yield* mergeSameLabels(matrix);
}
