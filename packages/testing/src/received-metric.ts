import type {
  ExponentialHistogramValue,
  HistogramValue,
  MetricType,
  MetricValue,
  SummaryValue,
} from "./metric-value.ts";
import { bigintIn, numberIn, type OtlpTree, stringIn, treeIn, treesIn } from "./otlp-tree.ts";
import {
  attributesOf,
  type ReceivedAttributes,
  type ReceivedResource,
  type ReceivedScope,
  resourceOf,
  scopeOf,
} from "./received-attributes.ts";

export interface ReceivedMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly type: MetricType;
  /** `undefined` for gauges and summaries, which have none. */
  readonly temporality: "unspecified" | "delta" | "cumulative" | undefined;
  /** Of sums; `undefined` for every other type. */
  readonly monotonic: boolean | undefined;
  readonly points: readonly ReceivedPoint[];
  readonly resource: ReceivedResource;
  readonly scope: ReceivedScope;
}

export interface ReceivedPoint {
  readonly attributes: ReceivedAttributes;
  readonly value: MetricValue;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly exemplars: readonly ReceivedExemplar[];
}

export interface ReceivedExemplar {
  readonly value: number;
  readonly timeUnixNano: bigint;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly filteredAttributes: ReceivedAttributes;
}

const temporalities = ["unspecified", "delta", "cumulative"] as const;

/** All metrics of an `ExportMetricsServiceRequest`, each with its resource and scope. */
export function metricsOf(request: OtlpTree): readonly ReceivedMetric[] {
  return treesIn(request, "resourceMetrics").flatMap((resourceMetrics) => {
    const resource = resourceOf(resourceMetrics);
    return treesIn(resourceMetrics, "scopeMetrics").flatMap((scopeMetrics) => {
      const scope = scopeOf(scopeMetrics);
      return treesIn(scopeMetrics, "metrics").map((metric) => metricOf(metric, resource, scope));
    });
  });
}

function metricOf(metric: OtlpTree, resource: ReceivedResource, scope: ReceivedScope): ReceivedMetric {
  const type = typeOf(metric);
  const data = treeIn(metric, type === "exponential_histogram" ? "exponentialHistogram" : type);
  const hasTemporality = type !== "gauge" && type !== "summary";
  return {
    name: stringIn(metric, "name"),
    description: stringIn(metric, "description"),
    unit: stringIn(metric, "unit"),
    type,
    temporality: hasTemporality ? temporalities[numberIn(data, "aggregationTemporality")] : undefined,
    monotonic: type === "sum" ? data["isMonotonic"] === true : undefined,
    points: treesIn(data, "dataPoints").map((point) => pointOf(point, type)),
    resource,
    scope,
  };
}

function typeOf(metric: OtlpTree): MetricType {
  if ("sum" in metric) return "sum";
  if ("histogram" in metric) return "histogram";
  if ("exponentialHistogram" in metric) return "exponential_histogram";
  return "summary" in metric ? "summary" : "gauge";
}

function pointOf(point: OtlpTree, type: MetricType): ReceivedPoint {
  return {
    attributes: attributesOf(point),
    value: pointValue(point, type),
    startTimeUnixNano: bigintIn(point, "startTimeUnixNano"),
    timeUnixNano: bigintIn(point, "timeUnixNano"),
    exemplars: treesIn(point, "exemplars").map(exemplarOf),
  };
}

function pointValue(point: OtlpTree, type: MetricType): MetricValue {
  switch (type) {
    case "sum":
    case "gauge":
      return numberOf(point);
    case "histogram":
      return histogramOf(point);
    case "exponential_histogram":
      return exponentialHistogramOf(point);
    case "summary":
      return summaryOf(point);
  }
}

function numberOf(point: OtlpTree): number {
  return numberIn(point, "asInt" in point ? "asInt" : "asDouble");
}

function histogramOf(point: OtlpTree): HistogramValue {
  return {
    count: numberIn(point, "count"),
    sum: optionalNumber(point, "sum"),
    min: optionalNumber(point, "min"),
    max: optionalNumber(point, "max"),
    boundaries: numbersIn(point, "explicitBounds"),
    counts: numbersIn(point, "bucketCounts"),
  };
}

function exponentialHistogramOf(point: OtlpTree): ExponentialHistogramValue {
  const bucketsOf = (field: string): ExponentialHistogramValue["positive"] => {
    const buckets = treeIn(point, field);
    return { offset: numberIn(buckets, "offset"), counts: numbersIn(buckets, "bucketCounts") };
  };
  return {
    count: numberIn(point, "count"),
    sum: optionalNumber(point, "sum"),
    min: optionalNumber(point, "min"),
    max: optionalNumber(point, "max"),
    scale: numberIn(point, "scale"),
    zeroCount: numberIn(point, "zeroCount"),
    positive: bucketsOf("positive"),
    negative: bucketsOf("negative"),
  };
}

function summaryOf(point: OtlpTree): SummaryValue {
  const quantiles = treesIn(point, "quantileValues").map((entry) => ({
    quantile: numberIn(entry, "quantile"),
    value: numberIn(entry, "value"),
  }));
  return { count: numberIn(point, "count"), sum: numberIn(point, "sum"), quantiles };
}

function exemplarOf(exemplar: OtlpTree): ReceivedExemplar {
  return {
    value: numberOf(exemplar),
    timeUnixNano: bigintIn(exemplar, "timeUnixNano"),
    traceId: stringIn(exemplar, "traceId") || undefined,
    spanId: stringIn(exemplar, "spanId") || undefined,
    filteredAttributes: attributesOf(exemplar, "filteredAttributes"),
  };
}

function optionalNumber(point: OtlpTree, field: string): number | undefined {
  return field in point ? numberIn(point, field) : undefined;
}

function numbersIn(point: OtlpTree, field: string): readonly number[] {
  return ((point[field] as readonly (number | bigint)[] | undefined) ?? []).map(Number);
}
