import { typeOf } from "../check-types.ts";
import { info } from "../functions/info.ts";
import { labelJoin, labelReplace } from "../functions/label-functions.ts";
import { histogramFraction, histogramQuantile, histogramQuantiles } from "../functions/quantile-functions.ts";
import { sortByLabel, sortByValue } from "../functions/sort-functions.ts";
import { absent, pointwiseCall, toScalar, toVector } from "../functions/vector-functions.ts";
import { maximum, minimum } from "../go-math.ts";
import { multiply } from "../histogram/float-histogram.ts";
import type { BinaryExpression, CallExpression, Expression } from "../syntax-tree.ts";
import { aggregate } from "./aggregation.ts";
import { aggregateK } from "./aggregation-k.ts";
import { countValues } from "./count-values.ts";
import type { Evaluation, Value } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { type Grid, timeAt } from "./grid.ts";
import { selectInstants } from "./instant-selector.ts";
import { callOverRange } from "./range-call.ts";
import { isRange } from "./ranges.ts";
import { betweenScalars, withScalar } from "./scalar-operator.ts";
import { dropNames, FLOAT_POINT, HISTOGRAM_POINT, SeriesMatrix } from "./series-matrix.ts";
import { setOperation } from "./set-operator.ts";
import { selectSmoothed } from "./smoothed-selector.ts";
import { timestamps } from "./timestamps.ts";
import { POINTS_PER_TURN, rowsPerTurn, type Work } from "./turn.ts";
import { betweenVectors } from "./vector-operator.ts";

/** The value of an expression on a grid; what does not depend on the step is evaluated once. */
export function* evaluate(evaluation: Evaluation, node: Expression, grid: Grid): Work<Value> {
  if (grid.steps > 1 && evaluation.plan.invariant.has(node)) {
    return yield* repeated(
      yield* evaluateNode(evaluation, node, { ...grid, endMs: grid.startMs, steps: 1 }),
      grid,
      evaluation,
    );
  }
  return yield* evaluateNode(evaluation, node, grid);
}

function* evaluateNode(evaluation: Evaluation, node: Expression, grid: Grid): Work<Value> {
  if (grid.steps === 0) return nothing(node);
  switch (node.type) {
    case "number":
      return { type: "scalar", values: new Float64Array(grid.steps).fill(node.value) };
    case "string":
      return { type: "string", value: node.value };
    case "parenthesized":
      return yield* evaluation.evaluate(node.expression, grid);
    case "unary": {
      const value = yield* evaluation.evaluate(node.expression, grid);
      return node.operator === "-" ? yield* negated(evaluation, value) : value;
    }
    case "vectorSelector":
      if (node.extension === "smoothed") return vector(yield* selectSmoothed(evaluation, node, grid));
      return vector(yield* selectInstants(evaluation, node, grid));
    case "aggregation":
      return vector(yield* aggregation(evaluation, node, grid));
    case "binary":
      return yield* binary(evaluation, node, grid);
    case "call":
      return yield* call(evaluation, node, grid);
    case "matrixSelector":
    case "subquery":
      throw new PromqlEvaluationError("a range vector has no value at an instant");
  }
}

function aggregation(
  evaluation: Evaluation,
  node: Extract<Expression, { type: "aggregation" }>,
  grid: Grid,
): Work<SeriesMatrix> {
  switch (node.operator) {
    case "topk":
    case "bottomk":
    case "limitk":
    case "limit_ratio":
      return aggregateK(evaluation, node, grid);
    case "count_values":
      return countValues(evaluation, node, grid);
    default:
      return aggregate(evaluation, node, grid);
  }
}

function* binary(evaluation: Evaluation, node: BinaryExpression, grid: Grid): Work<Value> {
  const left = typeOf(node.left);
  const right = typeOf(node.right);
  if (left === "scalar" && right === "scalar") {
    return { type: "scalar", values: yield* betweenScalars(evaluation, node, grid) };
  }
  if (left === "scalar") return vector(yield* withScalar(evaluation, node, grid, "left"));
  if (right === "scalar") return vector(yield* withScalar(evaluation, node, grid, "right"));
  if (node.matching?.cardinality === "many-to-many") return vector(yield* setOperation(evaluation, node, grid));
  return vector(yield* betweenVectors(evaluation, node, grid));
}

