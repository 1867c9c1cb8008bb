import { absentLabels } from "../evaluation/absent.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { type Grid, timeAt } from "../evaluation/grid.ts";
import { ABSENT, dropNames, FLOAT_POINT, HISTOGRAM_POINT, SeriesMatrix } from "../evaluation/series-matrix.ts";
import { POINTS_PER_TURN, rowsPerTurn, type Work } from "../evaluation/turn.ts";
import { allBuckets } from "../histogram/bucket-bounds.ts";
import { type FloatHistogram, usesCustomBuckets } from "../histogram/float-histogram.ts";
import { addKahan, kahan } from "../kahan-sum.ts";
import { noLabels } from "../labels.ts";
import type { CallExpression } from "../syntax-tree.ts";
import { type CalendarTime, calendarTime, dateFunctions } from "./date-functions.ts";
import { floatFunctions, scaledFunctions } from "./float-functions.ts";

/** A number from each histogram of a vector; floats are left out. */
const histogramFunctions: ReadonlyMap<string, (histogram: FloatHistogram) => number> = new Map<
  string,
  (histogram: FloatHistogram) => number
>([
  ["histogram_avg", ({ sum, count }) => sum / count],
  ["histogram_count", ({ count }) => count],
  ["histogram_stddev", (histogram) => Math.sqrt(histogramVariance(histogram))],
  ["histogram_stdvar", histogramVariance],
  ["histogram_sum", ({ sum }) => sum],
]);

/** How many histograms are worked on between two possible interruptions. */
const HISTOGRAMS_PER_TURN = 512;

/** Calls of functions that treat every point of a vector by itself; `undefined` for other functions. */
export function pointwiseCall(
  evaluation: Evaluation,
  call: CallExpression,
  grid: Grid,
): Work<SeriesMatrix> | undefined {
  const ofFloat = floatFunctions.get(call.name);
  if (ofFloat !== undefined) return mapFloats(evaluation, call, grid, ofFloat);
  const scaled = scaledFunctions.get(call.name);
  if (scaled !== undefined) return mapScaled(evaluation, call, grid, scaled);
  const ofHistogram = histogramFunctions.get(call.name);
  if (ofHistogram !== undefined) return mapHistograms(evaluation, call, grid, ofHistogram);
  const ofDate = dateFunctions.get(call.name);
  if (ofDate !== undefined) return mapDates(evaluation, call, grid, ofDate);
  return undefined;
}

function* mapFloats(
  evaluation: Evaluation,
  call: CallExpression,
  grid: Grid,
  apply: (value: number) => number,
): Work<SeriesMatrix> {
  const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
  const { values, present, count, steps } = matrix;
  for (let i = 0; i < count * steps; i++) {
    if (i % POINTS_PER_TURN === POINTS_PER_TURN - 1) yield;
    if (present[i] === FLOAT_POINT) values[i] = apply(values[i]!);
    else present[i] = ABSENT;
  }
  return yield* dropNames(matrix, evaluation.settings.delayedNameRemoval);
}

function* mapScaled(
  evaluation: Evaluation,
  call: CallExpression,
  grid: Grid,
  apply: (value: number, scalars: readonly number[]) => number | undefined,
): Work<SeriesMatrix> {
  const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
  const columns: Float64Array[] = [];
  for (const argument of call.arguments.slice(1)) columns.push(yield* evaluation.scalar(argument, grid));
  const { values, present, count, steps } = matrix;
  const scalarsAt = Array.from({ length: steps }, (_, step) => columns.map((column) => column[step]!));
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < count; row++) {
    if (row % turn === turn - 1) yield;
    for (let s = 0, i = row * steps; s < steps; s++, i++) {
      const value = present[i] === FLOAT_POINT ? apply(values[i]!, scalarsAt[s]!) : undefined;
      if (value === undefined) present[i] = ABSENT;
      else values[i] = value;
    }
  }
  return yield* dropNames(matrix, evaluation.settings.delayedNameRemoval);
}

