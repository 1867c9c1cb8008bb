import { formatGeneral, formatTwoDigits } from "./go-float.ts";
import { goQuote } from "./go-quote.ts";
import { lineAndColumn, type PositionRange } from "./position.ts";

/** What a query says besides its result. `warning`: the result may not be what was meant; `info`: a hint. */
export interface Annotation {
  readonly severity: "warning" | "info";
  readonly message: string;
  readonly position: PositionRange;
  /** What only histogram_quantile's repair adds to its message. */
  readonly repair?: BucketRepair;
  /** How often it was seen, where the message says so. */
  readonly occurrences?: number;
}

export interface BucketRepair {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
  readonly count: number;
}

/** The annotations of one query: each message once, at the last place that gave it. */
export class Annotations {
  readonly #byMessage = new Map<string, Annotation>();

  add(annotation: Annotation): void {
    const before = this.#byMessage.get(annotation.message);
    this.#byMessage.set(annotation.message, before === undefined ? annotation : merged(annotation, before));
  }

  warnings(query: string): readonly string[] {
    return this.#texts("warning", query);
  }

  infos(query: string): readonly string[] {
    return this.#texts("info", query);
  }

  #texts(severity: Annotation["severity"], query: string): readonly string[] {
    return [...this.#byMessage.values()].filter((one) => one.severity === severity).map((one) => textOf(one, query));
  }
}

export function warning(message: string, position: PositionRange): Annotation {
  return { severity: "warning", message: `PromQL warning: ${message}`, position };
}

export function info(message: string, position: PositionRange): Annotation {
  return { severity: "info", message: `PromQL info: ${message}`, position };
}

export function invalidQuantile(q: number, position: PositionRange): Annotation {
  return warning(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, position);
}

export function invalidRatio(ratio: number, cappedTo: number, position: PositionRange): Annotation {
  const capping = `capping to ${formatGeneral(cappedTo)}`;
  return warning(`ratio value should be between -1 and 1, got ${formatGeneral(ratio)}, ${capping}`, position);
}

export function badBucketLabel(label: string, metric: string, position: PositionRange): Annotation {
  return warning(
    `bucket label "le" is missing or has a malformed value of ${goQuote(label)}${forMetric(metric)}`,
    position,
  );
}

export function mixedFloatsAndHistograms(metric: string, position: PositionRange): Annotation {
  return warning(`encountered a mix of histograms and floats for metric name ${goQuote(metric)}`, position);
}

export function mixedInAggregation(position: PositionRange): Annotation {
  return warning("encountered a mix of histograms and floats for aggregation", position);
}

export function mixedClassicAndNative(metric: string, position: PositionRange): Annotation {
  return warning(`vector contains a mix of classic and native histograms${forMetric(metric)}`, position);
}

export function notACounter(metric: string, position: PositionRange): Annotation {
  return warning(`this native histogram metric is not a counter: ${goQuote(metric)}`, position);
}

export function notAGauge(metric: string, position: PositionRange): Annotation {
  return warning(`this native histogram metric is not a gauge: ${goQuote(metric)}`, position);
}

export function mixedBucketSchemas(metric: string, position: PositionRange): Annotation {
  const problem = "vector contains a mix of histograms with exponential and custom buckets schemas";
  return warning(`${problem} for metric name ${goQuote(metric)}`, position);
}

export function incompatibleBuckets(operator: string, position: PositionRange): Annotation {
  return warning(`incompatible bucket layout encountered for binary operator ${operator}`, position);
}

export function sortInRange(position: PositionRange): Annotation {
  return warning("sort is ineffective for range queries since results are always ordered by labels", position);
}

export function resetCollision(operation: HistogramOperation, position: PositionRange): Annotation {
  return warning(`conflicting counter resets during histogram ${operation}`, position);
}

export function invalidIntegralStrategy(strategy: number, position: PositionRange): Annotation {
  return warning(`strategy should be 0, 1, or 2 (default), using 2, got ${formatGeneral(strategy)}`, position);
}

export function perhapsNotACounter(metric: string, position: PositionRange): Annotation {
  const suffixes = "name does not end in _total/_sum/_count/_bucket";
  return info(`metric might not be a counter, ${suffixes}: ${goQuote(metric)}`, position);
}

