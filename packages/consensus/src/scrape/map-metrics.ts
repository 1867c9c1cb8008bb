import { type ExpositionSample, expositionSamples } from "./exposition.ts";
import { type Rule, type System, systems } from "./systems.ts";

/** Buckets as a node counts them, each with all below it; the last is of `le` infinity. */
export interface MappedHistogram {
  readonly buckets: readonly (readonly [le: number, count: number])[];
  readonly sum: number;
  readonly count: number;
}

/** A metric of the catalogue, with the value that a node says. */
export interface MappedSample {
  /** As in the catalogue: `consensus.block.height`. */
  readonly name: string;
  /** `latest`: the last value that the node measured of what is a histogram in the catalogue. */
  readonly kind: "gauge" | "counter" | "histogram" | "latest";
  /** Those of the catalogue, without the chain or network. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number | MappedHistogram;
  /** Of `latest`, which of the node's own series it is. */
  readonly series?: string;
}

export interface MapOptions {
  /** @default found by the metrics that only it has */
  readonly system?: System;
}

/** A page of metrics of CometBFT, etcd or a beacon node in the words of the catalogue; nothing where it is none of these. */
export function mapMetrics(
  text: string,
  options: MapOptions = {},
): { readonly system: System | undefined; readonly chainId: string | undefined; readonly samples: MappedSample[] } {
  const system = options.system ?? systemOf(text);
  if (system === undefined) return { system, chainId: undefined, samples: [] };
  const { prefixes, rules } = systems[system];
  const wanted = new Map<string, string>();
  for (const { from, kind } of rules) {
    const endings = kind === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    for (const prefix of prefixes) for (const ending of endings) wanted.set(prefix + from + ending, from + ending);
  }
  const found = new Map<string, ExpositionSample[]>();
  let chainId: string | undefined;
  for (const sample of expositionSamples(text, (name) => wanted.has(name))) {
    const name = wanted.get(sample.name)!;
    const before = found.get(name);
    if (before === undefined) found.set(name, [sample]);
    else before.push(sample);
    chainId ??= sample.labels["chain_id"];
  }
  const mapped = new Map<string, MappedSample>();
  for (const rule of rules) {
    const own = rule.kind === "histogram" ? histograms(rule, found) : numbers(rule, found.get(rule.from) ?? []);
    for (const [key, sample] of own) if (!mapped.has(key)) mapped.set(key, sample);
  }
  return { system, chainId, samples: [...mapped.values(), ...lagOf(mapped)] };
}

function systemOf(text: string): System | undefined {
  const seen = new Set(Array.from(expositionSamples(text, isMark), ({ name }) => name));
  return systemNames.find((name) => marksOf(name).some((mark) => seen.has(mark)));
}

const systemNames = Object.keys(systems) as readonly System[];
const allMarks = new Set(systemNames.flatMap(marksOf));

function isMark(name: string): boolean {
  return allMarks.has(name);
}

function marksOf(system: System): string[] {
  const { prefixes, marks } = systems[system];
  return prefixes.flatMap((prefix) => marks.map((mark) => prefix + mark));
}

/** Samples that come to the same series add up: peers are told one by one. */
function numbers(rule: Rule, samples: readonly ExpositionSample[]): Map<string, MappedSample> {
  const { to: name, kind, value: convert = (value) => value } = rule;
  const mapped = new Map<string, MappedSample>();
  for (const { labels, value } of samples) {
    const attributes = rule.attributes === undefined ? {} : rule.attributes(labels);
    if (attributes === undefined || !Number.isFinite(value)) continue;
    const series = kind === "latest" ? JSON.stringify(labels) : undefined;
    const key = keyOf(name, attributes, series);
    const before = (mapped.get(key)?.value as number | undefined) ?? 0;
    const sum = { name, kind, attributes, value: before + convert(value) };
    mapped.set(key, series === undefined ? sum : { ...sum, series });
  }
  return mapped;
}

function histograms(
  rule: Rule,
  found: ReadonlyMap<string, readonly ExpositionSample[]>,
): Map<string, MappedSample & { readonly value: MappedHistogram }> {
  const building = new Map<
    string,
    { attributes: Readonly<Record<string, string>>; buckets: Map<number, number>; sum: number; count: number }
  >();
  for (const part of ["_bucket", "_sum", "_count"] as const) {
    for (const { labels, value } of found.get(rule.from + part) ?? []) {
      const attributes = rule.attributes === undefined ? {} : rule.attributes(labels);
      if (attributes === undefined || !Number.isFinite(value)) continue;
      const key = keyOf(rule.to, attributes);
      const one = building.get(key) ?? { attributes, buckets: new Map(), sum: 0, count: 0 };
      building.set(key, one);
      if (part === "_sum") one.sum += value;
      else if (part === "_count") one.count += value;
      else {
        const le = labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"]);
        if (!Number.isNaN(le)) one.buckets.set(le, (one.buckets.get(le) ?? 0) + value);
      }
    }
  }
  const mapped = new Map<string, MappedSample & { readonly value: MappedHistogram }>();
  for (const [key, { attributes, buckets, sum, count }] of building) {
    const value = { buckets: [...buckets].sort(([a], [b]) => a - b), sum, count };
    mapped.set(key, { name: rule.to, kind: "histogram", attributes, value });
  }
  return mapped;
}

function lagOf(mapped: ReadonlyMap<string, MappedSample>): MappedSample[] {
  const height = (status: string): unknown =>
    mapped.get(keyOf("consensus.block.height", { "consensus.block.status": status }))?.value;
  const [head, finalized] = [height("head"), height("finalized")];
  if (typeof head !== "number" || typeof finalized !== "number") return [];
  return [{ name: "consensus.finality.lag", kind: "gauge", attributes: {}, value: Math.max(0, head - finalized) }];
}

/** Which series of the catalogue it is. */
export function keyOf(name: string, attributes: Readonly<Record<string, string>>, series = ""): string {
  return JSON.stringify([name, Object.entries(attributes).sort(), series]);
}
