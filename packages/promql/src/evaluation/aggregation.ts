import {
  type Annotation,
  boundsReconciled,
  ignoredInAggregation,
  invalidQuantile,
  mixedBucketSchemas,
  mixedInAggregation,
  resetCollision,
} from "../annotations.ts";
import { FloatAverage } from "../functions/over-time.ts";
import { IncompatibleSchemas } from "../histogram/add-histograms.ts";
import { compact } from "../histogram/float-histogram.ts";
import { HistogramAverage, HistogramTotal } from "../histogram/histogram-total.ts";
import { addKahan, kahan } from "../kahan-sum.ts";
import { metricName } from "../labels.ts";
import { quantile } from "../quantile.ts";
import type { AggregateExpression } from "../syntax-tree.ts";
import type { Evaluation, Work } from "./evaluation.ts";
import type { Grid } from "./grid.ts";
import { type Groups, groupRows } from "./grouping.ts";
import { parameterRange } from "./parameter-range.ts";
import { ABSENT, FLOAT_POINT, SeriesMatrix } from "./series-matrix.ts";

/** sum, avg, count, min, max, group, stddev, stdvar and quantile: one row a group. */
export function* aggregate(evaluation: Evaluation, node: AggregateExpression, grid: Grid): Work<SeriesMatrix> {
  const parameter = node.parameter === undefined ? undefined : yield* evaluation.scalar(node.parameter, grid);
  const input = yield* evaluation.vector(node.expression, grid);
  const groups = groupRows(input, node);
  const output = new SeriesMatrix(grid.steps, groups.labels.length);
  for (let i = 0; i < groups.labels.length; i++) output.addRow(groups.labels[i]!, groups.dropName[i]!);
  const work: Aggregation = { node, input, groups, output, annotate: (one) => evaluation.annotations.add(one) };
  switch (node.operator) {
    case "sum":
      sum(work);
      break;
    case "avg":
      average(work);
      break;
    case "count":
      count(work);
      break;
    case "group":
      group(work);
      break;
    case "min":
      extreme(work, (value, best) => value < best);
      break;
    case "max":
      extreme(work, (value, best) => value > best);
      break;
    case "stddev":
      variance(work, Math.sqrt);
      break;
    case "stdvar":
      variance(work, (value) => value);
      break;
    default:
      quantiles(work, parameter!);
  }
  return withoutEmptyRows(output);
}

interface Aggregation {
  readonly node: AggregateExpression;
  readonly input: SeriesMatrix;
  readonly groups: Groups;
  readonly output: SeriesMatrix;
  readonly annotate: (annotation: Annotation) => void;
}

function sum(work: Aggregation): void {
  const { input, groups, output } = work;
  const { steps } = input;
  const compensation = new Float64Array(output.count * steps);
  for (let row = 0; row < input.count; row++) {
    const to = groups.groupOf[row]! * steps;
    const from = row * steps;
    for (let s = 0; s < steps; s++) {
      if (input.present[from + s] !== FLOAT_POINT) continue;
      const at = to + s;
      const value = input.values[from + s]!;
      if (output.present[at] === ABSENT) output.setFloat(at, value);
      else {
        output.values[at] = addKahan(value, output.values[at]!, compensation[at]!);
        compensation[at] = kahan.c;
      }
    }
  }
  for (let at = 0; at < compensation.length; at++) output.values[at] = output.values[at]! + compensation[at]!;
  totalHistograms(work, () => new HistogramTotal());
}

function average(work: Aggregation): void {
  const { input, groups, output } = work;
  const { steps } = input;
  const averages: (FloatAverage | undefined)[] = [];
  for (let row = 0; row < input.count; row++) {
    const to = groups.groupOf[row]! * steps;
    const from = row * steps;
    for (let s = 0; s < steps; s++) {
      if (input.present[from + s] !== FLOAT_POINT) continue;
      const before = averages[to + s];
      if (before === undefined) averages[to + s] = new FloatAverage(input.values[from + s]!);
      else before.add(input.values[from + s]!);
    }
  }
  averages.forEach((one, at) => {
    if (one !== undefined) output.setFloat(at, one.value());
  });
  totalHistograms(work, () => new HistogramAverage());
}

