import type { FloatHistogram } from "../histogram/float-histogram.ts";
import { weight } from "../histogram/float-histogram.ts";
import type { Labels } from "../labels.ts";
import { withoutMetadata } from "../labels.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

export const ABSENT = 0;
export const FLOAT_POINT = 1;
export const HISTOGRAM_POINT = 2;

/**
 * An instant vector at every step of a grid, in columns: row `r` at step `s` is at index `r * steps + s` of `values`, where
 * `present` says whether there is a point.
 */
export class SeriesMatrix {
  readonly steps: number;
  readonly labels: Labels[] = [];
  /** The row's name is to be dropped at the end, when that is delayed. */
  readonly dropName: boolean[] = [];
  values: Float64Array;
  present: Uint8Array;
  /** By the same index; `undefined` while there is none. */
  histograms: (FloatHistogram | undefined)[] | undefined;
  #capacity: number;

  constructor(steps: number, rows: number) {
    this.steps = steps;
    this.#capacity = rows;
    this.values = new Float64Array(rows * steps);
    this.present = new Uint8Array(rows * steps);
  }

  get count(): number {
    return this.labels.length;
  }

  /** A new row without points; the index of its first step. */
  addRow(labels: Labels, dropName: boolean): number {
    const row = this.labels.length;
    if (row === this.#capacity) this.#grow();
    this.labels.push(labels);
    this.dropName.push(dropName);
    return row * this.steps;
  }

  /** Takes back the last row. */
  dropRow(): void {
    this.labels.pop();
    this.dropName.pop();
    const from = this.labels.length * this.steps;
    this.present.fill(ABSENT, from, from + this.steps);
  }

  setFloat(index: number, value: number): void {
    this.values[index] = value;
    this.present[index] = FLOAT_POINT;
  }

  setHistogram(index: number, histogram: FloatHistogram): void {
    this.histograms ??= [];
    this.histograms[index] = histogram;
    this.present[index] = HISTOGRAM_POINT;
  }

  /** Copies a point that is present. */
  copyPoint(from: SeriesMatrix, fromIndex: number, index: number): void {
    if (from.present[fromIndex] === HISTOGRAM_POINT) this.setHistogram(index, from.histograms![fromIndex]!);
    else this.setFloat(index, from.values[fromIndex]!);
  }

  hasPoints(row: number): boolean {
    const from = row * this.steps;
    for (let i = from; i < from + this.steps; i++) if (this.present[i] !== ABSENT) return true;
    return false;
  }

  /** The points as float samples weigh. */
  weight(): number {
    let total = 0;
    for (let i = 0; i < this.count * this.steps; i++) {
      if (this.present[i] === FLOAT_POINT) total++;
      else if (this.present[i] === HISTOGRAM_POINT) total += weight(this.histograms![i]!);
    }
    return total;
  }

  #grow(): void {
    this.#capacity = Math.max(8, this.#capacity * 2);
    const values = new Float64Array(this.#capacity * this.steps);
    values.set(this.values);
    const present = new Uint8Array(this.#capacity * this.steps);
    present.set(this.present);
    this.values = values;
    this.present = present;
  }
}

/** The rows with the same labels as one, when they have no point at the same step. @throws PromqlEvaluationError otherwise */
export function* mergeSameLabels(matrix: SeriesMatrix): Work<SeriesMatrix> {
  const turn = rowsPerTurn(matrix);
  const byKey = new Map<string, number>();
  let duplicates = false;
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const labels = matrix.labels[row]!;
    if (byKey.has(labels.key)) duplicates = true;
    byKey.set(labels.key, -1);
  }
  if (!duplicates) return matrix;
  const { steps } = matrix;
  const merged = new SeriesMatrix(steps, byKey.size);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const labels = matrix.labels[row]!;
    let to = byKey.get(labels.key)!;
    if (to === -1) {
      to = merged.addRow(labels, matrix.dropName[row]!);
      byKey.set(labels.key, to);
    }
    for (let s = 0; s < steps; s++) {
      const from = row * steps + s;
      if (matrix.present[from] === ABSENT) continue;
      if (merged.present[to + s] !== ABSENT) throw sameLabelset();
      merged.copyPoint(matrix, from, to + s);
    }
  }
  return merged;
}

/** All rows without name, type and unit, now or at the end of the query. */
export function* dropNames(matrix: SeriesMatrix, delayed: boolean): Work<SeriesMatrix> {
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    matrix.dropName[row] = true;
    if (!delayed) matrix.labels[row] = withoutMetadata(matrix.labels[row]!);
  }
  return delayed ? matrix : yield* mergeSameLabels(matrix);
}

export function sameLabelset(): PromqlEvaluationError {
  return new PromqlEvaluationError("vector cannot contain metrics with the same labelset");
}
