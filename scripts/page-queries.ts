/** Expressions that panels are made of; rates are over `$__rate_interval`, which Grafana fits to the page's time range. */
import type { CatalogueEntry } from "@telltale/metrics";
import type { State } from "./dashboard.ts";
import { type Selectors, selectors, type Where } from "./series.ts";

/** Conditions of the page's variables. */
export const ON_PAGE = ['job=~"$job"', 'instance=~"$instance"'] as const;

/** Selectors with the conditions of the page's variables. */
export const onPage: Selectors = selectors(ON_PAGE);

/** A counter's growth a second. */
export function perSecond(selector: string, ...by: readonly string[]): string {
  return grouped("sum", `rate(${selector}[$__rate_interval])`, by);
}

/** How much a counter grew in the time that the page shows. */
export function inRange(selector: string, ...by: readonly string[]): string {
  return grouped("sum", `increase(${selector}[$__range])`, by);
}

export function total(selector: string, ...by: readonly string[]): string {
  return grouped("sum", selector, by);
}

export function greatest(selector: string, ...by: readonly string[]): string {
  return grouped("max", selector, by);
}

export function least(selector: string, ...by: readonly string[]): string {
  return grouped("min", selector, by);
}

/** The quantile of a histogram's buckets. */
export function quantile(q: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${q}, ${grouped("sum", `rate(${buckets}[$__rate_interval])`, [...by, "le"])})`;
}

/** Several quantiles, by legends such as "{{venue}} p99". */
export function quantiles(qs: readonly number[], buckets: string, ...by: readonly string[]): Record<string, string> {
  const labels = by.map((label) => `{{${label}}} `).join("");
  return Object.fromEntries(qs.map((q) => [`${labels}p${q * 100}`, quantile(q, buckets, ...by)]));
}

/** Bucket counts for a heat map. */
export function bucketRates(buckets: string): string {
  return `sum by (le) (increase(${buckets}[$__rate_interval]))`;
}

/** A share of all, by the same labels. */
export function share(part: string, all: string): string {
  return `${part} / ${all}`;
}

/** A state set as one number: that of the state which is 1. */
export function stateNumber<E extends CatalogueEntry>(
  entry: E,
  attribute: keyof E["attributes"] & string,
  states: readonly State[],
  ...by: readonly string[]
): string {
  const weighted = states.map(
    ({ value, text }) => `${value} * ${onPage.series(entry, { [attribute]: text } as Where<E>)}`,
  );
  return grouped("sum", weighted.join(" or "), by);
}

function grouped(operator: string, expression: string, by: readonly string[]): string {
  return by.length === 0 ? `${operator}(${expression})` : `${operator} by (${by.join(", ")}) (${expression})`;
}
