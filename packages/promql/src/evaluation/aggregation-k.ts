import { ignoredInAggregation, invalidRatio } from "../annotations.ts";
import { formatGeneral } from "../go-float.ts";
import type { AggregateExpression } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import type { Grid } from "./grid.ts";
import { type Groups, groupRows } from "./grouping.ts";
import { labelsHash } from "./labels-hash.ts";
import { parameterRange } from "./parameter-range.ts";
import { ABSENT, HISTOGRAM_POINT, SeriesMatrix } from "./series-matrix.ts";
import { POINTS_PER_TURN, rowsPerTurn, type Work } from "./turn.ts";
import { ValueHeap } from "./value-heap.ts";

/** topk, bottomk, limitk and limit_ratio: at every step, some of the points of each group as they are. */
export function* aggregateK(evaluation: Evaluation, node: AggregateExpression, grid: Grid): Work<SeriesMatrix> {
  const parameter = yield* evaluation.scalar(node.parameter!, grid);
  const input = yield* evaluation.vector(node.expression, grid);
  const groups = yield* groupRows(input, node);
  const choose = chooser(evaluation, node, parameter, input);
  if (choose === undefined) return new SeriesMatrix(grid.steps, 0);
  const chosen: (readonly number[])[] = [];
  const turn = rowsPerTurn({ steps: input.count });
  for (let step = 0; step < grid.steps; step++) {
    if (step % turn === turn - 1) yield;
    chosen.push(pointsByGroup(input, groups, step).flatMap((rows) => choose(rows, step)));
  }
  return yield* collect(input, chosen);
}

type Chooser = (rows: readonly number[], step: number) => readonly number[];

function chooser(
  evaluation: Evaluation,
  node: AggregateExpression,
  parameter: Float64Array,
  input: SeriesMatrix,
): Chooser | undefined {
  if (node.operator === "limit_ratio") return ratioChooser(evaluation, node, parameter, input);
  const { most, least, hasNaN } = parameterRange(parameter);
  if (most < 1) return undefined;
  if (hasNaN) throw new PromqlEvaluationError("Parameter value is NaN");
  if (least <= -(2 ** 63)) throw new PromqlEvaluationError(`Scalar value ${formatGeneral(least)} underflows int64`);
  if (most >= 2 ** 63) throw new PromqlEvaluationError(`Scalar value ${formatGeneral(most)} overflows int64`);
  const kAt = (step: number) => Math.min(Math.trunc(parameter[step]!), input.count);
  if (node.operator === "limitk") return (rows, step) => (kAt(step) < 1 ? [] : rows.slice(0, kAt(step)));
  return heapChooser(evaluation, node, input, kAt);
}

function heapChooser(
  evaluation: Evaluation,
  { operator, position }: AggregateExpression,
  { steps, present, values }: SeriesMatrix,
  kAt: (step: number) => number,
): Chooser {
  const descending = operator === "bottomk";
  return (rows, step) => {
    const k = kAt(step);
    if (k < 1) return [];
    const valueAt = (row: number) => values[row * steps + step]!;
    const heap = new ValueHeap(valueAt, { descending });
    for (const row of rows) {
      if (present[row * steps + step] === HISTOGRAM_POINT) {
        evaluation.annotations.add(ignoredInAggregation(operator, position));
        continue;
      }
      if (heap.rows.length < k) {
        heap.push(row);
        continue;
      }
      const top = valueAt(heap.rows[0]!);
      const value = valueAt(row);
      const better = descending ? top > value : top < value;
      if (better || (Number.isNaN(top) && !Number.isNaN(value))) heap.replaceTop(row);
    }
    return heap.sorted();
  };
}

/** A series is in by the hash of its labels, so the same ones are in at every step, and `-r` picks those that `1 - r` leaves. */
function ratioChooser(
  { annotations }: Evaluation,
  node: AggregateExpression,
  parameter: Float64Array,
  input: SeriesMatrix,
): Chooser | undefined {
  const { most, least, hasNaN } = parameterRange(parameter);
  if (most === 0 && least === 0) return undefined;
  if (hasNaN) throw new PromqlEvaluationError("Ratio value is NaN");
  const { position } = node.parameter!;
  if (most > 1) annotations.add(invalidRatio(most, 1, position));
  if (least < -1) annotations.add(invalidRatio(least, -1, position));
  const offsets = input.labels.map((labels) => labelsHash(labels) / 2 ** 64);
  return (rows, step) => {
    const ratio = Math.max(-1, Math.min(1, parameter[step]!));
    if (ratio === 0) return [];
    return rows.filter((row) => (ratio > 0 ? offsets[row]! < ratio : offsets[row]! >= 1 + ratio));
  };
}

function pointsByGroup({ present, count, steps }: SeriesMatrix, { groupOf, labels }: Groups, step: number): number[][] {
  const byGroup: number[][] = labels.map(() => []);
  for (let row = 0; row < count; row++) {
    if (present[row * steps + step] !== ABSENT) byGroup[groupOf[row]!]!.push(row);
  }
  return byGroup;
}

/** The chosen points; at an only step in the order in which they were chosen. */
function* collect(input: SeriesMatrix, chosen: readonly (readonly number[])[]): Work<SeriesMatrix> {
  const { steps } = input;
  const result = new SeriesMatrix(steps, chosen[0]?.length ?? 0);
  const rows = new Map<number, number>();
  let points = 0;
  for (const [step, list] of chosen.entries()) {
    for (const row of list) {
      if (++points % POINTS_PER_TURN === 0) yield;
      let to = rows.get(row);
      if (to === undefined) {
        to = result.addRow(input.labels[row]!, input.dropName[row]!);
        rows.set(row, to);
      }
      result.copyPoint(input, row * steps + step, to + step);
    }
  }
  return result;
}
