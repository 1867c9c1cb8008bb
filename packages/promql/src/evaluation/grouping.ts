import { isMetadataLabel, keepLabels, type Labels, noLabels, withoutLabels, withoutMetadata } from "../labels.ts";
import type { SeriesMatrix } from "./series-matrix.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

export interface Groups {
  /** The group of each row. */
  readonly groupOf: Int32Array;
  readonly labels: readonly Labels[];
  readonly dropName: readonly boolean[];
}

/** What `by` or `without` keeps of the labels of a row. */
export function groupingLabels(grouping: readonly string[], without: boolean): (labels: Labels) => Labels {
  if (!without && grouping.length === 0) return () => noLabels;
  const names = new Set(grouping);
  if (!without) return (labels) => keepLabels(labels, names);
  if (grouping.every(isMetadataLabel)) return withoutMetadata;
  return (labels) => withoutLabels(withoutMetadata(labels), names);
}

/** The rows of a matrix by the labels that they are grouped by, the groups in the order in which they appear. */
export function* groupRows(
  matrix: SeriesMatrix,
  { grouping, without }: { readonly grouping: readonly string[]; readonly without: boolean },
): Work<Groups> {
  const labelsOf = groupingLabels(grouping, without);
  const groupOf = new Int32Array(matrix.count);
  const byKey = new Map<string, number>();
  const labels: Labels[] = [];
  const dropName: boolean[] = [];
  const turn = rowsPerTurn({ steps: 1 });
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const kept = labelsOf(matrix.labels[row]!);
    let index = byKey.get(kept.key);
    if (index === undefined) {
      index = labels.length;
      byKey.set(kept.key, index);
      labels.push(kept);
      dropName.push(false);
    }
    groupOf[row] = index;
    if (matrix.dropName[row]) dropName[index] = true;
  }
  return { groupOf, labels, dropName };
}
