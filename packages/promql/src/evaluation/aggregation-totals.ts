/** sum and avg, which add up floats and native histograms alike. */
import {
  type Annotation,
  boundsReconciled,
  mixedBucketSchemas,
  mixedInAggregation,
  resetCollision,
} from "../annotations.ts";
import { FloatAverage } from "../functions/float-average.ts";
import { IncompatibleSchemas } from "../histogram/add-histograms.ts";
import { compact } from "../histogram/float-histogram.ts";
import { HistogramAverage, HistogramTotal } from "../histogram/histogram-total.ts";
import { addKahan, kahan } from "../kahan-sum.ts";
import { metricName } from "../labels.ts";
import type { AggregateExpression } from "../syntax-tree.ts";
import type { Groups } from "./grouping.ts";
import { ABSENT, FLOAT_POINT, type SeriesMatrix } from "./series-matrix.ts";
import { POINTS_PER_TURN, rowsPerTurn, type Work } from "./turn.ts";

/** What is aggregated, and where to. */
export interface Aggregation {
  readonly node: AggregateExpression;
  readonly input: SeriesMatrix;
  readonly groups: Groups;
  readonly output: SeriesMatrix;
  readonly annotate: (annotation: Annotation) => void;
}

/** sum(), of floats with Kahan's compensation. */
export function* sum(work: Aggregation): Work<void> {
  const { input, groups, output } = work;
  const { steps } = input;
  const compensation = new Float64Array(output.count * steps);
  const turn = rowsPerTurn(input);
  for (let row = 0; row < input.count; row++) {
    if (row % turn === turn - 1) yield;
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
  for (let at = 0; at < compensation.length; at++) {
    if (at % POINTS_PER_TURN === POINTS_PER_TURN - 1) yield;
    output.values[at] = output.values[at]! + compensation[at]!;
  }
  yield* totalHistograms(work, () => new HistogramTotal());
}

/** avg(). */
export function* average(work: Aggregation): Work<void> {
  const { input, groups, output } = work;
  const { steps } = input;
  const averages: (FloatAverage | undefined)[] = [];
  const turn = rowsPerTurn(input);
  for (let row = 0; row < input.count; row++) {
    if (row % turn === turn - 1) yield;
    const to = groups.groupOf[row]! * steps;
    const from = row * steps;
    for (let s = 0; s < steps; s++) {
      if (input.present[from + s] !== FLOAT_POINT) continue;
      const before = averages[to + s];
      if (before === undefined) averages[to + s] = new FloatAverage(input.values[from + s]!);
      else before.add(input.values[from + s]!);
    }
  }
  for (let at = 0; at < averages.length; at++) {
    if (at % POINTS_PER_TURN === POINTS_PER_TURN - 1) yield;
    const one = averages[at];
    if (one !== undefined) output.setFloat(at, one.value());
  }
  yield* totalHistograms(work, () => new HistogramAverage());
}

/** How many histograms are added between two possible interruptions. */
const HISTOGRAMS_PER_TURN = 256;

/** Adds what histograms there are; a group that has floats too has no result. */
function* totalHistograms(work: Aggregation, create: () => HistogramTotal | HistogramAverage): Work<void> {
  const { node, input, groups, output } = work;
  if (input.histograms === undefined) return;
  const { position } = node.expression;
  const { steps } = input;
  const totals: (HistogramTotal | HistogramAverage | undefined)[] = [];
  const incompatible = new Set<number>();
  /** Where a float came first: histograms after it are not looked at, so nothing else is said of them. */
  const floatFirst = new Set<number>();
  const mixed = new Set<number>();
  let histograms = 0;
  for (let row = 0; row < input.count; row++) {
    for (let s = 0; s < steps; s++) {
      const from = row * steps + s;
      const at = groups.groupOf[row]! * steps + s;
      if (input.present[from] === ABSENT || incompatible.has(at)) continue;
      if (++histograms % HISTOGRAMS_PER_TURN === 0) yield;
      if (input.present[from] === FLOAT_POINT) (totals[at] === undefined ? floatFirst : mixed).add(at);
      else if (floatFirst.has(at)) mixed.add(at);
      else {
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
  }
  if (mixed.size > 0) work.annotate(mixedInAggregation(position));
  for (const at of [...mixed, ...incompatible]) output.present[at] = ABSENT;
  for (let at = 0; at < totals.length; at++) {
    const total = totals[at];
    if (total === undefined) continue;
    if (++histograms % HISTOGRAMS_PER_TURN === 0) yield;
    if (total.reconciled) work.annotate(boundsReconciled("aggregation", position));
    if (mixed.has(at) || incompatible.has(at)) continue;
    if (total.collision) work.annotate(resetCollision("aggregation", position));
    output.setHistogram(at, compact(total.value()));
  }
}
