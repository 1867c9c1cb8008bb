import { sortInRange } from "../annotations.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { type Grid, isInstant } from "../evaluation/grid.ts";
import { ABSENT, FLOAT_POINT, SeriesMatrix } from "../evaluation/series-matrix.ts";
import { sortInTurns } from "../evaluation/sort-in-turns.ts";
import { POINTS_PER_TURN, type Work } from "../evaluation/turn.ts";
import { compareLabels, compareNames, labelValue } from "../labels.ts";
import type { CallExpression } from "../syntax-tree.ts";

type SortFunction = (evaluation: Evaluation, call: CallExpression, grid: Grid) => Work<SeriesMatrix>;

/** sort and sort_desc: by value, NaN last; histograms are left out. */
export function sortByValue(direction: 1 | -1): SortFunction {
  return sorted(function* (matrix) {
    const rows = allRows(matrix).filter((row) => matrix.present[row] === FLOAT_POINT);
    return yield* sortInTurns(rows, (a, b) => {
      const [left, right] = [matrix.values[a]!, matrix.values[b]!];
      if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
      return left === right ? 0 : left < right ? -direction : direction;
    });
  });
}

/** sort_by_label and sort_by_label_desc: by labels, digits in them as numbers, then by all labels. */
export function sortByLabel(direction: 1 | -1): SortFunction {
  return sorted(function* (matrix, call) {
    const names = call.arguments.slice(1).map((argument) => (argument.type === "string" ? argument.value : ""));
    return yield* sortInTurns(allRows(matrix), (a, b) => {
      const [left, right] = [matrix.labels[a]!, matrix.labels[b]!];
      for (const name of names) {
        const [leftValue, rightValue] = [labelValue(left, name), labelValue(right, name)];
        if (leftValue !== rightValue) return comesFirst(leftValue, rightValue) ? -direction : direction;
      }
      return direction * compareLabels(left, right);
    });
  });
}

/** Orders an instant query's vector. A range has no order to give; there only what is no float is left out. */
function sorted(order: (matrix: SeriesMatrix, call: CallExpression) => Work<readonly number[]>): SortFunction {
  return function* (evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
    const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
    if (!isInstant(grid)) {
      evaluation.annotations.add(sortInRange(call.position));
      if (!call.name.includes("label")) yield* keepFloats(matrix);
      return matrix;
    }
    const result = new SeriesMatrix(matrix.steps, matrix.count);
    for (const row of yield* order(matrix, call)) {
      if (!matrix.hasPoints(row)) continue;
      result.copyPoint(matrix, row, result.addRow(matrix.labels[row]!, matrix.dropName[row]!));
    }
    return result;
  };
}

function* keepFloats({ present, count, steps }: SeriesMatrix): Work<void> {
  for (let i = 0; i < count * steps; i++) {
    if (i % POINTS_PER_TURN === POINTS_PER_TURN - 1) yield;
    if (present[i] !== FLOAT_POINT) present[i] = ABSENT;
  }
}

function allRows({ count }: SeriesMatrix): number[] {
  return Array.from({ length: count }, (_, row) => row);
}

/** Natural order: runs of digits compare as numbers. */
function comesFirst(a: string, b: string): boolean {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < left.length; i++) {
    const [x, y] = [left[i]!, right[i]];
    if (y === undefined) return false;
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    if (numeric ? Number(x) === Number(y) : x === y) {
      if (i === left.length - 1) return true;
      if (i === right.length - 1) return false;
      continue;
    }
    return numeric ? Number(x) < Number(y) : compareNames(x, y) < 0;
  }
  return false;
}
