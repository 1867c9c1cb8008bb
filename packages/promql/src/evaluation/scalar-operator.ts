import type { Annotation } from "../annotations.ts";
import { isComparison } from "../check-types.ts";
import type { BinaryExpression } from "../syntax-tree.ts";
import type { BinaryOperator } from "../token.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Grid } from "./grid.ts";
import { arithmetic, combineHistograms, comparisons } from "./point-operator.ts";
import { ABSENT, dropNames, HISTOGRAM_POINT, type SeriesMatrix } from "./series-matrix.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** Between two scalars. */
export function* betweenScalars(evaluation: Evaluation, node: BinaryExpression, grid: Grid): Work<Float64Array> {
  const left = yield* evaluation.scalar(node.left, grid);
  const right = yield* evaluation.scalar(node.right, grid);
  const apply = arithmetic.get(node.operator);
  const compare = comparisons.get(node.operator);
  return left.map((a, step) => (apply !== undefined ? apply(a, right[step]!) : Number(compare!(a, right[step]!))));
}

/** Between a vector and a scalar: every point by itself. A comparison keeps the value of the vector. */
export function* withScalar(
  evaluation: Evaluation,
  node: BinaryExpression,
  grid: Grid,
  scalarSide: "left" | "right",
): Work<SeriesMatrix> {
  let matrix: SeriesMatrix;
  let scalars: Float64Array;
  if (scalarSide === "left") {
    scalars = yield* evaluation.scalar(node.left, grid);
    matrix = yield* evaluation.vector(node.right, grid);
  } else {
    matrix = yield* evaluation.vector(node.left, grid);
    scalars = yield* evaluation.scalar(node.right, grid);
  }
  if (matrix.histograms === undefined && !isTrim(node.operator)) yield* floatsOnly(matrix, scalars, node, scalarSide);
  else annotateLast(evaluation, yield* mixedPoints(matrix, scalars, node, scalarSide));
  if (!changesMetric(node.operator) && !node.returnBool) return matrix;
  return yield* dropNames(matrix, evaluation.settings.delayedNameRemoval);
}

function* floatsOnly(
  { values, present, count, steps }: SeriesMatrix,
  scalars: Float64Array,
  { operator, returnBool }: BinaryExpression,
  scalarSide: "left" | "right",
): Work<void> {
  const onLeft = scalarSide === "left";
  const apply = arithmetic.get(operator);
  const compare = comparisons.get(operator);
  const turn = rowsPerTurn({ steps });
  for (let row = 0; row < count; row++) {
    if (row % turn === turn - 1) yield;
    for (let s = 0, i = row * steps; s < steps; s++, i++) {
      if (present[i] === ABSENT) continue;
      const a = onLeft ? scalars[s]! : values[i]!;
      const b = onLeft ? values[i]! : scalars[s]!;
      if (apply !== undefined) values[i] = apply(a, b);
      else if (returnBool) values[i] = compare!(a, b) ? 1 : 0;
      else if (!compare!(a, b)) present[i] = ABSENT;
    }
  }
}

/** An operation on a native histogram costs much more than one on a number. */
const HISTOGRAMS_PER_TURN = 256;

/** The annotation of the last fault of each step, as Prometheus keeps no more. */
function* mixedPoints(
  matrix: SeriesMatrix,
  scalars: Float64Array,
  { operator, returnBool, position }: BinaryExpression,
  scalarSide: "left" | "right",
): Work<readonly Annotation[]> {
  const onLeft = scalarSide === "left";
  const { steps, count, present, values } = matrix;
  const annotations: Annotation[] = [];
  let points = 0;
  for (let step = 0; step < steps; step++) {
    let last: Annotation | undefined;
    for (let i = step; i < count * steps; i += steps) {
      if (++points % HISTOGRAMS_PER_TURN === 0) yield;
      if (present[i] === ABSENT) continue;
      const own = present[i] === HISTOGRAM_POINT ? matrix.histograms![i]! : values[i]!;
      const a = onLeft ? scalars[step]! : own;
      const b = onLeft ? own : scalars[step]!;
      if (typeof a === "number" && typeof b === "number" && !isTrim(operator)) {
        const apply = arithmetic.get(operator);
        const holds = apply === undefined && comparisons.get(operator)!(a, b);
        if (apply !== undefined) values[i] = apply(a, b);
        else if (returnBool) values[i] = Number(holds);
        else if (!holds) present[i] = ABSENT;
        continue;
      }
      const result = combineHistograms(operator, a, b, position);
      last = result.annotation ?? last;
      if (result.failed) present[i] = ABSENT;
      else if (returnBool) matrix.setFloat(i, Number(result.keep));
      else if (result.keep) matrix.setHistogram(i, result.histogram!);
      else present[i] = ABSENT;
    }
    if (last !== undefined) annotations.push(last);
  }
  return annotations;
}

function annotateLast({ annotations }: Evaluation, list: readonly Annotation[]): void {
  for (const annotation of list) annotations.add(annotation);
}

export function isTrim(operator: BinaryOperator): boolean {
  return operator === "</" || operator === ">/";
}

/** After arithmetic a value is no longer what the metric's name says. */
export function changesMetric(operator: BinaryOperator): boolean {
  return !isComparison(operator) && !isTrim(operator);
}