/** Adds what histograms there are; a group that has floats too has no result. */
function totalHistograms(work: Aggregation, create: () => HistogramTotal | HistogramAverage): void {
  const { node, input, groups, output } = work;
  if (input.histograms === undefined) return;
  const { position } = node.expression;
  const { steps } = input;
  const totals: (HistogramTotal | HistogramAverage | undefined)[] = [];
  const incompatible = new Set<number>();
  for (let row = 0; row < input.count; row++) {
    for (let s = 0; s < steps; s++) {
      const from = row * steps + s;
      const at = groups.groupOf[row]! * steps + s;
      if (input.present[from] === ABSENT || input.present[from] === FLOAT_POINT || incompatible.has(at)) continue;
      totals[at] ??= create();
      try {
        totals[at].add(input.histograms[from]!);
      } catch (error) {
        if (!(error instanceof IncompatibleSchemas)) throw error;
        work.annotate(mixedBucketSchemas(metricName(input.labels[row]!), position));
        incompatible.add(at);
      }
    }
  }
  totals.forEach((total, at) => {
    if (total === undefined) return;
    if (total.reconciled) work.annotate(boundsReconciled("aggregation", position));
    if (output.present[at] === FLOAT_POINT) {
      work.annotate(mixedInAggregation(position));
      output.present[at] = ABSENT;
    } else if (!incompatible.has(at)) {
      if (total.collision) work.annotate(resetCollision("aggregation", position));
      output.setHistogram(at, compact(total.value()));
    }
  });
}

function count({ input, groups, output }: Aggregation): void {
  forEachPoint(input, groups, (at) => output.setFloat(at, output.present[at] === ABSENT ? 1 : output.values[at]! + 1));
}

function group({ input, groups, output }: Aggregation): void {
  forEachPoint(input, groups, (at) => output.setFloat(at, 1));
}

function extreme(work: Aggregation, replaces: (value: number, best: number) => boolean): void {
  const { input, groups, output } = work;
  forEachFloat(work, groups, (at, from) => {
    const value = input.values[from]!;
    const best = output.values[at]!;
    if (output.present[at] === ABSENT || replaces(value, best) || Number.isNaN(best)) output.setFloat(at, value);
  });
}

/** Welford's method. */
function variance(work: Aggregation, finish: (value: number) => number): void {
  const { input, groups, output } = work;
  const size = output.count * output.steps;
  const counts = new Float64Array(size);
  const means = new Float64Array(size);
  forEachFloat(work, groups, (at, from) => {
    const value = input.values[from]!;
    if (output.present[at] === ABSENT) {
      counts[at] = 1;
      means[at] = value;
      output.setFloat(at, Number.isFinite(value) ? 0 : Number.NaN);
      return;
    }
    counts[at]!++;
    const delta = value - means[at]!;
    means[at]! += delta / counts[at]!;
    output.values[at]! += delta * (value - means[at]!);
  });
  for (let at = 0; at < size; at++) output.values[at] = finish(output.values[at]! / counts[at]!);
}

function quantiles(work: Aggregation, parameter: Float64Array): void {
  const { input, groups, output, node } = work;
  const { position } = node.parameter!;
  const { most, least, hasNaN } = parameterRange(parameter);
  if (hasNaN) work.annotate(invalidQuantile(Number.NaN, position));
  if (most > 1) work.annotate(invalidQuantile(most, position));
  if (least < 0) work.annotate(invalidQuantile(least, position));
  const collected: (number[] | undefined)[] = [];
  forEachFloat(work, groups, (at, from) => {
    const values = collected[at];
    if (values === undefined) collected[at] = [input.values[from]!];
    else values.push(input.values[from]!);
  });
  collected.forEach((values, at) => {
    if (values !== undefined) output.setFloat(at, quantile(parameter[at % output.steps]!, values));
  });
}

function forEachPoint(
  { present, count: rows, steps }: SeriesMatrix,
  { groupOf }: Groups,
  visit: (at: number, from: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let s = 0; s < steps; s++) {
      if (present[row * steps + s] !== ABSENT) visit(groupOf[row]! * steps + s, row * steps + s);
    }
  }
}

/** Leaves histograms out, with an annotation. */
function forEachFloat(
  { node, input, annotate }: Aggregation,
  groups: Groups,
  visit: (at: number, from: number) => void,
) {
  forEachPoint(input, groups, (at, from) => {
    if (input.present[from] === FLOAT_POINT) visit(at, from);
    else annotate(ignoredInAggregation(node.operator, node.expression.position));
  });
}

function withoutEmptyRows(matrix: SeriesMatrix): SeriesMatrix {
  const { steps } = matrix;
  let empty = false;
  for (let row = 0; row < matrix.count && !empty; row++) empty = !matrix.hasPoints(row);
  if (!empty) return matrix;
  const result = new SeriesMatrix(steps, matrix.count);
  for (let row = 0; row < matrix.count; row++) {
    if (!matrix.hasPoints(row)) continue;
    const to = result.addRow(matrix.labels[row]!, matrix.dropName[row]!);
    for (let s = 0; s < steps; s++) {
      if (matrix.present[row * steps + s] !== ABSENT) result.copyPoint(matrix, row * steps + s, to + s);
    }
  }
  return result;
}