function* mapHistograms(
  evaluation: Evaluation,
  call: CallExpression,
  grid: Grid,
  apply: (histogram: FloatHistogram) => number,
): Work<SeriesMatrix> {
  const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
  for (let i = 0; i < matrix.count * matrix.steps; i++) {
    if (i % HISTOGRAMS_PER_TURN === HISTOGRAMS_PER_TURN - 1) yield;
    if (matrix.present[i] === HISTOGRAM_POINT) matrix.setFloat(i, apply(matrix.histograms![i]!));
    else matrix.present[i] = ABSENT;
  }
  return yield* dropNames(matrix, evaluation.settings.delayedNameRemoval);
}

/** Of the values of a vector, or of the time of evaluation. */
function* mapDates(
  evaluation: Evaluation,
  call: CallExpression,
  grid: Grid,
  apply: (time: CalendarTime) => number,
): Work<SeriesMatrix> {
  const [argument] = call.arguments;
  if (argument !== undefined) {
    return yield* mapFloats(evaluation, call, grid, (value) => apply(calendarTime(value)));
  }
  const matrix = new SeriesMatrix(grid.steps, 1);
  const row = matrix.addRow(noLabels, false);
  for (let step = 0; step < grid.steps; step++) {
    matrix.setFloat(row + step, apply(calendarTime(timeAt(grid, step) / 1000)));
  }
  return matrix;
}

/** absent(): 1 where a vector is empty, with the labels that the selector asks for. */
export function* absent(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [argument] = call.arguments;
  const matrix = yield* evaluation.vector(argument!, grid);
  const result = new SeriesMatrix(grid.steps, 1);
  const row = result.addRow(absentLabels(argument!), false);
  const turn = rowsPerTurn({ steps: matrix.count });
  for (let step = 0; step < grid.steps; step++) {
    if (step % turn === turn - 1) yield;
    let found = false;
    for (let i = step; i < matrix.count * grid.steps && !found; i += grid.steps) found = matrix.present[i] !== ABSENT;
    if (!found) result.setFloat(row + step, 1);
  }
  if (!result.hasPoints(0)) result.dropRow();
  return result;
}

/** scalar(): the value of the only float of a vector, NaN when there are none or several. */
export function* toScalar(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<Float64Array> {
  const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
  const scalars = new Float64Array(grid.steps).fill(Number.NaN);
  const turn = rowsPerTurn({ steps: matrix.count });
  for (let step = 0; step < grid.steps; step++) {
    if (step % turn === turn - 1) yield;
    let found = 0;
    for (let i = step; i < matrix.count * grid.steps; i += grid.steps) {
      if (matrix.present[i] !== FLOAT_POINT) continue;
      found++;
      scalars[step] = found === 1 ? matrix.values[i]! : Number.NaN;
    }
  }
  return scalars;
}

/** vector(): a scalar as a vector of one series without labels. */
export function* toVector(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const scalars = yield* evaluation.scalar(call.arguments[0]!, grid);
  const matrix = new SeriesMatrix(grid.steps, 1);
  const row = matrix.addRow(noLabels, false);
  for (let step = 0; step < grid.steps; step++) matrix.setFloat(row + step, scalars[step]!);
  return matrix;
}

function histogramVariance(histogram: FloatHistogram): number {
  const mean = histogram.sum / histogram.count;
  const custom = usesCustomBuckets(histogram);
  let variance = 0;
  let c = 0;
  for (const { lower, upper, count } of allBuckets(histogram)) {
    if (count === 0) continue;
    let value = 0;
    if (custom) value = (upper + lower) / 2;
    else if (lower > 0 || upper < 0) value = Math.sqrt(upper * lower) * (upper < 0 ? -1 : 1);
    const delta = value - mean;
    variance = addKahan(count * delta * delta, variance, c);
    c = kahan.c;
  }
  return (variance + c) / histogram.count;
}
