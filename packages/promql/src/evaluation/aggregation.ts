import { ignoredInAggregation, invalidQuantile } from "../annotations.ts";
import { quantile } from "../quantile.ts";
import type { AggregateExpression } from "../syntax-tree.ts";
import { type Aggregation, average, sum } from "./aggregation-totals.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Grid } from "./grid.ts";
import { type Groups, groupRows } from "./grouping.ts";
import { parameterRange } from "./parameter-range.ts";
import { ABSENT, FLOAT_POINT, SeriesMatrix } from "./series-matrix.ts";
import { POINTS_PER_TURN, rowsPerTurn, type Work } from "./turn.ts";

/** sum, avg, count, min, max, group, stddev, stdvar and quantile: one row a group. */
export function* aggregate(evaluation: Evaluation, node: AggregateExpression, grid: Grid): Work<SeriesMatrix> {
  const parameter = node.parameter === undefined ? undefined : yield* evaluation.scalar(node.parameter, grid);
  const input = yield* evaluation.vector(node.expression, grid);
  const groups = yield* groupRows(input, node);
  const output = new SeriesMatrix(grid.steps, groups.labels.length);
  for (let i = 0; i < groups.labels.length; i++) output.addRow(groups.labels[i]!, groups.dropName[i]!);
  const work: Aggregation = { node, input, groups, output, annotate: (one) => evaluation.annotations.add(one) };
  switch (node.operator) {
    case "sum":
      yield* sum(work);
      break;
    case "avg":
      yield* average(work);
      break;
    case "count":
      yield* count(work);
      break;
    case "group":
      yield* group(work);
      break;
    case "min":
      yield* extreme(work, (value, best) => value < best);
      break;
    case "max":
      yield* extreme(work, (value, best) => value > best);
      break;
    case "stddev":
      yield* variance(work, Math.sqrt);
      break;
    case "stdvar":
      yield* variance(work, (value) => value);
      break;
    default:
      yield* quantiles(work, parameter!);
  }
  return yield* withoutEmptyRows(output);
}

function* count({ input, groups, output }: Aggregation): Work<void> {
  yield* forEachPoint(input, groups, (at) =>
    output.setFloat(at, output.present[at] === ABSENT ? 1 : output.values[at]! + 1),
  );
}

function* group({ input, groups, output }: Aggregation): Work<void> {
  yield* forEachPoint(input, groups, (at) => output.setFloat(at, 1));
}

function* extreme(work: Aggregation, replaces: (value: number, best: number) => boolean): Work<void> {
  const { input, groups, output } = work;
  yield* forEachFloat(work, groups, (at, from) => {
    const value = input.values[from]!;
    const best = output.values[at]!;
    if (output.present[at] === ABSENT || replaces(value, best) || Number.isNaN(best)) output.setFloat(at, value);
  });
}

/** Welford's method. */
function* variance(work: Aggregation, finish: (value: number) => number): Work<void> {
  const { input, groups, output } = work;
  const size = output.count * output.steps;
  const counts = new Float64Array(size);
  const means = new Float64Array(size);
  yield* forEachFloat(work, groups, (at, from) => {
    const value = input.values[from]!;
    if (output.present[at] === ABSENT) {
      counts[at] = 1;
      means[at] = value;
      output.setFloat(at, Number.isFinite(value) ? 0 : Number.NaN);
      return;
    }
    counts[at]!++;
    const delta = value - means[at]!;
    means[at]! += delta / counts[at]!;
    output.values[at]! += delta * (value - means[at]!);
  });
  for (let at = 0; at < size; at++) {
    if (at % POINTS_PER_TURN === POINTS_PER_TURN - 1) yield;
    output.values[at] = finish(output.values[at]! / counts[at]!);
  }
}

/** How many values are sorted between two possible interruptions. */
const SORTED_PER_TURN = 1_024;

function* quantiles(work: Aggregation, parameter: Float64Array): Work<void> {
  const { input, groups, output, node } = work;
  const { position } = node.parameter!;
  const { most, least, hasNaN } = parameterRange(parameter);
  if (hasNaN) work.annotate(invalidQuantile(Number.NaN, position));
  if (most > 1) work.annotate(invalidQuantile(most, position));
  if (least < 0) work.annotate(invalidQuantile(least, position));
  const collected: (number[] | undefined)[] = [];
  yield* forEachFloat(work, groups, (at, from) => {
    const values = collected[at];
    if (values === undefined) collected[at] = [input.values[from]!];
    else values.push(input.values[from]!);
  });
  let sorted = 0;
  for (let at = 0; at < collected.length; at++) {
    const values = collected[at];
    if (values === undefined) continue;
    sorted += values.length;
    if (sorted >= SORTED_PER_TURN) {
      yield;
      sorted = 0;
    }
    output.setFloat(at, quantile(parameter[at % output.steps]!, values));
  }
}

function* forEachPoint(
  { present, count: rows, steps }: SeriesMatrix,
  { groupOf }: Groups,
  visit: (at: number, from: number) => void,
): Work<void> {
  const turn = rowsPerTurn({ steps });
  for (let row = 0; row < rows; row++) {
    if (row % turn === turn - 1) yield;
    for (let s = 0; s < steps; s++) {
      if (present[row * steps + s] !== ABSENT) visit(groupOf[row]! * steps + s, row * steps + s);
    }
  }
}

/** Leaves histograms out, with an annotation. */
function* forEachFloat(
  { node, input, annotate }: Aggregation,
  groups: Groups,
  visit: (at: number, from: number) => void,
): Work<void> {
  yield* forEachPoint(input, groups, (at, from) => {
    if (input.present[from] === FLOAT_POINT) visit(at, from);
    else annotate(ignoredInAggregation(node.operator, node.expression.position));
  });
}

function* withoutEmptyRows(matrix: SeriesMatrix): Work<SeriesMatrix> {
  const { steps } = matrix;
  let empty = false;
  for (let row = 0; row < matrix.count && !empty; row++) empty = !matrix.hasPoints(row);
  if (!empty) return matrix;
  const result = new SeriesMatrix(steps, matrix.count);
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    if (!matrix.hasPoints(row)) continue;
    const to = result.addRow(matrix.labels[row]!, matrix.dropName[row]!);
    for (let s = 0; s < steps; s++) {
      if (matrix.present[row * steps + s] !== ABSENT) result.copyPoint(matrix, row * steps + s, to + s);
    }
  }
  return result;
}