export function notTypedAsCounter(metric: string, type: string, position: PositionRange): Annotation {
  const problem = 'metric might not be a counter, __type__ label is not set to "counter" or "histogram"';
  return info(`${problem}, got ${goQuote(type)}: ${goQuote(metric)}`, position);
}

export function overlappingStart(metric: string, position: PositionRange): Annotation {
  const problem = "sample has start time that overlaps with previous sample timestamp";
  return { ...warning(`${problem} for metric ${goQuote(metric)}`, position), occurrences: 1 };
}

export function bucketsRepaired(metric: string, repair: BucketRepair, position: PositionRange): Annotation {
  const see = "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile";
  const message = `input to histogram_quantile needed to be fixed for monotonicity (see ${see})${forMetric(metric)}`;
  return { ...info(message, position), repair };
}

export function incompatibleTypes(left: string, operator: string, right: string, position: PositionRange): Annotation {
  const what = `${goQuote(operator)}: ${left} ${operator} ${right}`;
  return info(`incompatible sample types encountered for binary operator ${what}`, position);
}

export function ignoredInAggregation(aggregation: string, position: PositionRange): Annotation {
  return info(`ignored histogram in ${aggregation} aggregation`, position);
}

export function ignoredInMixedRange(metric: string, position: PositionRange): Annotation {
  const problem = "ignored histograms in a range containing both floats and histograms";
  return info(`${problem} for metric name ${goQuote(metric)}`, position);
}

export function quantileIsNaN(metric: string, position: PositionRange): Annotation {
  return info(`input to histogram_quantile has NaN observations, result is NaN${forMetric(metric)}`, position);
}

export function quantileIsSkewed(metric: string, position: PositionRange): Annotation {
  return info(
    `input to histogram_quantile has NaN observations, result is skewed higher${forMetric(metric)}`,
    position,
  );
}

export function fractionWithoutNaN(metric: string, position: PositionRange): Annotation {
  const problem = "input to histogram_fraction has NaN observations, which are excluded from all fractions";
  return info(`${problem}${forMetric(metric)}`, position);
}

export function boundsReconciled(operation: HistogramOperation, position: PositionRange): Annotation {
  return info(`mismatched custom buckets were reconciled during ${operation}`, position);
}

export type HistogramOperation = "addition" | "subtraction" | "aggregation";

function forMetric(metric: string): string {
  return metric === "" ? "" : ` for metric name ${goQuote(metric)}`;
}

function merged(annotation: Annotation, before: Annotation): Annotation {
  if (annotation.occurrences !== undefined) {
    return { ...before, occurrences: annotation.occurrences + (before.occurrences ?? 0) };
  }
  if (annotation.repair === undefined || before.repair === undefined) return annotation;
  const [a, b] = [annotation.repair, before.repair];
  const repair = {
    minTimeMs: Math.min(a.minTimeMs, b.minTimeMs),
    maxTimeMs: Math.max(a.maxTimeMs, b.maxTimeMs),
    minBucket: Math.min(a.minBucket, b.minBucket),
    maxBucket: Math.max(a.maxBucket, b.maxBucket),
    maxDiff: Math.max(a.maxDiff, b.maxDiff),
    count: a.count + b.count,
  };
  return { ...before, repair };
}

function textOf({ message, position, repair, occurrences = 1 }: Annotation, query: string): string {
  const place = ` (${lineAndColumn(query, position.start)})`;
  if (occurrences > 1) return `${message} (${occurrences} occurrences)${place}`;
  if (repair === undefined) return message + place;
  const { minBucket, maxBucket, maxDiff, count } = repair;
  const buckets = `from buckets ${formatGeneral(minBucket)} to ${formatGeneral(maxBucket)}`;
  const span = `from ${seconds(repair.minTimeMs)} to ${seconds(repair.maxTimeMs)}`;
  return `${message}, ${buckets}, with a max diff of ${formatTwoDigits(maxDiff)}, over ${count} samples ${span}${place}`;
}

function seconds(timeMs: number): string {
  return new Date(Math.trunc(timeMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
