/**
 * Selectors of PromQL from the entries of a catalogue: a metric, an attribute or a value that no catalogue has is an error
 * of types. What stands around them in an expression is plain text.
 */
import type { CatalogueEntry, OpenAttribute } from "@telltale/metrics";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";

/** A regular expression over values, where a list of them is not enough. */
export interface Pattern {
  readonly pattern: string;
}

/** All values but this one. */
export interface Not<V> {
  readonly not: V;
}

type ValueOf<Rule> = Rule extends readonly (infer V)[] ? V : Rule extends OpenAttribute<infer V> ? V : never;

/** Conditions on the attributes of a metric: a value, several, a pattern, or all values but one. */
export type Where<E extends CatalogueEntry> = {
  readonly [K in keyof E["attributes"]]?:
    | ValueOf<E["attributes"][K]>
    | readonly ValueOf<E["attributes"][K]>[]
    | Not<ValueOf<E["attributes"][K]>>
    | Pattern;
};

export type Suffix = "_bucket" | "_sum" | "_count";

/** Writes selectors; `extra` matchers, such as those of a dashboard's variables, come after those of the attributes. */
export interface Selectors {
  /** A counter, a gauge or an up-down counter. */
  series<E extends CatalogueEntry>(entry: E, where?: Where<E>): string;
  /** What histogram_quantile() is made of. */
  buckets<E extends CatalogueEntry>(entry: E, where?: Where<E>): string;
  /** How many values a histogram has. */
  count<E extends CatalogueEntry>(entry: E, where?: Where<E>): string;
  /** The sum of the values of a histogram. */
  sum<E extends CatalogueEntry>(entry: E, where?: Where<E>): string;
}

export function selectors(extra: readonly string[] = []): Selectors {
  const of =
    (suffix: "" | Suffix) =>
    (entry: CatalogueEntry, where: Conditions = {}): string => {
      const isHistogram = entry.kind === "histogram" || entry.kind === "exponentialHistogram";
      if (isHistogram !== (suffix !== ""))
        throw new TypeError(`${entry.name} is a ${entry.kind}: take another selector`);
      const matchers = [...Object.entries(where).map(matcher), ...extra];
      return `${prometheusName(entry)}${suffix}${matchers.length === 0 ? "" : `{${matchers.join(",")}}`}`;
    };
  return { series: of(""), buckets: of("_bucket"), count: of("_count"), sum: of("_sum") };
}

/** One series as it is stored, for the samples of a test: `series`, with the labels that a scrape adds. */
export function stored<E extends CatalogueEntry>(
  entry: E,
  attributes: { readonly [K in keyof E["attributes"]]?: ValueOf<E["attributes"][K]> } = {},
  { suffix = "", le }: { readonly suffix?: "" | Suffix; readonly le?: string } = {},
): string {
  const labels = [
    ["instance", "a"],
    ...Object.entries<unknown>(attributes).map(([key, value]) => [prometheusLabel(key), String(value)]),
    ...(le === undefined ? [] : [["le", le]]),
  ].map(([name, value]) => `${name}="${value}"`);
  return `${prometheusName(entry)}${suffix}{${labels.join(",")}}`;
}

type Conditions = Readonly<Record<string, unknown>>;

function matcher([attribute, condition]: [string, unknown]): string {
  const label = prometheusLabel(attribute);
  if (Array.isArray(condition)) return `${label}=~"${condition.map(escaped).join("|")}"`;
  if (typeof condition !== "object" || condition === null) return `${label}="${condition}"`;
  if ("not" in condition) return `${label}!="${condition.not}"`;
  return `${label}=~"${(condition as Pattern).pattern}"`;
}

function escaped(value: unknown): string {
  return String(value).replace(/[.*+?^${}()|[\]\\]/g, "\\\\$&");
}
