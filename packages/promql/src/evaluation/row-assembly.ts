import type { FloatHistogram } from "../histogram/float-histogram.ts";
import type { Labels } from "../labels.ts";
import { type Grid, isInstant } from "./grid.ts";
import { ABSENT, SeriesMatrix, sameLabelset } from "./series-matrix.ts";

/** A matrix whose rows come into being with their points; points with the same labels share a row. */
export class RowAssembly {
  readonly matrix: SeriesMatrix;
  readonly #rows = new Map<string, number>();

  readonly #instant: boolean;

  constructor(grid: Grid, expectedRows: number) {
    this.matrix = new SeriesMatrix(grid.steps, expectedRows);
    this.#instant = isInstant(grid);
  }

  setFloat(labels: Labels, dropName: boolean, step: number, value: number): void {
    this.matrix.setFloat(this.place(labels, dropName, step), value);
  }

  setHistogram(labels: Labels, dropName: boolean, step: number, histogram: FloatHistogram): void {
    this.matrix.setHistogram(this.place(labels, dropName, step), histogram);
  }

  /** The index of a point that is still free. @throws PromqlEvaluationError when it is taken */
  place(labels: Labels, dropName: boolean, step: number): number {
    let row = this.#rows.get(labels.key);
    // At an instant two points with the same labels may stand until names are dropped.
    if (row !== undefined && this.matrix.present[row + step] !== ABSENT) {
      if (!this.#instant) throw sameLabelset();
      row = undefined;
    }
    if (row === undefined) {
      row = this.matrix.addRow(labels, dropName);
      this.#rows.set(labels.key, row);
    }
    return row + step;
  }
}
