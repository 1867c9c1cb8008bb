import { badBucketLabel, mixedClassicAndNative } from "../annotations.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Grid } from "../evaluation/grid.ts";
import { LabelGroups } from "../evaluation/label-groups.ts";
import { RowAssembly } from "../evaluation/row-assembly.ts";
import { dropNames, FLOAT_POINT, HISTOGRAM_POINT, type SeriesMatrix } from "../evaluation/series-matrix.ts";
import { POINTS_PER_TURN, rowsPerTurn, type Work } from "../evaluation/turn.ts";
import type { FloatHistogram } from "../histogram/float-histogram.ts";
import type { Subject } from "../histogram/native-quantile.ts";
import { type Labels, labelValue, metricName } from "../labels.ts";
import type { PositionRange } from "../position.ts";
import type { ClassicBucket } from "../quantile.ts";
import type { Expression } from "../syntax-tree.ts";

/** What is computed of one histogram at one step. */
export interface Computation {
  readonly native: (histogram: FloatHistogram, subject: Subject) => number;
  readonly classic: (buckets: readonly ClassicBucket[], metric: string) => number;
  readonly labels?: (labels: Labels) => Labels;
}

/** How many histograms are computed between two possible interruptions. */
const HISTOGRAMS_PER_TURN = 256;

/** The buckets of one classic histogram: the rows of its series. */
interface ClassicRows {
  readonly labels: Labels;
  readonly rows: number[];
  readonly upperBounds: number[];
}

/** A vector sorted into native histograms and classic ones, whose series differ in the label `le` only. */
export class HistogramRows {
  readonly #evaluation: Evaluation;
  readonly #matrix: SeriesMatrix;
  readonly #grid: Grid;
  readonly #position: PositionRange;
  readonly #groups = new LabelGroups({ grouping: ["le"], without: true, keepsMetadata: true });
  /** By the number of the group. */
  readonly #classic: ClassicRows[] = [];
  /** Upper bounds by their text, as there are few of them and many series. */
  readonly #bounds = new Map<string, number>();

  static *read(evaluation: Evaluation, argument: Expression, grid: Grid): Work<HistogramRows> {
    const matrix = yield* evaluation.vector(argument, grid);
    const rows = new HistogramRows(evaluation, matrix, grid, argument.position);
    const turn = rowsPerTurn({ steps: 1 });
    for (let row = 0; row < matrix.count; row++) {
      if (row % turn === turn - 1) yield;
      rows.#sortIn(row);
    }
    return rows;
  }

  constructor(evaluation: Evaluation, matrix: SeriesMatrix, grid: Grid, position: PositionRange) {
    this.#evaluation = evaluation;
    this.#matrix = matrix;
    this.#grid = grid;
    this.#position = position;
  }

  #sortIn(row: number): void {
    const labels = this.#matrix.labels[row]!;
    if (!this.#hasFloats(row)) return;
    const le = labelValue(labels, "le");
    let upperBound = this.#bounds.get(le);
    if (upperBound === undefined) {
      upperBound = parseBound(le);
      this.#bounds.set(le, upperBound);
    }
    if (Number.isNaN(upperBound)) {
      this.#evaluation.annotations.add(badBucketLabel(le, this.#nameOf(labels), this.#position));
      return;
    }
    const group = this.#groups.numberOf(labels);
    this.#classic[group] ??= { labels: this.#groups.labels[group]!, rows: [], upperBounds: [] };
    this.#classic[group].rows.push(row);
    this.#classic[group].upperBounds.push(upperBound);
  }

  #hasFloats(row: number): boolean {
    const { present, steps } = this.#matrix;
    for (let i = row * steps; i < (row + 1) * steps; i++) if (present[i] === FLOAT_POINT) return true;
    return false;
  }

  /** The results of all computations of a step, for every histogram that has a point there. */
  *compute(at: (step: number) => readonly Computation[]): Work<SeriesMatrix> {
    const { steps, count, present } = this.#matrix;
    const assembly = new RowAssembly(this.#grid, count);
    const classicByKey = new Map(this.#classic.map((one) => [one.labels.key, one]));
    let points = 0;
    for (let step = 0; step < steps; step++) {
      const computations = at(step);
      const mixed = new Set<string>();
      const natives: number[] = [];
      for (let row = 0; row < count; row++) {
        if (++points % POINTS_PER_TURN === 0) yield;
        if (present[row * steps + step] !== HISTOGRAM_POINT) continue;
        const labels = this.#matrix.labels[row]!;
        const classic = classicByKey.get(labels.key);
        if (classic?.rows.some((one) => present[one * steps + step] === FLOAT_POINT)) {
          this.#evaluation.annotations.add(mixedClassicAndNative(this.#nameOf(labels), this.#position));
          mixed.add(labels.key);
        } else natives.push(row);
      }
      for (const computation of computations) {
        for (const row of natives) {
          if (++points % HISTOGRAMS_PER_TURN === 0) yield;
          this.#native(computation, row, step, assembly);
        }
        for (const classic of this.#classic) {
          if (++points % HISTOGRAMS_PER_TURN === 0) yield;
          if (!mixed.has(classic.labels.key)) this.#computeClassic(computation, classic, step, assembly);
        }
      }
    }
    return yield* dropNames(assembly.matrix, this.#evaluation.settings.delayedNameRemoval);
  }

  #native(computation: Computation, row: number, step: number, assembly: RowAssembly): void {
    const { labels: allLabels, histograms, steps } = this.#matrix;
    const labels = allLabels[row]!;
    const subject: Subject = {
      metric: this.#nameOf(labels),
      position: this.#position,
      annotate: (annotation) => this.#evaluation.annotations.add(annotation),
    };
    const value = computation.native(histograms![row * steps + step]!, subject);
    assembly.setFloat(computation.labels?.(labels) ?? labels, true, step, value);
  }

  #computeClassic(computation: Computation, classic: ClassicRows, step: number, assembly: RowAssembly): void {
    const { present, values, steps } = this.#matrix;
    const buckets: ClassicBucket[] = [];
    classic.rows.forEach((row, i) => {
      const index = row * steps + step;
      if (present[index] !== FLOAT_POINT) return;
      buckets.push({ upperBound: classic.upperBounds[i]!, count: values[index]! });
    });
    if (buckets.length === 0) return;
    const { labels } = classic;
    const value = computation.classic(buckets, this.#nameOf(labels));
    assembly.setFloat(computation.labels?.(labels) ?? labels, true, step, value);
  }

  /** The name for annotations: it is known only when names are dropped late. */
  #nameOf(labels: Labels): string {
    return this.#evaluation.settings.delayedNameRemoval ? metricName(labels) : "";
  }
}

function parseBound(text: string): number {
  const word = /^([+-]?)inf(inity)?$/i.exec(text);
  if (word !== null) return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
