import { boundsReconciled, mixedBucketSchemas, mixedFloatsAndHistograms } from "../annotations.ts";
import { interpolate, interpolateHistograms } from "../functions/interpolate.ts";
import { IncompatibleSchemas } from "../histogram/add-histograms.ts";
import { usesCustomBuckets } from "../histogram/float-histogram.ts";
import { metricName } from "../labels.ts";
import type { VectorSelector } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Grid, lastTime, timeAt } from "./grid.ts";
import { RangeSamples } from "./range-samples.ts";
import { SeriesMatrix } from "./series-matrix.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** A selector with `smoothed`: between two samples, the value on the line between them. */
export function* selectSmoothed(evaluation: Evaluation, selector: VectorSelector, grid: Grid): Work<SeriesMatrix> {
  const { lookbackMs } = evaluation.settings;
  const { offsetMs, atMs } = selector;
  const range = {
    fromMs: (atMs ?? grid.startMs) - offsetMs - lookbackMs,
    toMs: (atMs ?? lastTime(grid)) - offsetMs + lookbackMs,
  };
  const series = yield* evaluation.select(selector.matchers, range);
  const matrix = new SeriesMatrix(grid.steps, series.length);
  const { buffer } = evaluation;
  const samples = new RangeSamples();
  const turn = rowsPerTurn(grid);
  for (let i = 0; i < series.length; i++) {
    if (i % turn === turn - 1) yield;
    buffer.clear();
    series[i]!.read(range, buffer);
    samples.take(buffer, (index) => buffer.histograms[index]!);
    const row = matrix.addRow(series[i]!.labels, false);
    const target = { matrix, metric: metricName(series[i]!.labels), position: selector.position };
    for (let step = 0; step < grid.steps; step++) {
      const referenceMs = (atMs ?? timeAt(grid, step)) - offsetMs;
      smoothAt(evaluation, samples, referenceMs, { ...target, index: row + step });
    }
    if (matrix.hasPoints(matrix.count - 1)) evaluation.hold(grid.steps);
    else matrix.dropRow();
  }
  return matrix;
}

interface Target {
  readonly matrix: SeriesMatrix;
  readonly index: number;
  readonly metric: string;
  readonly position: VectorSelector["position"];
}

function smoothAt(evaluation: Evaluation, samples: RangeSamples, timeMs: number, target: Target): void {
  const { lookbackMs } = evaluation.settings;
  const floats = within(samples.floatTimes.subarray(0, samples.floatCount), timeMs, lookbackMs);
  const histograms = within(samples.histogramTimes, timeMs, lookbackMs);
  if (floats.count > 0 && histograms.count > 0) {
    evaluation.annotations.add(mixedFloatsAndHistograms(target.metric, target.position));
  } else if (floats.count > 0) smoothFloat(samples, timeMs, floats, target);
  else if (histograms.count > 0) smoothHistogram(evaluation, samples, timeMs, histograms, target);
}

interface Neighbours {
  readonly count: number;
  /** The last sample at or before the time, -1 without one. */
  readonly before: number;
  /** The first sample at or after the time, -1 without one. */
  readonly after: number;
}

function within(times: ArrayLike<number>, timeMs: number, lookbackMs: number): Neighbours {
  let count = 0;
  let before = -1;
  let after = -1;
  for (let i = 0; i < times.length; i++) {
    const one = times[i]!;
    if (one <= timeMs - lookbackMs || one > timeMs + lookbackMs) continue;
    count++;
    if (one <= timeMs) before = i;
    if (one >= timeMs && after === -1) after = i;
  }
  return { count, before, after };
}

function smoothFloat(
  { floatTimes, floatValues }: RangeSamples,
  timeMs: number,
  { before, after }: Neighbours,
  { matrix, index }: Target,
): void {
  if (before === -1) return;
  const at = (i: number) => ({ timeMs: floatTimes[i]!, value: floatValues[i]! });
  const known = after === -1 || before === after;
  matrix.setFloat(index, known ? floatValues[before]! : interpolate(at(before), at(after), timeMs, false));
}

function smoothHistogram(
  { annotations }: Evaluation,
  { histogramTimes, histograms }: RangeSamples,
  timeMs: number,
  { before, after }: Neighbours,
  { matrix, index, metric, position }: Target,
): void {
  if (before === -1) return;
  const previous = histograms[before]!;
  if (before === after || after === -1) {
    matrix.setHistogram(index, before === after ? previous : { ...previous, counterResetHint: "unknown" });
    return;
  }
  const next = histograms[after]!;
  try {
    if (usesCustomBuckets(previous) !== usesCustomBuckets(next)) throw new IncompatibleSchemas();
    const counter = previous.counterResetHint !== "gauge" || next.counterResetHint !== "gauge";
    const between = interpolateHistograms(
      { timeMs: histogramTimes[before]!, histogram: previous },
      { timeMs: histogramTimes[after]!, histogram: next },
      timeMs,
      counter,
      (operation) => annotations.add(boundsReconciled(operation, position)),
    );
    matrix.setHistogram(index, between);
  } catch (error) {
    if (!(error instanceof IncompatibleSchemas)) throw error;
    annotations.add(mixedBucketSchemas(metric, position));
  }
}
