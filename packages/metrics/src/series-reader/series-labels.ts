import type { Attributes } from "@opentelemetry/api";
import { labelPairs } from "../prometheus/labels.ts";

/** Labels as they go over, and what they have in common with no others. */
export interface SeriesLabels {
  /** Names and values in turn, sorted by name, without empty ones. */
  readonly pairs: readonly string[];
  readonly key: string;
}

/** The labels that a series has on the Prometheus page. */
export function seriesLabels(attributes: Attributes): SeriesLabels {
  const pairs: string[] = [];
  // No label is the same as an empty one.
  const labels = [...labelPairs(attributes)].filter(([, value]) => value !== "");
  for (const [name, value] of labels.sort(([a], [b]) => (a < b ? -1 : 1))) pairs.push(name, wellFormed(value));
  return { pairs, key: JSON.stringify(pairs) };
}

/** As it would be in UTF-8, which has no lone surrogates. */
function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

const SURROGATE = /\p{Surrogate}/u;
