import { diag } from "@opentelemetry/api";
import type {
  DataPoint,
  DataPointType,
  ExponentialHistogram,
  Histogram,
  MetricData,
  ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import { type FamilyType, metricName } from "./name.ts";

/** All that is written under one name: one TYPE line and the series of every metric that translates to it. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly unit: string;
  readonly metrics: { readonly metric: MetricData; readonly scope: ScopeMetrics["scope"] }[];
}

// The numbers of sdk-metrics' DataPointType, written out so that this package loads no SDK.
export const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
export const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM;
export const GAUGE = 2 as DataPointType.GAUGE;
export const SUM = 3 as DataPointType.SUM;

/**
 * Groups metrics by their translated name. Where two cannot stand on one page, of another type or with a name that is also
 * a part of a histogram's, the first stays and the other is told once.
 */
export function families(scopes: readonly ScopeMetrics[], told: Set<string>): Family[] {
  const byName = new Map<string, Family>();
  const samples = new Map<string, string>();
  for (const { scope, metrics } of scopes) {
    for (const metric of metrics) {
      const type = familyType(metric);
      const { name: original, unit, description } = metric.descriptor;
      const name = metricName({ name: original, unit, type, ratio: metric.dataPointType === GAUGE });
      const family = name === undefined ? undefined : byName.get(name);
      const problem = name === undefined ? "leaves no name for Prometheus" : conflict({ name, type, family, samples });
      if (name === undefined || problem !== undefined) {
        tell(told, `telltale: ${original} ${problem ?? ""}; it is left out of the Prometheus page. Rename it.`);
      } else if (family !== undefined) {
        family.metrics.push({ metric, scope });
      } else {
        byName.set(name, { name, type, help: description, unit, metrics: [{ metric, scope }] });
        for (const sample of sampleNames(name, type)) samples.set(sample, name);
      }
    }
  }
  return [...byName.values()];
}

/** Points whose labels are already on the page are left out, because one duplicate makes Prometheus refuse the whole page. */
export function duplicateGuard(family: Family, told: Set<string>): (labels: string) => boolean {
  const seen = new Set<string>();
  return (labels) => {
    if (!seen.has(labels)) {
      seen.add(labels);
      return false;
    }
    tell(
      told,
      `telltale: ${family.name} has two series with the labels {${labels.slice(0, 200)}}; the later is left out.`,
    );
    return true;
  };
}

export type AnyPoint = DataPoint<number> | DataPoint<Histogram> | DataPoint<ExponentialHistogram>;

function familyType(metric: MetricData): FamilyType {
  switch (metric.dataPointType) {
    case SUM:
      return metric.isMonotonic ? "counter" : "gauge";
    case GAUGE:
      return "gauge";
    default:
      return "histogram";
  }
}

function conflict({
  name,
  type,
  family,
  samples,
}: {
  readonly name: string;
  readonly type: FamilyType;
  readonly family: Family | undefined;
  readonly samples: ReadonlyMap<string, string>;
}): string | undefined {
  if (family !== undefined) {
    return family.type === type ? undefined : `translates to ${name}, which already is a ${family.type}`;
  }
  for (const sample of sampleNames(name, type)) {
    const owner = samples.get(sample);
    if (owner !== undefined) return `translates to ${name}, whose ${sample} is already written by ${owner}`;
  }
  return undefined;
}

function sampleNames(name: string, type: FamilyType): string[] {
  if (type !== "histogram") return [name];
  return [name, `${name}_bucket`, `${name}_count`, `${name}_sum`];
}

function tell(told: Set<string>, message: string): void {
  if (told.has(message) || told.size > 1_000) return;
  told.add(message);
  diag.warn(message);
}
