import type { Annotation } from "../annotations.ts";
import type { FloatHistogram } from "../histogram/float-histogram.ts";
import { formatLabels, type Labels } from "../labels.ts";
import type { BinaryExpression, VectorMatching } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { type Grid, isInstant } from "./grid.ts";
import { arithmetic, combineHistograms, comparisons } from "./point-operator.ts";
import { FILLED, ResultLabels } from "./result-labels.ts";
import { RowAssembly } from "./row-assembly.ts";
import { isTrim } from "./scalar-operator.ts";
import { ABSENT, HISTOGRAM_POINT, mergeSameLabels, type SeriesMatrix } from "./series-matrix.ts";
import { matchedLabels, type Signatures, signatures } from "./signatures.ts";
import type { Work } from "./turn.ts";

/** Between two vectors: points of series that match, one to one or one to many. */
export function* betweenVectors(evaluation: Evaluation, node: BinaryExpression, grid: Grid): Work<SeriesMatrix> {
  const left = yield* evaluation.vector(node.left, grid);
  const right = yield* evaluation.vector(node.right, grid);
  const sides = yield* signatures(left, right, node.matching!);
  const operation = new VectorOperation(evaluation, node, grid, { left, right, sides });
  for (let step = 0; step < grid.steps; step++) yield* operation.at(step);
  const { matrix } = operation.assembly;
  // Several points with the same labels at an instant are found here when names are gone already.
  return isInstant(grid) && !evaluation.settings.delayedNameRemoval ? yield* mergeSameLabels(matrix) : matrix;
}

interface Operands {
  readonly left: SeriesMatrix;
  readonly right: SeriesMatrix;
  readonly sides: Signatures;
}

/** How many pairs are matched between two possible interruptions. */
const POINTS_PER_TURN = 1_024;

class VectorOperation {
  readonly assembly: RowAssembly;
  readonly #evaluation: Evaluation;
  readonly #node: BinaryExpression;
  readonly #matching: VectorMatching;
  /** The side of which each signature may have many points, and that of which it has one. */
  readonly #many: SeriesMatrix;
  readonly #one: SeriesMatrix;
  readonly #manyNumbers: Int32Array;
  readonly #oneNumbers: Int32Array;
  readonly #fillMany: number | undefined;
  readonly #fillOne: number | undefined;
  /** The row of the one side that each signature has at the current step, plus 1. */
  readonly #oneRows: Int32Array;
  /** How many results a signature has at the current step, for one-to-one. */
  readonly #matched: Uint8Array;
  /** The labels of the results of a signature at the current step, for one-to-many. */
  readonly #results: (Set<string> | undefined)[] = [];
  readonly #labels: ResultLabels;
  readonly #apply: ((a: number, b: number) => number) | undefined;
  readonly #compare: ((a: number, b: number) => boolean) | undefined;
  #annotation: Annotation | undefined;
  #points = 0;

