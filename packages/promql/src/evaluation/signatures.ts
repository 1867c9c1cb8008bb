import { type Labels, withoutLabels, withoutMetadata } from "../labels.ts";
import type { VectorMatching } from "../syntax-tree.ts";
import { LabelGroups } from "./label-groups.ts";
import type { SeriesMatrix } from "./series-matrix.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** The labels by which the series of two vectors find each other, as a number that both sides share. */
export interface Signatures {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly count: number;
}

export function* signatures(left: SeriesMatrix, right: SeriesMatrix, matching: VectorMatching): Work<Signatures> {
  const number = numbering(matching);
  const leftNumbers = yield* numbered(left.labels, number.of);
  const rightNumbers = yield* numbered(right.labels, number.of);
  return { left: leftNumbers, right: rightNumbers, count: number.count() };
}

function* numbered(list: readonly Labels[], number: (labels: Labels) => number): Work<Int32Array> {
  const numbers = new Int32Array(list.length);
  const turn = rowsPerTurn({ steps: 1 });
  for (let row = 0; row < list.length; row++) {
    if (row % turn === turn - 1) yield;
    numbers[row] = number(list[row]!);
  }
  return numbers;
}

interface Numbering {
  readonly of: (labels: Labels) => number;
  readonly count: () => number;
}

function numbering({ on, labels }: VectorMatching): Numbering {
  if (on || labels.length > 0) {
    const groups = new LabelGroups({ grouping: labels, without: !on });
    return { of: (series) => groups.numberOf(series), count: () => groups.labels.length };
  }
  const numbers = new Map<string, number>();
  const of = (series: Labels): number => {
    const { key } = withoutMetadata(series);
    let known = numbers.get(key);
    if (known === undefined) {
      known = numbers.size;
      numbers.set(key, known);
    }
    return known;
  };
  return { of, count: () => numbers.size };
}

/** The labels that a pair was matched by, for messages and for series that are filled in. */
export function matchedLabels(series: Labels, { on, labels }: VectorMatching): Labels {
  const names = new Set(labels);
  if (!on) return withoutLabels(withoutMetadata(series), names);
  const others = new Set(series.pairs.filter((_, i) => i % 2 === 0 && !names.has(series.pairs[i]!)));
  return withoutLabels(series, others);
}
