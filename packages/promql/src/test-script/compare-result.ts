import { formatGeneral } from "../go-float.ts";
import { almostEqual } from "../go-math.ts";
import { compact, type FloatHistogram, sameNumbers } from "../histogram/float-histogram.ts";
import { describeHistogram } from "../histogram/histogram-text.ts";
import { compareLabels, formatLabels, type Labels } from "../labels.ts";
import type { MatrixSeries, QueryValue, VectorSample } from "../query-result.ts";
import type { Expected } from "./script-expectation.ts";
import type { SequenceValue, SeriesDescription } from "./series-description.ts";

/** How far a result may be from what a script says, relatively. Prometheus: defaultEpsilon. */
const EPSILON = 0.000001;

/** What is wrong with a result; `undefined` when it is as expected. */
export type Problem = string | undefined;

export function compareScalar(value: number, { scalar }: Expected): Problem {
  if (scalar === undefined) return `expected a vector or matrix, got the scalar ${formatGeneral(value)}`;
  if (almostEqual(scalar, value, EPSILON)) return undefined;
  return `expected scalar ${formatGeneral(scalar)}, got ${formatGeneral(value)}`;
}

export function compareVector(samples: readonly VectorSample[], { scalar, series, ordered }: Expected): Problem {
  if (scalar !== undefined) return `expected the scalar ${formatGeneral(scalar)}, got a vector of ${samples.length}`;
  const wanted = byKey(series);
  const seen = new Set<string>();
  for (const [position, { labels, value, histogram }] of samples.entries()) {
    const description = wanted.get(labels.key);
    const got = histogram === undefined ? formatGeneral(value) : describeHistogram(histogram);
    if (description === undefined) return `unexpected ${formatLabels(labels)} in the result, with ${got}`;
    if (ordered && series[position]?.labels.key !== labels.key) {
      return `expected ${formatLabels(labels)} elsewhere than at position ${position + 1}`;
    }
    seen.add(labels.key);
    const [expected] = description.values;
    if (!sameValue(expected!, value, histogram)) {
      return `expected ${describeValue(expected!)} for ${formatLabels(labels)}, got ${got}`;
    }
  }
  return missing(series, seen);
}

export interface ExpectedRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export function compareMatrix(value: QueryValue, expected: Expected, range: ExpectedRange): Problem {
  if (value.type !== "matrix") return `expected a matrix, got a ${value.type}`;
  if (expected.ordered) return "expected an ordered result, but a matrix has no order of its own";
  if (expected.scalar !== undefined) return "expected a scalar, got a matrix";
  const wanted = byKey(expected.series);
  const seen = new Set<string>();
  let before: Labels | undefined;
  for (const series of value.series) {
    if (before !== undefined && compareLabels(before, series.labels) > 0) {
      return `${formatLabels(series.labels)} comes after ${formatLabels(before)}: not in the order of labels`;
    }
    before = series.labels;
    const description = wanted.get(series.labels.key);
    if (description === undefined) {
      return `unexpected ${formatLabels(series.labels)} in the result, with ${describeSeries(series)}`;
    }
    seen.add(series.labels.key);
    const problem = comparePoints(series, description.values, range);
    if (problem !== undefined) return `${formatLabels(series.labels)}: ${problem}; it has ${describeSeries(series)}`;
  }
  return missing(expected.series, seen);
}

function comparePoints(series: MatrixSeries, values: readonly SequenceValue[], range: ExpectedRange): Problem {
  const natives = new Map(series.histograms.map(({ timeMs, histogram }) => [timeMs, histogram]));
  const floats = new Map(Array.from(series.times, (timeMs, i) => [timeMs, series.values[i]!]));
  let points = 0;
  for (const [i, value] of values.entries()) {
    if (value.kind === "omitted") continue;
    const timeMs = range.startMs + i * range.stepMs;
    if (timeMs > range.endMs) return `expected ${values.length} points, more than the range has`;
    points++;
    const float = floats.get(timeMs);
    const histogram = natives.get(timeMs);
    if (float === undefined && histogram === undefined) return `expected a point at ${timeMs} ms`;
    if (!sameValue(value, float ?? Number.NaN, histogram)) return `expected ${describeValue(value)} at ${timeMs} ms`;
  }
  const got = floats.size + natives.size;
  return points === got ? undefined : `expected ${points} points, got ${got}`;
}

function sameValue(expected: SequenceValue, value: number, histogram: FloatHistogram | undefined): boolean {
  switch (expected.kind) {
    case "float":
      return histogram === undefined && almostEqual(expected.value, value, EPSILON);
    case "histogram":
      return histogram !== undefined && sameHistogram(expected.histogram, histogram, expected.hintGiven);
    default:
      return false;
  }
}

function sameHistogram(expected: FloatHistogram, got: FloatHistogram, hintGiven: boolean): boolean {
  const a = compact(expected);
  const b = compact(got);
  const near = (x: number, y: number) => almostEqual(x, y, EPSILON);
  const allNear = (x: readonly number[], y: readonly number[]) =>
    x.length === y.length && x.every((one, i) => near(one, y[i]!));
  return (
    a.schema === b.schema &&
    near(a.count, b.count) &&
    near(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    near(a.zeroCount, b.zeroCount) &&
    sameNumbers(a.customValues, b.customValues) &&
    sameNumbers(a.positive.indexes, b.positive.indexes) &&
    sameNumbers(a.negative.indexes, b.negative.indexes) &&
    allNear(a.positive.counts, b.positive.counts) &&
    allNear(a.negative.counts, b.negative.counts) &&
    (!hintGiven || a.counterResetHint === b.counterResetHint)
  );
}

function byKey(series: readonly SeriesDescription[]): Map<string, SeriesDescription> {
  return new Map(series.map((one) => [one.labels.key, one]));
}

function missing(series: readonly SeriesDescription[], seen: ReadonlySet<string>): Problem {
  const absent = series.find(({ labels }) => !seen.has(labels.key));
  if (absent === undefined) return undefined;
  return `expected ${formatLabels(absent.labels)} with ${absent.values.map(describeValue).join(" ")}, not found`;
}

function describeValue(value: SequenceValue): string {
  switch (value.kind) {
    case "omitted":
      return "_";
    case "stale":
      return "stale";
    case "float":
      return formatGeneral(value.value);
    case "histogram":
      return describeHistogram(value.histogram);
  }
}

function describeSeries({ times, values, histograms }: MatrixSeries): string {
  const floats = Array.from(values, (value, i) => `${formatGeneral(value)} @${times[i]}`);
  const natives = histograms.map(({ timeMs, histogram }) => `${describeHistogram(histogram)} @${timeMs}`);
  return [...floats, ...natives].join(", ");
}
