import {
  type FloatHistogram,
  formatLabels,
  type MemoryStore,
  PromqlEvaluationError,
  PromqlParseError,
  type QueryOptions,
  queryInstant,
  queryRange,
} from "@telltale/promql";
import { type HistogramNumbers, numbersOf } from "./histogram-numbers.ts";

/** An instant query where the step is 0, otherwise a range query. */
export interface Question {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** A number or a native histogram at a time. */
export type AnswerPoint = readonly [timeMs: number, value: number | HistogramNumbers];

/** The points of each series, by its labels, or why there is no answer. */
export type Answer =
  | { readonly error: string }
  | {
      readonly series: ReadonlyMap<string, readonly AnswerPoint[]>;
      readonly annotations: readonly string[];
    };

export function ownAnswer(store: MemoryStore, question: Question, options: QueryOptions): Answer {
  try {
    return evaluate(store, question, options);
  } catch (error) {
    if (error instanceof PromqlParseError || error instanceof PromqlEvaluationError) return { error: error.message };
    throw error;
  }
}

/** What is compared besides the points of each series. */
export interface Strictness {
  /** The series come in the same order. */
  readonly ordered: boolean;
  /** The values come in the same order, where equal ones may stand in any. */
  readonly sorted: boolean;
  readonly annotations: boolean;
}

/** What differs between two answers, or `undefined` when they say the same but for rounding. */
export function difference(ours: Answer, theirs: Answer, strictness: Strictness): string | undefined {
  if ("error" in ours || "error" in theirs) {
    if ("error" in ours && "error" in theirs) return undefined;
    return "error" in ours ? `only we fail: ${ours.error}` : `only they fail: ${(theirs as { error: string }).error}`;
  }
  for (const labels of theirs.series.keys()) {
    if (!ours.series.has(labels)) return `${labels} is missing`;
  }
  for (const [labels, points] of ours.series) {
    const expected = theirs.series.get(labels);
    if (expected === undefined) return `${labels} is not in their answer`;
    if (points.length !== expected.length) return `${labels} has ${points.length} points instead of ${expected.length}`;
    for (const [i, [timeMs, value]] of points.entries()) {
      const [expectedMs, expectedValue] = expected[i]!;
      if (timeMs !== expectedMs) return `${labels} has a point at ${timeMs} instead of ${expectedMs}`;
      if (!isSame(value, expectedValue)) {
        return `${labels} at ${timeMs} is ${described(value)} instead of ${described(expectedValue)}`;
      }
    }
  }
  // The API tells ten annotations of a kind, and how many there are besides.
  const told = strictness.annotations && !theirs.annotations.some((one) => /annotations omitted/.test(one));
  if (told && ours.annotations.join("\n") !== theirs.annotations.join("\n")) {
    return `annotations ${JSON.stringify(ours.annotations)} instead of ${JSON.stringify(theirs.annotations)}`;
  }
  if (strictness.ordered) {
    const order = [...theirs.series.keys()];
    const misplaced = [...ours.series.keys()].findIndex((labels, i) => labels !== order[i]);
    if (misplaced !== -1) return `${order[misplaced]} is elsewhere`;
  }
  if (strictness.sorted) {
    const values = [...theirs.series.values()].map(([point]) => point![1]);
    const misplaced = [...ours.series.values()].findIndex(([point], i) => !isSame(point![1], values[i]!));
    if (misplaced !== -1)
      return `place ${misplaced} of the order has another value than ${described(values[misplaced]!)}`;
  }
  return undefined;
}

function evaluate(store: MemoryStore, { query, startMs, endMs, stepMs }: Question, options: QueryOptions): Answer {
  const { value, warnings, infos } =
    stepMs > 0
      ? queryRange(store, query, { ...options, startMs, endMs, stepMs })
      : queryInstant(store, query, { ...options, timeMs: startMs });
  const series = new Map<string, readonly AnswerPoint[]>();
  if (value.type === "scalar") series.set("", [[value.timeMs, value.value]]);
  if (value.type === "vector") {
    for (const sample of value.samples) {
      series.set(formatLabels(sample.labels), [pointOf(sample.timeMs, sample.value, sample.histogram)]);
    }
  }
  if (value.type === "matrix") {
    for (const { labels, times, values, histograms } of value.series) {
      const points = [
        ...Array.from(times, (timeMs, i) => pointOf(timeMs, values[i]!, undefined)),
        ...histograms.map(({ timeMs, histogram }) => pointOf(timeMs, 0, histogram)),
      ];
      series.set(
        formatLabels(labels),
        points.sort(([a], [b]) => a - b),
      );
    }
  }
  return { series, annotations: [...warnings, ...infos].sort() };
}

function pointOf(timeMs: number, value: number, histogram: FloatHistogram | undefined): AnswerPoint {
  return [timeMs, histogram === undefined ? value : numbersOf(histogram)];
}

function isSame(a: number | HistogramNumbers, b: number | HistogramNumbers): boolean {
  if (typeof a === "number" || typeof b === "number") {
    return typeof a === "number" && typeof b === "number" && isNear(a, b);
  }
  return (
    isNear(a.count, b.count) &&
    isNear(a.sum, b.sum) &&
    a.buckets.length === b.buckets.length &&
    a.buckets.every((bucket, i) => bucket.every((number, k) => isNear(number, b.buckets[i]![k]!)))
  );
}

function described(value: number | HistogramNumbers): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function isNear(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(a - b) < 1e-9;
}
