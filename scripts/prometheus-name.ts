import type { CatalogueEntry } from "@telltale/metrics";
import { labelName, metricName } from "../packages/metrics/src/prometheus/name.ts";

/** The name that a metric has in Prometheus; of a histogram the family's, without `_bucket`, `_sum` and `_count`. */
export function prometheusName({ name, unit, kind }: CatalogueEntry): string {
  const type = kind === "counter" ? "counter" : kind === "gauge" || kind === "upDownCounter" ? "gauge" : "histogram";
  return metricName({ name, unit, type, ratio: kind === "gauge" }) ?? "";
}

/** The label of an attribute: `trading.venue` is `trading_venue`. */
export function prometheusLabel(attribute: string): string {
  return labelName(attribute) ?? "";
}
