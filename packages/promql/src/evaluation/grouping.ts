import type { Labels } from "../labels.ts";
import { type Grouping, LabelGroups } from "./label-groups.ts";
import type { SeriesMatrix } from "./series-matrix.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

export interface Groups {
  /** The group of each row. */
  readonly groupOf: Int32Array;
  readonly labels: readonly Labels[];
  readonly dropName: readonly boolean[];
}

/** The rows of a matrix by the labels that they are grouped by, the groups in the order in which they appear. */
export function* groupRows(matrix: SeriesMatrix, grouping: Grouping): Work<Groups> {
  const groups = new LabelGroups(grouping);
  const groupOf = new Int32Array(matrix.count);
  const dropName: boolean[] = [];
  const turn = rowsPerTurn({ steps: 1 });
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const group = groups.numberOf(matrix.labels[row]!);
    groupOf[row] = group;
    if (group === dropName.length) dropName.push(false);
    if (matrix.dropName[row]) dropName[group] = true;
  }
  return { groupOf, labels: groups.labels, dropName };
}
