import { diag } from "@opentelemetry/api";
import type { DataPointType, MetricData, ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { Instrument } from "../instrument.ts";
import type { FamilyType } from "./name.ts";
import { type Naming, translatedNames } from "./naming.ts";

/** A metric of the SDK, or an instrument of this package. */
export type FamilyPart =
  | { readonly metric: MetricData; readonly scope: ScopeMetrics["scope"] }
  | { readonly instrument: Instrument };

/** All that is written under one name: one TYPE line and the series of every part that translates to it. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly unit: string;
  readonly parts: FamilyPart[];
}

// The numbers of sdk-metrics' DataPointType, written out so that this package loads no SDK.
export const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
export const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM;
export const GAUGE = 2 as DataPointType.GAUGE;
export const SUM = 3 as DataPointType.SUM;

export interface FamilySources {
  readonly scopes: readonly ScopeMetrics[];
  readonly instruments: Iterable<Instrument>;
  /** What was said before, so that nothing is said at every scrape. */
  readonly told: Set<string>;
  /** @default translated */
  readonly naming?: Naming | undefined;
}

/**
 * Groups metrics by their translated name. Where two cannot stand on one page, of another type or with a name that is also
 * a part of a histogram's, the first stays and the other is told once.
 */
export function families({ scopes, instruments, told, naming = translatedNames }: FamilySources): Family[] {
  const byName = new Map<string, Family>();
  const samples = new Map<string, string>();
  for (const part of parts(scopes, instruments)) {
    const { original, type, unit, help, ratio } = described(part);
    const name = naming.metric({ name: original, unit, type, ratio });
    const family = name === undefined ? undefined : byName.get(name);
    const problem = name === undefined ? "leaves no name for Prometheus" : conflict({ name, type, family, samples });
    if (name === undefined || problem !== undefined) {
      tell(told, `telltale: ${original} ${problem ?? ""}; it is left out of the Prometheus page. Rename it.`);
    } else if (family !== undefined) {
      family.parts.push(part);
    } else {
      byName.set(name, { name, type, help, unit, parts: [part] });
      for (const sample of sampleNames(name, type)) samples.set(sample, name);
    }
  }
  return [...byName.values()];
}

/** Says a thing once. */
export function tell(told: Set<string>, message: string): void {
  if (told.has(message) || told.size > 1_000) return;
  told.add(message);
  diag.warn(message);
}

function* parts(scopes: readonly ScopeMetrics[], instruments: Iterable<Instrument>): Generator<FamilyPart> {
  for (const { scope, metrics } of scopes) for (const metric of metrics) yield { metric, scope };
  for (const instrument of instruments) yield { instrument };
}

function described(part: FamilyPart): {
  readonly original: string;
  readonly type: FamilyType;
  readonly unit: string;
  readonly help: string;
  readonly ratio: boolean;
} {
  if ("instrument" in part) {
    const { kind, name, unit, description } = part.instrument;
    return { original: name, type: instrumentTypes[kind], unit, help: description, ratio: kind === "gauge" };
  }
  const { descriptor, dataPointType } = part.metric;
  const { name, unit, description } = descriptor;
  return { original: name, type: metricType(part.metric), unit, help: description, ratio: dataPointType === GAUGE };
}

const instrumentTypes = {
  counter: "counter",
  upDownCounter: "gauge",
  gauge: "gauge",
  histogram: "histogram",
  exponentialHistogram: "histogram",
} as const satisfies Record<Instrument["kind"], FamilyType>;

function metricType(metric: MetricData): FamilyType {
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

/** With what OpenMetrics calls the family, and with what may be written beside it. */
function sampleNames(name: string, type: FamilyType): string[] {
  if (type === "counter") {
    const base = name.replace(/_total$/, "");
    return [name, base, `${base}_created`];
  }
  if (type !== "histogram") return [name];
  return [name, `${name}_bucket`, `${name}_count`, `${name}_sum`, `${name}_created`];
}
