import { borderValue } from "../functions/extended-rate.ts";
import type { Labels } from "../labels.ts";
import { compareLabels } from "../labels.ts";
import { cleanNames, type MatrixSeries, matrixOf } from "../query-result.ts";
import type { Expression, MatrixSelector } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { gridAt } from "./grid.ts";
import { RangeSamples } from "./range-samples.ts";
import { sortInTurns } from "./sort-in-turns.ts";
import { evaluateSubquery } from "./subquery.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** The samples of a range as they are: what `up[5m]` and `up[5m:1m]` are by themselves. */
export function* evaluateMatrix(
  evaluation: Evaluation,
  node: Expression,
  timeMs: number,
): Work<readonly MatrixSeries[]> {
  const grid = gridAt(timeMs);
  switch (node.type) {
    case "parenthesized":
      return yield* evaluateMatrix(evaluation, node.expression, timeMs);
    case "subquery": {
      const inner = yield* evaluateSubquery(evaluation, node, grid);
      const { delayedNameRemoval } = evaluation.settings;
      return yield* matrixOf(delayedNameRemoval ? yield* cleanNames(inner.matrix) : inner.matrix, inner.grid);
    }
    case "matrixSelector":
      return yield* rawSamples(evaluation, node, timeMs);
    default:
      throw new PromqlEvaluationError(`a ${node.type} is no range vector`);
  }
}

function* rawSamples(evaluation: Evaluation, node: MatrixSelector, timeMs: number): Work<readonly MatrixSeries[]> {
  const { selector, rangeMs } = node;
  const { extension } = selector;
  const { lookbackMs } = evaluation.settings;
  const endMs = (selector.atMs ?? timeMs) - selector.offsetMs;
  const startMs = endMs - rangeMs;
  const range = {
    fromMs: startMs - (extension === undefined ? 0 : lookbackMs),
    toMs: endMs + (extension === "smoothed" ? lookbackMs : 0),
  };
  const found: MatrixSeries[] = [];
  const samples = new RangeSamples();
  const { buffer } = evaluation;
  const turn = rowsPerTurn({ steps: 100 });
  let i = 0;
  for (const series of yield* evaluation.select(selector.matchers, range)) {
    if (++i % turn === 0) yield;
    buffer.clear();
    series.read(range, buffer);
    samples.take(buffer, (index) => buffer.histograms[index]!);
    const one = inRange(series.labels, samples, range.fromMs);
    if (extension !== undefined && one.histograms.length > 0) {
      throw new PromqlEvaluationError(`${extension} modifier is not supported with histograms`);
    }
    const extended = extension === undefined ? one : withBorders(one, startMs, endMs, extension === "smoothed");
    if (extended.times.length + extended.histograms.length === 0) continue;
    evaluation.hold(extended.times.length + extended.histograms.length);
    found.push(extended);
  }
  return yield* sortInTurns(found, (a, b) => compareLabels(a.labels, b.labels));
}

/** The start of a range does not belong to it. */
function inRange(labels: Labels, samples: RangeSamples, fromMs: number): MatrixSeries {
  let first = 0;
  while (first < samples.floatCount && samples.floatTimes[first]! <= fromMs) first++;
  const histograms = samples.histograms
    .map((histogram, i) => ({ timeMs: samples.histogramTimes[i]!, histogram }))
    .filter((one) => one.timeMs > fromMs);
  return {
    labels,
    times: samples.floatTimes.slice(first, samples.floatCount),
    values: samples.floatValues.slice(first, samples.floatCount),
    histograms,
  };
}

/** With a sample at each border of the range in place of those beyond it. */
function withBorders(series: MatrixSeries, startMs: number, endMs: number, smoothed: boolean): MatrixSeries {
  const { times, values } = series;
  const none = { ...series, times: new Float64Array(0), values: new Float64Array(0) };
  if (times.length === 0) return series;
  let last = times.length - 1;
  let first = 0;
  while (first < last && times[first]! <= startMs) first++;
  first = Math.max(0, first - 1);
  if (smoothed) {
    let at = 0;
    while (at < last && times[at]! < endMs) at++;
    last = at;
  }
  if (times[last]! <= startMs) return none;
  const left = borderValue(times, values, { at: first, next: first + 1, borderMs: startMs, smoothed });
  const right =
    times[last]! > endMs && last > 0
      ? borderValue(times, values, { at: last - 1, next: last, borderMs: endMs, smoothed })
      : values[last]!;
  if (times[first]! <= startMs) first++;
  if (times[last]! >= endMs) last--;
  const inner = Math.max(0, last - first + 1);
  const extended = { ...series, times: new Float64Array(inner + 2), values: new Float64Array(inner + 2) };
  extended.times.set([startMs]);
  extended.values.set([left]);
  extended.times.set(times.subarray(first, first + inner), 1);
  extended.values.set(values.subarray(first, first + inner), 1);
  extended.times.set([endMs], inner + 1);
  extended.values.set([right], inner + 1);
  return extended;
}
