/**
 * What instruments recorded since the last reset. Counters and histograms are collected as deltas and added up here,
 * because a cumulative reader cannot forget; what has a present value (gauges, up-down counters) is replaced.
 */
import type { Attributes } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import type { ExponentialHistogramValue, HistogramValue, MetricType, MetricValue } from "./metric-value.ts";

/** A metric as its instruments recorded it. */
export interface CollectedMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly type: MetricType;
  /** In order of first recording. */
  readonly points: readonly CollectedPoint[];
}

export interface CollectedPoint {
  readonly attributes: Attributes;
  readonly value: MetricValue;
  /** Name of the meter. */
  readonly scope: string;
}

export interface MetricStore {
  add(scopeMetrics: readonly ScopeMetrics[]): void;
  get(name: string): CollectedMetric | undefined;
  all(): readonly CollectedMetric[];
  clear(): void;
}

interface StoredMetric extends Omit<CollectedMetric, "points"> {
  readonly points: Map<string, CollectedPoint>;
}

export function metricStore(): MetricStore {
  const stored = new Map<string, StoredMetric>();
  const collected = ({ points, ...metric }: StoredMetric): CollectedMetric => ({
    ...metric,
    points: [...points.values()],
  });
  return {
    add(scopeMetrics) {
      for (const { scope, metrics } of scopeMetrics) {
        for (const data of metrics) addMetric(stored, scope.name, data);
      }
    },
    get(name) {
      const metric = stored.get(name);
      return metric && collected(metric);
    },
    all: () => [...stored.values()].map(collected),
    clear: () => stored.clear(),
  };
}

function addMetric(stored: Map<string, StoredMetric>, scope: string, data: MetricData): void {
  if (data.dataPoints.length === 0) return;
  const { name, description, unit } = data.descriptor;
  const metric = stored.get(name) ?? { name, description, unit, type: typeOf(data.dataPointType), points: new Map() };
  stored.set(name, metric);
  const isDelta = data.aggregationTemporality === AggregationTemporality.DELTA;
  for (const { attributes, value } of data.dataPoints) {
    const key = JSON.stringify([scope, Object.entries(attributes).sort()]);
    const before = metric.points.get(key)?.value;
    const now = metricValue(value);
    const adds = isDelta && data.dataPointType !== DataPointType.GAUGE && before !== undefined;
    metric.points.set(key, { attributes, value: adds ? sumOf(before, now) : now, scope });
  }
}

function typeOf(type: DataPointType): MetricType {
  switch (type) {
    case DataPointType.SUM:
      return "sum";
    case DataPointType.GAUGE:
      return "gauge";
    case DataPointType.HISTOGRAM:
      return "histogram";
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return "exponential_histogram";
  }
}

function metricValue(value: number | Histogram | ExponentialHistogram): MetricValue {
  if (typeof value === "number") return value;
  const { count, sum, min, max } = value;
  if ("buckets" in value) return { count, sum, min, max, ...value.buckets };
  const buckets = (side: ExponentialHistogram["positive"]): ExponentialHistogramValue["positive"] => ({
    offset: side.offset,
    counts: side.bucketCounts,
  });
  const { scale, zeroCount, positive, negative } = value;
  return { count, sum, min, max, scale, zeroCount, positive: buckets(positive), negative: buckets(negative) };
}

function sumOf(before: MetricValue, now: MetricValue): MetricValue {
  if (typeof before === "number" && typeof now === "number") return before + now;
  if (isHistogram(before) && isHistogram(now)) return sumOfHistograms(before, now);
  return now;
}

function isHistogram(value: MetricValue): value is HistogramValue {
  return typeof value === "object" && "boundaries" in value;
}

function sumOfHistograms(before: HistogramValue, now: HistogramValue): HistogramValue {
  return {
    count: before.count + now.count,
    sum: before.sum === undefined || now.sum === undefined ? undefined : before.sum + now.sum,
    min: before.min === undefined || now.min === undefined ? undefined : Math.min(before.min, now.min),
    max: before.max === undefined || now.max === undefined ? undefined : Math.max(before.max, now.max),
    boundaries: now.boundaries,
    counts: now.counts.map((count, i) => count + before.counts[i]!),
  };
}
