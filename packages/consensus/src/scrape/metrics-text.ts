/** What pages of metrics of one node say, one after the other, in the instruments of the catalogue. */
import { diag } from "@opentelemetry/api";
import { type Catalogue, type Counter, counter, type Histogram, histogram } from "@telltale/metrics";
import { catalogue } from "../catalogue.ts";
import { consensusScope } from "../consensus-scope.ts";
import { LiveGauges, type LiveMetric } from "../live-gauges.ts";
import { catalogue as p2pCatalogue } from "../p2p/catalogue.ts";
import { livePeerCounts } from "../p2p/observe-networks.ts";
import { keyOf, type MappedHistogram, type MappedSample, mapMetrics } from "./map-metrics.ts";
import { replay } from "./replay.ts";
import type { System } from "./systems.ts";

export interface MetricsTextOptions {
  /** Name of the chain, and of its network of peers. @default the `chain_id` of the node, else the system's name */
  readonly chain?: string;
  /** @default found by the metrics that only it has */
  readonly system?: System;
  /** How long after a page its values are still present ones. @default for ever */
  readonly freshForMs?: number;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface MetricsText extends Disposable {
  /**
   * Takes the next page in: gauges as they are; counters and histograms by what they grew since the page before, so that the
   * first one is where counting begins. What of the catalogue was in it.
   */
  read(text: string): readonly MappedSample[];
}

/** Reads pages of one node. */
export function metricsText(options: MetricsTextOptions = {}): MetricsText {
  const { freshForMs = Number.POSITIVE_INFINITY, now = () => performance.now() } = options;
  const before = new Map<string, number | MappedHistogram>();
  let place: Place | undefined;
  return {
    read(text) {
      const { system, chainId, samples } = mapMetrics(text, options);
      if (system === undefined) return samples;
      place ??= new Place(options.chain ?? chainId ?? system, now);
      place.freshUntil(now() + freshForMs);
      for (const sample of samples) {
        const key = keyOf(sample.name, sample.attributes, sample.series);
        take(sample, place, before.get(key));
        before.set(key, sample.value);
      }
      return samples;
    },
    [Symbol.dispose]: () => {
      place?.[Symbol.dispose]();
      place = undefined;
    },
  };
}

/** Where the values of a node go. */
class Place implements Disposable {
  readonly name: string;
  private readonly gauges: LiveGauges;
  private readonly now: () => number;
  private peerCount: number | undefined;
  private readonly peerView: { readonly network: string; peers(): number | undefined };

  constructor(name: string, now: () => number) {
    this.name = name;
    this.now = now;
    this.gauges = new LiveGauges(name, now);
    const isFresh = () => this.now() <= this.gauges.freshUntilMs;
    this.peerView = { network: name, peers: () => (isFresh() ? this.peerCount : undefined) };
    livePeerCounts.add(this.peerView);
  }

  freshUntil(untilMs: number): void {
    this.gauges.freshUntilMs = untilMs;
  }

  set({ name, attributes }: MappedSample, value: number): void {
    if (name === "p2p.peers") this.peerCount = value;
    else this.gauges.set(gaugeNames.get(name)!, value, Object.values(attributes)[0]);
  }

  attributes({ name, attributes }: MappedSample): Readonly<Record<string, string>> {
    return { ...attributes, [name.startsWith("p2p.") ? "p2p.network" : "consensus.chain"]: this.name };
  }

  [Symbol.dispose](): void {
    this.gauges[Symbol.dispose]();
    livePeerCounts.delete(this.peerView);
  }
}

function take(sample: MappedSample, place: Place, before: number | MappedHistogram | undefined): void {
  const { name, kind, value } = sample;
  if (kind === "gauge") place.set(sample, value as number);
  else if (kind === "counter") {
    const [total, last] = [value as number, (before as number | undefined) ?? (value as number)];
    // Less than before: the node was started again, and counts from nothing.
    counters(name).add(total >= last ? total - last : total, place.attributes(sample));
  } else if (kind === "latest") {
    if (before !== undefined && before !== value) histograms(name).record(value as number, place.attributes(sample));
  } else takeHistogram(sample, place, before as MappedHistogram | undefined);
}

function takeHistogram(sample: MappedSample, place: Place, before: MappedHistogram | undefined): void {
  const now = sample.value as MappedHistogram;
  const isRestart = before !== undefined && now.count < before.count;
  // The first interval after a start spans the time that the node was down.
  if (before === undefined || (isRestart && sample.name === "consensus.block.interval")) return;
  const bound = histograms(sample.name);
  const attributes = place.attributes(sample);
  if (replay(now, isRestart ? undefined : before, (value) => bound.record(value, attributes))) return;
  if (told.has(sample.name)) return;
  told.add(sample.name);
  diag.warn(`telltale: ${sample.name} of ${place.name} grew by more than can be taken over at once; left out`);
}

const told = new Set<string>();

const entries: Catalogue = { ...catalogue, ...Object.fromEntries(Object.entries(p2pCatalogue)) };
const gaugeNames = new Map(Object.entries(catalogue).map(([key, { name }]) => [name as string, key as LiveMetric]));
const counters = byName((entry): Counter => counter({ ...entry, kind: "counter", scope: consensusScope }));
const histograms = byName((entry): Histogram => histogram({ ...entry, kind: "histogram", scope: consensusScope }));

/** The instrument of a name; of the same words as where else it is declared, so that it is the same one. */
function byName<I>(declare: (entry: Catalogue[string]) => I): (name: string) => I {
  const declared = new Map<string, I>();
  return (name) => {
    const before = declared.get(name);
    if (before !== undefined) return before;
    const made = declare(Object.values(entries).find((entry) => entry.name === name)!);
    declared.set(name, made);
    return made;
  };
}
