import type { Attributes } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { DataPoint, ExponentialHistogram, Histogram, MetricData } from "@opentelemetry/sdk-metrics";
import type { Exemplar } from "../exemplar.ts";
import { EXPONENTIAL_HISTOGRAM, type Family, HISTOGRAM, tell } from "./family.ts";
import { labelText } from "./labels.ts";
import { sampleText } from "./naming.ts";
import { createdText, joined, limitText, numberText, type TextFormat, type TextOptions } from "./text-format.ts";

/** What a metric is written from, and its exemplars where there are some. */
export interface ScopedMetric {
  readonly metric: MetricData;
  readonly scope: InstrumentationScope;
}

/**
 * The lines of a family whose text is not kept: metrics of the SDK, exponential histograms, and families of several parts.
 * In pieces of some ten kilobytes, so that the caller may let the event loop run between them.
 */
export function* metricText(
  family: Pick<Family, "name" | "type">,
  metrics: readonly ScopedMetric[],
  options: TextOptions,
): Generator<string> {
  const duplicate = duplicateGuard(family.name, options.told);
  let text = "";
  for (const { metric, scope } of metrics) {
    const extra = joined(options.constantLabels, options.scopeLabels ? scopeText(scope) : "");
    for (const point of metric.dataPoints as AnyPoint[]) {
      const labels = joined(labelText(point.attributes, options.naming), extra);
      if (duplicate(labels)) continue;
      text += pointText(family.name, labels, metric, point, options.format);
      const [seconds, nanoseconds] = point.startTime;
      text += createdText(family, labels, seconds + nanoseconds / 1e9, options);
      if (text.length > PIECE_LENGTH) {
        yield text;
        text = "";
      }
    }
  }
  yield text;
}

/** Points whose labels are already on the page are left out, because one duplicate makes Prometheus refuse the whole page. */
export function duplicateGuard(name: string, told: Set<string>): (labels: string) => boolean {
  const seen = new Set<string>();
  return (labels) => {
    // A lone surrogate is written as U+FFFD, so two of them may become one; and no label is the same as an empty one.
    const wellFormed = labels.replace(LONE_SURROGATE, "\ufffd");
    const written = wellFormed.includes('=""') ? wellFormed.replace(EMPTY_LABEL, "").replace(/^,/, "") : wellFormed;
    if (!seen.has(written)) {
      seen.add(written);
      return false;
    }
    tell(told, `telltale: ${name} has two series with the labels {${labels.slice(0, 200)}}; the later is left out.`);
    return true;
  };
}

/** `otel_scope_name` and its like. */
export function scopeText(scope: InstrumentationScope): string {
  return labelText(scopeAttributes(scope));
}

export function scopeAttributes(scope: InstrumentationScope): Attributes {
  return {
    otel_scope_name: scope.name,
    ...(scope.version === undefined || scope.version === "" ? {} : { otel_scope_version: scope.version }),
    ...(scope.schemaUrl === undefined ? {} : { otel_scope_schema_url: scope.schemaUrl }),
  };
}

type AnyPoint = (DataPoint<number> | DataPoint<Histogram> | DataPoint<ExponentialHistogram>) & {
  readonly exemplar?: Exemplar;
};

const LONE_SURROGATE = /\p{Surrogate}/gu;
const EMPTY_LABEL = /(^|,)(?:"[^"]*"|[^=,"]*)=""(?=,|$)/g;
const PIECE_LENGTH = 16_384;

function pointText(
  name: string,
  labels: string,
  { dataPointType, ...metric }: MetricData,
  { value, exemplar }: AnyPoint,
  format: TextFormat,
): string {
  // OpenMetrics allows exemplars on the totals of counters and on buckets, the other format nowhere.
  const written = format === "openmetrics" ? exemplar : undefined;
  switch (dataPointType) {
    case HISTOGRAM:
      return histogramText(name, labels, explicitBuckets(value as Histogram), format, written);
    case EXPONENTIAL_HISTOGRAM:
      return histogramText(name, labels, octaveBuckets(value as ExponentialHistogram), format, written);
    default: {
      const counted = "isMonotonic" in metric && metric.isMonotonic === true;
      return `${sampleText(name, labels)} ${numberText(value as number)}${counted ? exemplarText(written) : ""}\n`;
    }
  }
}

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return "";
  const { traceId, spanId, value, timeMs } = exemplar;
  const ids = traceId === "" ? "" : `trace_id="${traceId}",span_id="${spanId}"`;
  return ` # {${ids}} ${numberText(value)} ${timeMs / 1_000}`;
}

interface Buckets {
  readonly limits: readonly number[];
  /** Of each limit, not summed up; one more for what lies above the last. */
  readonly counts: readonly number[];
  readonly sum: number | undefined;
  readonly count: number;
}

export function explicitBuckets({ buckets, sum, count }: Histogram): Buckets {
  return { limits: buckets.boundaries, counts: buckets.counts, sum, count };
}

/**
 * The text formats know no exponential histogram. Powers of two are limits at every scale from 0 up, so the series stand
 * still while the scale follows the data.
 */
export function octaveBuckets({ positive, scale, zeroCount, sum, count }: ExponentialHistogram): Buckets {
  const coarse = Math.min(scale, 0);
  const limits: number[] = [0];
  const counts = [zeroCount];
  positive.bucketCounts.forEach((n, i) => {
    const octave = (positive.offset + i) >> (scale - coarse);
    const limit = 2 ** ((octave + 1) * 2 ** -coarse);
    if (limits.at(-1) !== limit) {
      limits.push(limit);
      counts.push(0);
    }
    counts[counts.length - 1] = (counts.at(-1) as number) + n;
  });
  return { limits, counts, sum, count };
}

function histogramText(
  name: string,
  labels: string,
  buckets: Buckets,
  format: TextFormat,
  exemplar: Exemplar | undefined,
): string {
  const bucket = (limit: string): string => sampleText(`${name}_bucket`, joined(labels, `le="${limit}"`));
  let text = "";
  let below = 0;
  let lower = Number.NEGATIVE_INFINITY;
  const exemplarUpTo = (limit: number): string => {
    const inside = exemplar !== undefined && exemplar.value > lower && exemplar.value <= limit;
    lower = limit;
    return inside ? exemplarText(exemplar) : "";
  };
  buckets.limits.forEach((limit, i) => {
    if (limit === Number.POSITIVE_INFINITY) return;
    below += buckets.counts[i] as number;
    text += `${bucket(limitText(limit, format))} ${below}${exemplarUpTo(limit)}\n`;
  });
  text += `${bucket("+Inf")} ${buckets.count}${exemplarUpTo(Number.POSITIVE_INFINITY)}\n`;
  if (buckets.sum !== undefined) text += `${sampleText(`${name}_sum`, labels)} ${numberText(buckets.sum)}\n`;
  return `${text}${sampleText(`${name}_count`, labels)} ${buckets.count}\n`;
}
