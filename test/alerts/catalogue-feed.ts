/**
 * Samples of every metric of every catalogue, with values of no meaning: what hardware, a network or a fault would be needed
 * for has data here as well.
 */
import type { CatalogueEntry } from "@telltale/metrics";
import { type Labels, labelsOf, type Sample } from "@telltale/promql";
import { catalogue as baselines } from "../../scripts/baseline-catalogue.ts";
import { catalogueOf, cataloguePaths } from "../../scripts/catalogues.ts";
import { catalogue as http } from "../../scripts/http-catalogue.ts";
import { prometheusLabel, prometheusName } from "../../scripts/prometheus-name.ts";
import { catalogue as scrape } from "../../scripts/scrape-catalogue.ts";

export interface FeedOptions {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Values of attributes that are open, where an expression asks for certain ones. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  "http.response.status_code": ["200", "503"],
  "gpu.xid": ["79"],
  "hw.sensor_location": ["gpu", "memory"],
};

export async function catalogueFeed(options: FeedOptions): Promise<readonly Sample[]> {
  const catalogues = [http, baselines, scrape, ...(await Promise.all(cataloguePaths().map(catalogueOf)))];
  return catalogues.flatMap((catalogue) => Object.values(catalogue)).flatMap((entry) => samplesOf(entry, options));
}

function samplesOf(entry: CatalogueEntry, { startMs, endMs, stepMs }: FeedOptions): Sample[] {
  const samples: Sample[] = [];
  for (const { labels, rate } of seriesOf(entry)) {
    for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
      const step = (timeMs - startMs) / stepMs;
      samples.push({ labels, timeMs, value: rate === undefined ? 1 + Math.sin(step) : rate * step });
    }
  }
  return samples;
}

interface FedSeries {
  readonly labels: Labels;
  /** Growth in a step; a gauge has none. */
  readonly rate: number | undefined;
}

function seriesOf(entry: CatalogueEntry): FedSeries[] {
  const name = prometheusName(entry);
  return attributeSets(entry).flatMap((attributes): FedSeries[] => {
    const of = (suffix: string, more: Record<string, string> = {}): Labels =>
      labelsOf({ __name__: name + suffix, job: "feed", instance: "a", ...attributes, ...more });
    if (entry.kind === "counter") return [{ labels: of(""), rate: 3 }];
    if (entry.kind === "gauge" || entry.kind === "upDownCounter") return [{ labels: of(""), rate: undefined }];
    const bounds = [...(entry.boundaries ?? []).map(String), "+Inf"];
    return [
      ...bounds.map((le, i) => ({ labels: of("_bucket", { le }), rate: i + 1 })),
      { labels: of("_count"), rate: bounds.length },
      { labels: of("_sum"), rate: bounds.length },
    ];
  });
}

/** Each value of each closed attribute at least once; those of one series are taken side by side. */
function attributeSets({ attributes = {} }: CatalogueEntry): Record<string, string>[] {
  const values = Object.entries(attributes).map(
    ([key, rule]) => [prometheusLabel(key), "max" in rule ? (SPECIAL[key] ?? ["a"]) : rule.map(String)] as const,
  );
  const count = Math.max(1, ...values.map(([, { length }]) => length));
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(values.map(([label, all]) => [label, all[i % all.length]!])),
  );
}