type VectorFunction = (evaluation: Evaluation, node: CallExpression, grid: Grid) => Work<SeriesMatrix>;

const vectorFunctions: ReadonlyMap<string, VectorFunction> = new Map<string, VectorFunction>([
  ["absent", absent],
  ["histogram_fraction", histogramFraction],
  ["histogram_quantile", histogramQuantile],
  ["histogram_quantiles", histogramQuantiles],
  ["info", info],
  ["label_join", labelJoin],
  ["label_replace", labelReplace],
  ["sort", sortByValue(1)],
  ["sort_by_label", sortByLabel(1)],
  ["sort_by_label_desc", sortByLabel(-1)],
  ["sort_desc", sortByValue(-1)],
  ["start_timestamp", timestamps],
  ["timestamp", timestamps],
  ["vector", toVector],
]);

function* call(evaluation: Evaluation, node: CallExpression, grid: Grid): Work<Value> {
  switch (node.name) {
    case "time":
      return { type: "scalar", values: Float64Array.from({ length: grid.steps }, (_, i) => timeAt(grid, i) / 1000) };
    case "pi":
      return { type: "scalar", values: new Float64Array(grid.steps).fill(Math.PI) };
    case "scalar":
      return { type: "scalar", values: yield* toScalar(evaluation, node, grid) };
    case "max_of":
    case "min_of": {
      const left = yield* evaluation.scalar(node.arguments[0]!, grid);
      const right = yield* evaluation.scalar(node.arguments[1]!, grid);
      const choose = node.name === "max_of" ? maximum : minimum;
      return { type: "scalar", values: left.map((value, step) => choose(value, right[step]!)) };
    }
  }
  if (node.arguments.some(isRange)) return vector(yield* callOverRange(evaluation, node, grid));
  const pointwise = pointwiseCall(evaluation, node, grid);
  if (pointwise !== undefined) return vector(yield* pointwise);
  return vector(yield* vectorFunctions.get(node.name)!(evaluation, node, grid));
}

function* negated(evaluation: Evaluation, value: Value): Work<Value> {
  if (value.type === "scalar") return { type: "scalar", values: value.values.map((one) => -one) };
  if (value.type === "string") return value;
  const { matrix } = value;
  for (let i = 0; i < matrix.count * matrix.steps; i++) {
    if (i % POINTS_PER_TURN === POINTS_PER_TURN - 1) yield;
    if (matrix.present[i] === FLOAT_POINT) matrix.values[i] = -matrix.values[i]!;
    else if (matrix.present[i] === HISTOGRAM_POINT) matrix.histograms![i] = multiply(matrix.histograms![i]!, -1);
  }
  return vector(yield* dropNames(matrix, evaluation.settings.delayedNameRemoval));
}

/** The value of one step at all steps. */
function* repeated(value: Value, { steps }: Grid, evaluation: Evaluation): Work<Value> {
  if (value.type === "string") return value;
  if (value.type === "scalar") return { type: "scalar", values: new Float64Array(steps).fill(value.values[0]!) };
  const once = value.matrix;
  const matrix = new SeriesMatrix(steps, once.count);
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < once.count; row++) {
    if (row % turn === turn - 1) yield;
    if (!once.hasPoints(row)) continue;
    const to = matrix.addRow(once.labels[row]!, once.dropName[row]!);
    for (let step = 0; step < steps; step++) matrix.copyPoint(once, row, to + step);
  }
  evaluation.hold(once.count * (steps - 1));
  return vector(matrix);
}

function nothing(node: Expression): Value {
  const type = typeOf(node);
  if (type === "scalar") return { type, values: new Float64Array(0) };
  if (type === "string") return { type, value: "" };
  return vector(new SeriesMatrix(0, 0));
}

function vector(matrix: SeriesMatrix): Value {
  return { type: "vector", matrix };
}
