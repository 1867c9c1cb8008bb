import type { Attributes, HrTime } from "@opentelemetry/api";
import type { DataPoint, Histogram, MetricData, ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { InstrumentKind, PointValue } from "../../instrument.ts";
import { mergeValues } from "../../point-value.ts";
import { EXPONENTIAL_HISTOGRAM, GAUGE, HISTOGRAM, tell } from "../family.ts";

/** What one process or thread has. */
export interface MemberMetrics {
  /** What its gauges carry as the label `worker`. */
  readonly member: string;
  readonly scopes: readonly ScopeMetrics[];
}

/**
 * What becomes of a gauge that several workers have: `each` keeps all of them apart by a label `worker`; `last` is that of the
 * worker that was started last.
 */
export type GaugeMerge = "each" | "sum" | "max" | "min" | "last";

export interface MergeOptions {
  readonly gauges: GaugeMerge;
  /** What was said before, so that nothing is said at every scrape. */
  readonly told: Set<string>;
}

/** Counters, up-down counters and histograms of all members summed, by name and attributes, and gauges as `gauges` says. */
export function mergeMetrics(members: readonly MemberMetrics[], options: MergeOptions): ScopeMetrics[] {
  const scopes = new Map<string, { readonly scope: ScopeMetrics["scope"]; readonly metrics: Map<string, Merged> }>();
  for (const { member, scopes: own } of members) {
    for (const { scope, metrics } of own) {
      const key = `${scope.name}\n${scope.version ?? ""}\n${scope.schemaUrl ?? ""}`;
      const into = scopes.get(key) ?? { scope, metrics: new Map() };
      scopes.set(key, into);
      for (const metric of metrics) add(into.metrics, metric, { ...options, member });
    }
  }
  return Array.from(scopes.values(), ({ scope, metrics }) => ({
    scope,
    metrics: Array.from(metrics.values(), finished),
  }));
}

/** What goes on to count of members that are gone: a total that fell would look to Prometheus like a counter that began anew. */
export function lasting(scopes: readonly ScopeMetrics[]): ScopeMetrics[] {
  return scopes.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.filter((metric) => (isSum(metric) ? metric.isMonotonic : metric.dataPointType !== GAUGE)),
  }));
}

type AnyPoint = DataPoint<PointValue>;

interface Merged {
  readonly metric: MetricData;
  readonly points: Map<string, AnyPoint>;
}

function add(
  metrics: Map<string, Merged>,
  metric: MetricData,
  { gauges, member, told }: MergeOptions & { readonly member: string },
): void {
  const kind = kindOf(metric);
  const key = `${metric.descriptor.name}\n${metric.descriptor.unit}\n${kind}`;
  const merged = metrics.get(key) ?? { metric, points: new Map() };
  metrics.set(key, merged);
  for (const point of metric.dataPoints as AnyPoint[]) {
    const apart = kind === "gauge" && gauges === "each";
    const attributes: Attributes = apart ? { ...point.attributes, worker: member } : point.attributes;
    const text = JSON.stringify(Object.entries(attributes).sort(byKey));
    const before = merged.points.get(text);
    const joined = before === undefined ? { ...point, attributes } : join(kind, before, { point, gauges });
    if (joined !== undefined) merged.points.set(text, joined);
    else
      tell(told, `telltale: ${metric.descriptor.name} has other boundaries in worker ${member}; it is left out there.`);
  }
}

function join(
  kind: InstrumentKind,
  before: AnyPoint,
  { point, gauges }: { readonly point: AnyPoint; readonly gauges: GaugeMerge },
): AnyPoint | undefined {
  const startTime = earlier(before.startTime, point.startTime);
  if (kind === "gauge") {
    const value = gauge(before.value as number, point.value as number, gauges);
    return { ...point, attributes: before.attributes, startTime, value };
  }
  if (kind === "histogram" && !sameBoundaries(before.value as Histogram, point.value as Histogram)) return undefined;
  const value = mergeValues(kind, before.value, point.value);
  return { ...point, attributes: before.attributes, startTime, value };
}

function gauge(before: number, next: number, policy: GaugeMerge): number {
  switch (policy) {
    case "sum":
      return before + next;
    case "max":
      return Math.max(before, next);
    case "min":
      return Math.min(before, next);
    case "each":
    case "last":
      return next;
  }
}

function finished({ metric, points }: Merged): MetricData {
  return { ...metric, dataPoints: [...points.values()] } as MetricData;
}

function isSum(metric: MetricData): metric is MetricData & { readonly isMonotonic: boolean } {
  return "isMonotonic" in metric;
}

function kindOf(metric: MetricData): InstrumentKind {
  if (isSum(metric)) return metric.isMonotonic ? "counter" : "upDownCounter";
  switch (metric.dataPointType) {
    case HISTOGRAM:
      return "histogram";
    case EXPONENTIAL_HISTOGRAM:
      return "exponentialHistogram";
    default:
      return "gauge";
  }
}

function sameBoundaries({ buckets: { boundaries: a } }: Histogram, { buckets: { boundaries: b } }: Histogram): boolean {
  return a.length === b.length && a.every((limit, i) => limit === b[i]);
}

function earlier(a: HrTime, b: HrTime): HrTime {
  return a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]) ? a : b;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
