import { keepLabels, type Labels, labelValue, withLabel, withoutLabels, withoutMetadata } from "../labels.ts";
import type { VectorMatching } from "../syntax-tree.ts";
import type { BinaryOperator } from "../token.ts";
import { changesMetric } from "./scalar-operator.ts";
import type { SeriesMatrix } from "./series-matrix.ts";
import { matchedLabels } from "./signatures.ts";

/** Marks a series that is filled in rather than there. */
export const FILLED = -1;

/** The labels of what comes of two series that match. */
export class ResultLabels {
  readonly #many: SeriesMatrix;
  readonly #one: SeriesMatrix;
  readonly #operation: Operation;
  /** Of the last partner of each row of the many side, as most series keep theirs from step to step. */
  readonly #labels: (Labels | undefined)[] = [];
  readonly #partners: number[] = [];

  constructor(many: SeriesMatrix, one: SeriesMatrix, operation: Operation) {
    this.#many = many;
    this.#one = one;
    this.#operation = operation;
  }

  of(manyRow: number, oneRow: number): Labels {
    if (manyRow === FILLED) {
      const one = this.#one.labels[oneRow]!;
      return resultLabels(matchedLabels(one, this.#operation.matching), one, this.#operation);
    }
    const cached = this.#labels[manyRow];
    if (cached !== undefined && this.#partners[manyRow] === oneRow) return cached;
    const many = this.#many.labels[manyRow]!;
    const one = oneRow === FILLED ? matchedLabels(many, this.#operation.matching) : this.#one.labels[oneRow]!;
    const labels = resultLabels(many, one, this.#operation);
    this.#labels[manyRow] = labels;
    this.#partners[manyRow] = oneRow;
    return labels;
  }
}

interface Operation {
  readonly operator: BinaryOperator;
  readonly matching: VectorMatching;
  /** The name goes although the operator would keep it. */
  readonly dropsName: boolean;
}

function resultLabels(many: Labels, one: Labels, { operator, matching, dropsName }: Operation): Labels {
  const { cardinality, on, include } = matching;
  let labels = dropsName || changesMetric(operator) ? withoutMetadata(many) : many;
  if (cardinality === "one-to-one") {
    const names = new Set(matching.labels);
    labels = on ? keepLabels(labels, names) : withoutLabels(labels, names);
  }
  for (const name of include) labels = withLabel(labels, name, labelValue(one, name));
  return labels;
}
