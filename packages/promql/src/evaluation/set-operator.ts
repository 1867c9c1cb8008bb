import type { BinaryExpression } from "../syntax-tree.ts";
import type { Evaluation, Work } from "./evaluation.ts";
import type { Grid } from "./grid.ts";
import { RowAssembly } from "./row-assembly.ts";
import { ABSENT, type SeriesMatrix } from "./series-matrix.ts";
import { signatures } from "./signatures.ts";

/** and, or, unless: points are kept by whether the other side has one that matches at the same step. */
export function* setOperation(evaluation: Evaluation, node: BinaryExpression, grid: Grid): Work<SeriesMatrix> {
  const left = yield* evaluation.vector(node.left, grid);
  const right = yield* evaluation.vector(node.right, grid);
  const sides = signatures(left, right, node.matching!);
  const { steps } = grid;
  if (node.operator === "or") {
    const inLeft = presence(left, sides.left, sides.count);
    for (let row = 0; row < right.count; row++) {
      for (let s = 0; s < steps; s++)
        if (inLeft[sides.right[row]! * steps + s]) right.present[row * steps + s] = ABSENT;
    }
    return joined(left, right, grid);
  }
  const inRight = presence(right, sides.right, sides.count);
  const wanted = node.operator === "and" ? 1 : 0;
  for (let row = 0; row < left.count; row++) {
    for (let s = 0; s < steps; s++) {
      if (inRight[sides.left[row]! * steps + s] !== wanted) left.present[row * steps + s] = ABSENT;
    }
  }
  return left;
}

/** 1 where a signature has a point at a step. */
function presence({ present, count, steps }: SeriesMatrix, numbers: Int32Array, signatureCount: number): Uint8Array {
  const found = new Uint8Array(signatureCount * steps);
  for (let row = 0; row < count; row++) {
    const to = numbers[row]! * steps;
    for (let s = 0; s < steps; s++) if (present[row * steps + s] !== ABSENT) found[to + s] = 1;
  }
  return found;
}

/** The points of both sides, those with the same labels in one row. */
function joined(left: SeriesMatrix, right: SeriesMatrix, grid: Grid): SeriesMatrix {
  const { steps } = left;
  const assembly = new RowAssembly(grid, left.count + right.count);
  for (const side of [left, right]) {
    for (let row = 0; row < side.count; row++) {
      for (let s = 0; s < steps; s++) {
        const from = row * steps + s;
        if (side.present[from] === ABSENT) continue;
        assembly.matrix.copyPoint(side, from, assembly.place(side.labels[row]!, side.dropName[row]!, s));
      }
    }
  }
  return assembly.matrix;
}
