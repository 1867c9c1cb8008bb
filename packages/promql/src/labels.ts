import { goQuote } from "./go-quote.ts";

/**
 * The labels of a series, sorted by name, none of them empty; the name of the metric is the label `__name__`.
 * Immutable: make them with `labelsOf`. As JSON they are an object.
 */
export interface Labels {
  /** Names and values in turn. */
  readonly pairs: readonly string[];
  /** The same for equal labels, and for no others. */
  readonly key: string;
}

class LabelSet implements Labels {
  readonly pairs: readonly string[];
  readonly key: string;
  /** Without the name and the other metadata, once somebody asked. */
  #bare: Labels | undefined;

  constructor(pairs: readonly string[], key: string) {
    this.pairs = pairs;
    this.key = key;
  }

  withoutMetadata(): Labels {
    this.#bare ??= withoutMatching(this, isMetadataLabel);
    return this.#bare;
  }

  toJSON(): Record<string, string> {
    return toRecord(this);
  }
}

export const METRIC_NAME = "__name__";

export const noLabels: Labels = fromPairs([]);

/** Labels from an object. Empty values count as absent. */
export function labelsOf(values: Readonly<Record<string, string>>): Labels {
  const pairs: string[] = [];
  for (const name of Object.keys(values).sort(compareNames)) {
    const value = values[name]!;
    if (value !== "") pairs.push(name, value);
  }
  return fromPairs(pairs);
}

/** Labels from names and values in turn that are sorted by name already, without empty values. */
export function fromPairs(pairs: readonly string[]): Labels {
  let ambiguous = false;
  for (const part of pairs) if (part.includes("\0")) ambiguous = true;
  return new LabelSet(pairs, ambiguous ? JSON.stringify(pairs) : pairs.join("\0"));
}

/** The value of one label, empty where there is none. */
export function labelValue({ pairs }: Labels, name: string): string {
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1]!;
  return "";
}

export function metricName(labels: Labels): string {
  return labelValue(labels, METRIC_NAME);
}

export function toRecord({ pairs }: Labels): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  for (let i = 0; i < pairs.length; i += 2) record[pairs[i]!] = pairs[i + 1]!;
  return record;
}

/** What an operation makes no statement about any more: the metric's name, type and unit. */
export function isMetadataLabel(name: string): boolean {
  return name === METRIC_NAME || name === "__type__" || name === "__unit__";
}

/** Without name, type and unit. */
export function withoutMetadata(labels: Labels): Labels {
  return labels instanceof LabelSet ? labels.withoutMetadata() : withoutMatching(labels, isMetadataLabel);
}

export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return withoutMatching(labels, (name) => !names.has(name));
}

export function withoutLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return withoutMatching(labels, (name) => names.has(name));
}

/** With one label set, or removed when the value is empty. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  if (labelValue(labels, name) === value) return labels;
  const pairs: string[] = [];
  let placed = value === "";
  for (let i = 0; i < labels.pairs.length; i += 2) {
    const other = labels.pairs[i]!;
    if (other === name) continue;
    if (!placed && compareNames(name, other) < 0) {
      pairs.push(name, value);
      placed = true;
    }
    pairs.push(other, labels.pairs[i + 1]!);
  }
  if (!placed) pairs.push(name, value);
  return fromPairs(pairs);
}

/** The order of range results: label by label, name before value, the shorter one first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.pairs.length, b.pairs.length);
  for (let i = 0; i < shared; i++) {
    const order = compareNames(a.pairs[i]!, b.pairs[i]!);
    if (order !== 0) return order;
  }
  return a.pairs.length - b.pairs.length;
}

/** `{job="api", status="500"}`, the name among them, as Prometheus writes a metric in messages. */
export function formatLabels({ pairs }: Labels): string {
  const parts: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i]!;
    parts.push(`${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : goQuote(name)}=${goQuote(pairs[i + 1]!)}`);
  }
  return `{${parts.join(", ")}}`;
}

/** A label may have any name in UTF-8 that is not empty. */
export function isLabelName(name: string): boolean {
  return name !== "" && !/\p{Surrogate}/u.test(name);
}

/** Strings by code point: the order of their bytes in UTF-8, unlike that of UTF-16 beyond the first plane. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    const surrogates = left >= 0xd800 && right >= 0xd800;
    return surrogates ? a.codePointAt(i)! - b.codePointAt(i)! : left - right;
  }
  return a.length - b.length;
}

function withoutMatching(labels: Labels, drops: (name: string) => boolean): Labels {
  const { pairs } = labels;
  let kept: string[] | undefined;
  for (let i = 0; i < pairs.length; i += 2) {
    if (drops(pairs[i]!)) kept ??= pairs.slice(0, i);
    else if (kept !== undefined) kept.push(pairs[i]!, pairs[i + 1]!);
  }
  return kept === undefined ? labels : kept.length === 0 ? noLabels : fromPairs(kept);
}
