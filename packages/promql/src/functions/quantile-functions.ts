/** histogram_quantile, histogram_quantiles and histogram_fraction, over classic and native histograms. */
import { bucketsRepaired, invalidQuantile } from "../annotations.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { type Grid, timeAt } from "../evaluation/grid.ts";
import type { SeriesMatrix } from "../evaluation/series-matrix.ts";
import type { Work } from "../evaluation/turn.ts";
import { formatOpenMetrics } from "../go-float.ts";
import { nativeFraction, nativeQuantile } from "../histogram/native-quantile.ts";
import { type Labels, withLabel } from "../labels.ts";
import type { PositionRange } from "../position.ts";
import { classicFraction, classicQuantile } from "../quantile.ts";
import type { CallExpression, Expression } from "../syntax-tree.ts";
import { type Computation, HistogramRows } from "./histogram-rows.ts";

export function* histogramQuantile(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [qArgument, vectorArgument] = call.arguments as [Expression, Expression];
  const quantiles = yield* evaluation.scalar(qArgument, grid);
  const histograms = yield* HistogramRows.read(evaluation, vectorArgument, grid);
  return yield* histograms.compute((step) => {
    checkQuantile(evaluation, quantiles[step]!, qArgument.position);
    return [quantileOf(evaluation, quantiles[step]!, vectorArgument.position, timeAt(grid, step))];
  });
}

export function* histogramQuantiles(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [vectorArgument, labelArgument, ...qArguments] = call.arguments as [Expression, Expression, ...Expression[]];
  const label = labelArgument.type === "string" ? labelArgument.value : "";
  const columns: Float64Array[] = [];
  for (const argument of qArguments) columns.push(yield* evaluation.scalar(argument, grid));
  const histograms = yield* HistogramRows.read(evaluation, vectorArgument, grid);
  return yield* histograms.compute((step) => {
    columns.forEach((column, i) => {
      checkQuantile(evaluation, column[step]!, qArguments[i]!.position);
    });
    return columns.map((column) => ({
      ...quantileOf(evaluation, column[step]!, vectorArgument.position, timeAt(grid, step)),
      labels: (labels: Labels) => withLabel(labels, label, formatOpenMetrics(column[step]!)),
    }));
  });
}

export function* histogramFraction(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [lowerArgument, upperArgument, vectorArgument] = call.arguments as [Expression, Expression, Expression];
  const lower = yield* evaluation.scalar(lowerArgument, grid);
  const upper = yield* evaluation.scalar(upperArgument, grid);
  const histograms = yield* HistogramRows.read(evaluation, vectorArgument, grid);
  return yield* histograms.compute((step) => [
    {
      native: (histogram, subject) => nativeFraction(lower[step]!, upper[step]!, histogram, subject),
      classic: (buckets) => classicFraction(lower[step]!, upper[step]!, buckets),
    },
  ]);
}

function quantileOf({ annotations }: Evaluation, q: number, position: PositionRange, timeMs: number): Computation {
  return {
    native: (histogram, subject) => nativeQuantile(q, histogram, subject),
    classic: (buckets, metric) => {
      const { quantile, repaired } = classicQuantile(q, buckets);
      if (repaired !== undefined) {
        const repair = { ...repaired, minTimeMs: timeMs, maxTimeMs: timeMs, count: 1 };
        annotations.add(bucketsRepaired(metric, repair, position));
      }
      return quantile;
    },
  };
}

function checkQuantile({ annotations }: Evaluation, q: number, position: PositionRange): void {
  if (!(q >= 0 && q <= 1)) annotations.add(invalidQuantile(q, position));
}
