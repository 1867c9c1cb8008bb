/** What every series of the catalogues is called, and which labels and values it may have. */
import type { AttributeDeclarations, AttributeValues, Catalogue } from "@telltale/metrics";
import { catalogue as baselines } from "./baseline-catalogue.ts";
import { catalogueOf, cataloguePaths } from "./catalogues.ts";
import { catalogue as http } from "./http-catalogue.ts";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";
import { catalogue as scrape } from "./scrape-catalogue.ts";

/** The values of a label, where they are listed; otherwise it may have any. */
export type LabelValues = ReadonlySet<string> | "any";

export type Labels = ReadonlyMap<string, LabelValues>;

/** Labels by the name of a series: of a histogram `_bucket`, `_sum` and `_count` each have an entry. */
export type MetricLabels = ReadonlyMap<string, Labels>;

/** Of all packages, and of the semantic conventions that our rules ask. */
export async function metricLabels(): Promise<MetricLabels> {
  return labelsOfCatalogues([http, baselines, scrape, ...(await Promise.all(cataloguePaths().map(catalogueOf)))]);
}

export function labelsOfCatalogues(catalogues: readonly Catalogue[]): MetricLabels {
  const all = new Map<string, Map<string, LabelValues>>();
  for (const entry of catalogues.flatMap((catalogue) => Object.values(catalogue))) {
    const name = prometheusName(entry);
    const isHistogram = entry.kind === "histogram" || entry.kind === "exponentialHistogram";
    for (const suffix of isHistogram ? ["_bucket", "_sum", "_count"] : [""]) {
      const labels = all.get(name + suffix) ?? new Map<string, LabelValues>(SCRAPED);
      if (suffix === "_bucket") labels.set("le", "any");
      for (const [attribute, rule] of Object.entries(entry.attributes ?? {}))
        add(labels, prometheusLabel(attribute), rule);
      all.set(name + suffix, labels);
    }
  }
  return all;
}

/** What Prometheus adds when it scrapes. */
const SCRAPED: readonly (readonly [string, LabelValues])[] = [
  ["job", "any"],
  ["instance", "any"],
];

/** Two packages may have one metric: `hw.temperature` is of the host and of its GPUs. */
function add(
  labels: Map<string, LabelValues>,
  label: string,
  rule: AttributeDeclarations<AttributeValues>[string],
): void {
  const known = labels.get(label);
  if ("max" in rule || known === "any") labels.set(label, "any");
  else labels.set(label, new Set([...(known ?? []), ...rule.map(String), "other"]));
}