  constructor(evaluation: Evaluation, node: BinaryExpression, grid: Grid, { left, right, sides }: Operands) {
    this.#evaluation = evaluation;
    this.#node = node;
    this.#matching = node.matching!;
    const { cardinality, fillLeft, fillRight } = this.#matching;
    const swapped = cardinality === "one-to-many";
    this.#many = swapped ? right : left;
    this.#one = swapped ? left : right;
    this.#manyNumbers = swapped ? sides.right : sides.left;
    this.#oneNumbers = swapped ? sides.left : sides.right;
    this.#fillMany = swapped ? fillRight : fillLeft;
    this.#fillOne = swapped ? fillLeft : fillRight;
    this.#oneRows = new Int32Array(sides.count);
    this.#matched = new Uint8Array(sides.count);
    this.assembly = new RowAssembly(grid, this.#many.count);
    const dropsName = node.returnBool && !evaluation.settings.delayedNameRemoval;
    this.#labels = new ResultLabels(this.#many, this.#one, {
      operator: node.operator,
      matching: this.#matching,
      dropsName,
    });
    this.#apply = arithmetic.get(node.operator);
    this.#compare = comparisons.get(node.operator);
  }

  *at(step: number): Work<void> {
    const { steps } = this.#many;
    const [hasMany, hasOne] = [hasPointAt(this.#many, step), hasPointAt(this.#one, step)];
    if (!hasMany && !hasOne) return;
    if ((!hasMany || !hasOne) && this.#fillMany === undefined && this.#fillOne === undefined) return;
    this.#annotation = undefined;
    this.#matched.fill(0);
    this.#results.length = 0;
    this.#placeOneSide(step);
    for (let row = 0; row < this.#many.count; row++) {
      if (++this.#points % POINTS_PER_TURN === 0) yield;
      if (this.#many.present[row * steps + step] === ABSENT) continue;
      const signature = this.#manyNumbers[row]!;
      const one = this.#oneRows[signature]! - 1;
      if (one >= 0 || this.#fillOne !== undefined) this.#combine(row, one, signature, step);
    }
    if (this.#fillMany !== undefined) this.#fillManySide(step);
    if (this.#annotation !== undefined) this.#evaluation.annotations.add(this.#annotation);
  }

  #placeOneSide(step: number): void {
    const { steps, present, count } = this.#one;
    this.#oneRows.fill(0);
    for (let row = 0; row < count; row++) {
      if (present[row * steps + step] === ABSENT) continue;
      const signature = this.#oneNumbers[row]!;
      const before = this.#oneRows[signature]! - 1;
      if (before >= 0) this.#duplicate(row, before);
      this.#oneRows[signature] = row + 1;
    }
  }

  #duplicate(row: number, before: number): never {
    const side = this.#matching.cardinality === "one-to-many" ? "left" : "right";
    const series = [row, before].map((one) => formatLabels(this.#one.labels[one]!)).sort();
    const group = formatLabels(matchedLabels(this.#one.labels[row]!, this.#matching));
    throw new PromqlEvaluationError(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
        `[${series.join(", ")}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }

  #fillManySide(step: number): void {
    const { steps, present, count } = this.#one;
    for (let row = 0; row < count; row++) {
      if (present[row * steps + step] === ABSENT) continue;
      const signature = this.#oneNumbers[row]!;
      const matched = this.#matched[signature] === 1 || (this.#results[signature]?.size ?? 0) > 0;
      if (!matched) this.#combine(FILLED, row, signature, step);
    }
  }

  #combine(manyRow: number, oneRow: number, signature: number, step: number): void {
    const many = manyRow === FILLED ? this.#fillMany! : pointOf(this.#many, manyRow, step);
    const one = oneRow === FILLED ? this.#fillOne! : pointOf(this.#one, oneRow, step);
    const swapped = this.#matching.cardinality === "one-to-many";
    const a = swapped ? one : many;
    const b = swapped ? many : one;
    const { operator, returnBool } = this.#node;
    let value = Number.NaN;
    let histogram: FloatHistogram | undefined;
    let keep = true;
    if (typeof a === "number" && typeof b === "number" && !isTrim(operator)) {
      if (this.#apply !== undefined) value = this.#apply(a, b);
      else {
        keep = this.#compare!(a, b);
        value = a;
      }
    } else {
      const result = combineHistograms(operator, a, b, this.#node.position);
      this.#annotation = result.annotation ?? this.#annotation;
      if (result.failed) return;
      ({ histogram, keep } = result);
    }
    const labels = this.#labels.of(manyRow, oneRow);
    this.#checkUnique(signature, labels);
    if (returnBool) this.assembly.setFloat(labels, true, step, Number(keep));
    else if (!keep) return;
    else if (histogram === undefined) this.assembly.setFloat(labels, false, step, value);
    else this.assembly.setHistogram(labels, false, step, histogram);
  }

  #checkUnique(signature: number, labels: Labels): void {
    if (this.#matching.cardinality === "one-to-one") {
      if (this.#matched[signature] === 1) {
        throw new PromqlEvaluationError(
          "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
        );
      }
      this.#matched[signature] = 1;
      return;
    }
    this.#results[signature] ??= new Set();
    const results = this.#results[signature];
    if (results.has(labels.key)) {
      throw new PromqlEvaluationError("multiple matches for labels: grouping labels must ensure unique matches");
    }
    results.add(labels.key);
  }
}

function pointOf(matrix: SeriesMatrix, row: number, step: number): number | FloatHistogram {
  const index = row * matrix.steps + step;
  return matrix.present[index] === HISTOGRAM_POINT ? matrix.histograms![index]! : matrix.values[index]!;
}

function hasPointAt({ present, count, steps }: SeriesMatrix, step: number): boolean {
  for (let i = step; i < count * steps; i += steps) if (present[i] !== ABSENT) return true;
  return false;
}
