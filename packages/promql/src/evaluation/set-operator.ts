import type { BinaryExpression } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Grid } from "./grid.ts";
import { RowAssembly } from "./row-assembly.ts";
import { ABSENT, type SeriesMatrix } from "./series-matrix.ts";
import { signatures } from "./signatures.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** and, or, unless: points are kept by whether the other side has one that matches at the same step. */
export function* setOperation(evaluation: Evaluation, node: BinaryExpression, grid: Grid): Work<SeriesMatrix> {
  const left = yield* evaluation.vector(node.left, grid);
  const right = yield* evaluation.vector(node.right, grid);
  const sides = yield* signatures(left, right, node.matching!);
  if (node.operator === "or") {
    yield* keepWhere(right, sides.right, yield* presence(left, sides.left, sides.count), 0);
    return yield* joined(left, right, grid);
  }
  const inRight = yield* presence(right, sides.right, sides.count);
  yield* keepWhere(left, sides.left, inRight, node.operator === "and" ? 1 : 0);
  return left;
}

/** 1 where a signature has a point at a step. */
function* presence(matrix: SeriesMatrix, numbers: Int32Array, signatureCount: number): Work<Uint8Array> {
  const { present, count, steps } = matrix;
  const found = new Uint8Array(signatureCount * steps);
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < count; row++) {
    if (row % turn === turn - 1) yield;
    const to = numbers[row]! * steps;
    for (let s = 0; s < steps; s++) if (present[row * steps + s] !== ABSENT) found[to + s] = 1;
  }
  return found;
}

/** Leaves the points whose signature is there, or is not there, on the other side. */
function* keepWhere(matrix: SeriesMatrix, numbers: Int32Array, there: Uint8Array, wanted: 0 | 1): Work<void> {
  const { present, count, steps } = matrix;
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < count; row++) {
    if (row % turn === turn - 1) yield;
    const from = numbers[row]! * steps;
    for (let s = 0; s < steps; s++) if (there[from + s] !== wanted) present[row * steps + s] = ABSENT;
  }
}

/** The points of both sides, those with the same labels in one row. */
function* joined(left: SeriesMatrix, right: SeriesMatrix, grid: Grid): Work<SeriesMatrix> {
  const { steps } = left;
  const assembly = new RowAssembly(grid, left.count + right.count);
  const turn = rowsPerTurn(left);
  for (const side of [left, right]) {
    for (let row = 0; row < side.count; row++) {
      if (row % turn === turn - 1) yield;
      for (let s = 0; s < steps; s++) {
        const from = row * steps + s;
        if (side.present[from] === ABSENT) continue;
        assembly.matrix.copyPoint(side, from, assembly.place(side.labels[row]!, side.dropName[row]!, s));
      }
    }
  }
  return assembly.matrix;
}
