import type { Attributes } from "@opentelemetry/api";
import { labelOf, labelPairs } from "../prometheus/labels.ts";

/** The labels that a series has on the Prometheus page: names and values in turn, sorted by name, without empty ones. */
export function seriesLabels(attributes: Attributes): readonly string[] {
  const pairs: string[] = [];
  const labels = labelPairs(attributes);
  for (const name of [...labels.keys()].sort()) {
    const value = labels.get(name) as string;
    // No label is the same as an empty one.
    if (value !== "") pairs.push(name, wellFormed(value));
  }
  return pairs;
}

/** The same for equal labels, and for no others. */
export function labelsKey(labels: readonly string[]): string {
  return JSON.stringify(labels);
}

/**
 * Says of one set of attributes after the other, all of them different, whether its labels cannot be those of another one: for as
 * long as it says so, nobody has to keep the labels to compare. They may be by keys that translate alike, values that are empty
 * or of several types, and lone surrogates.
 */
export function staysDistinct(): (attributes: Attributes) => boolean {
  const types = new Map<string, string>();
  const labels = new Set<string>();
  return (attributes) => {
    for (const key in attributes) {
      const value = attributes[key];
      const type = typeof value;
      if (type === "object" || value === "" || (type === "string" && SURROGATE.test(value as string))) return false;
      const before = types.get(key);
      if (before === type) continue;
      const label = labelOf(key);
      if (before !== undefined || label === undefined || labels.has(label)) return false;
      types.set(key, type);
      labels.add(label);
    }
    return true;
  };
}

/** As it would be in UTF-8, which has no lone surrogates. */
function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

const SURROGATE = /\p{Surrogate}/u;
