import type { Attributes } from "@opentelemetry/api";
import type {
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { decimalText, rateText } from "./decimal.ts";
import { metricName, nameSuffix, tagText } from "./name.ts";
import { type Bucket, explicitBuckets, exponentialBuckets, type Sample, samples } from "./samples.ts";

/**
 * `dogstatsd` writes attributes as tags, `|#venue:binance`, which Datadog, Telegraf, Vector and Prometheus' statsd_exporter
 * read. `plain` folds them into the name, `orders.requests.venue.binance`, for servers that know no tags.
 */
export type StatsdFlavour = "dogstatsd" | "plain";

/**
 * What becomes of a histogram: values that stand for those recorded, as `distribution` (`|d`), `histogram` (`|h`) or `timing`
 * (`|ms`, times in milliseconds), or `buckets`: counters `.count`, `.sum` and one `.bucket` for each bucket in use.
 */
export type StatsdHistograms = "distribution" | "histogram" | "timing" | "buckets";

export interface LineOptions {
  readonly flavour: StatsdFlavour;
  readonly prefix: string;
  readonly tags: Attributes;
  readonly resourceTags: readonly string[];
  readonly histograms: StatsdHistograms;
  /** Told of each value that cannot be written. */
  readonly notFinite: (metric: string) => void;
}

/** What one collection comes to. Lines of one chunk must arrive together and in their order. */
export function* lines(
  { resource, scopeMetrics }: ResourceMetrics,
  options: LineOptions,
): Generator<readonly string[]> {
  const constant: Record<string, Attributes[string]> = {};
  for (const name of options.resourceTags) constant[name] = resource.attributes[name];
  Object.assign(constant, options.tags);
  for (const { metrics } of scopeMetrics) {
    for (const metric of metrics) {
      for (const point of metric.dataPoints as AnyPoint[]) yield* pointLines(metric, point, constant, options);
    }
  }
}

type AnyPoint = DataPoint<number> | DataPoint<Histogram> | DataPoint<ExponentialHistogram>;

// The numbers of sdk-metrics' DataPointType, written out so that this package loads no SDK.
const HISTOGRAM = 0;
const EXPONENTIAL_HISTOGRAM = 1;
const SUM = 3;

function* pointLines(
  metric: MetricData,
  { attributes, value }: AnyPoint,
  constant: Attributes,
  options: LineOptions,
): Generator<readonly string[]> {
  const { name } = metric.descriptor;
  const line = writer(metricName(options.prefix, name), { ...constant, ...attributes }, options.flavour);
  if (metric.dataPointType === HISTOGRAM || metric.dataPointType === EXPONENTIAL_HISTOGRAM) {
    const histogram = value as Histogram | ExponentialHistogram;
    const buckets =
      metric.dataPointType === HISTOGRAM
        ? explicitBuckets(histogram as Histogram)
        : exponentialBuckets(histogram as ExponentialHistogram);
    if (!Number.isFinite(histogram.sum ?? 0)) options.notFinite(name);
    else if (options.histograms === "buckets") yield* bucketLines(line, buckets, histogram);
    else yield* sampleLines(line, samples(buckets, histogram), metric, options);
    return;
  }
  if (!Number.isFinite(value)) options.notFinite(name);
  else if (metric.dataPointType === SUM && metric.isMonotonic) {
    if (value !== 0) yield [line({ value: value as number, type: "c" })];
  } else {
    const gauge = line({ value: value as number, type: "g" });
    // A sign makes a gauge's value relative to the last one, so one below zero is reached from zero.
    yield (value as number) < 0 ? [line({ value: 0, type: "g" }), gauge] : [gauge];
  }
}

interface Line {
  readonly value: number;
  readonly type: string;
  readonly suffix?: string;
  /** How many values it stands for. */
  readonly count?: number;
  readonly more?: Attributes;
}

function writer(name: string, attributes: Attributes, flavour: StatsdFlavour): (line: Line) => string {
  const dogstatsd = flavour === "dogstatsd";
  const text = dogstatsd ? tagText(attributes) : nameSuffix(attributes);
  return ({ value, type, suffix = "", count = 1, more }) => {
    const rate = count === 1 ? "" : `|@${rateText(count)}`;
    const body = `:${decimalText(value)}|${type}${rate}`;
    if (!dogstatsd) return `${name}${suffix}${text}${more === undefined ? "" : nameSuffix(more)}${body}`;
    const tags = [text, more === undefined ? "" : tagText(more)].filter((part) => part !== "").join(",");
    return `${name}${suffix}${body}${tags === "" ? "" : `|#${tags}`}`;
  };
}

const sampleTypes = { distribution: "d", histogram: "h", timing: "ms" } as const;

/** UCUM codes of time, in milliseconds: what the `ms` of a line means. */
const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function* sampleLines(
  line: (line: Line) => string,
  representatives: readonly Sample[],
  { descriptor }: MetricData,
  { histograms, notFinite }: LineOptions,
): Generator<readonly string[]> {
  const factor = histograms === "timing" ? (MS_PER_UNIT[descriptor.unit] ?? 1) : 1;
  const type = sampleTypes[histograms as keyof typeof sampleTypes];
  for (const { value, count } of representatives) {
    if (Number.isFinite(value * factor)) yield [line({ value: value * factor, type, count })];
    else notFinite(descriptor.name);
  }
}

function* bucketLines(
  line: (line: Line) => string,
  buckets: readonly Bucket[],
  { count, sum }: Histogram | ExponentialHistogram,
): Generator<readonly string[]> {
  if (count === 0) return;
  yield [line({ value: count, type: "c", suffix: ".count" })];
  if (sum !== undefined && sum !== 0) yield [line({ value: sum, type: "c", suffix: ".sum" })];
  for (const bucket of buckets) {
    const more = { lower_bound: limitText(bucket.low), upper_bound: limitText(bucket.high) };
    yield [line({ value: bucket.count, type: "c", suffix: ".bucket", more })];
  }
}

/** As Datadog's own exporter for OpenTelemetry names the limits. */
function limitText(limit: number): string {
  if (limit === Number.POSITIVE_INFINITY) return "inf";
  return limit === Number.NEGATIVE_INFINITY ? "-inf" : decimalText(limit);
}
