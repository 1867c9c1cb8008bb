/** Series with their values as Prometheus' test language writes them: `metric{a="b"} 1 2+3x4 _ stale {{sum:1 count:1}}`. */

import { parseDuration } from "../duration.ts";
import { addHistograms, subtractHistograms } from "../histogram/add-histograms.ts";
import {
  bucketsFrom,
  type CounterResetHint,
  type FloatHistogram,
  floatHistogram,
} from "../histogram/float-histogram.ts";
import { type Labels, labelsOf, METRIC_NAME } from "../labels.ts";
import { parseNumber } from "../number-literal.ts";
import { unquote } from "../string-literal.ts";

/** One place of a sequence. */
export type SequenceValue =
  | { readonly kind: "omitted" }
  | { readonly kind: "stale" }
  | { readonly kind: "float"; readonly value: number }
  | {
      readonly kind: "histogram";
      readonly histogram: FloatHistogram;
      /** The hint was written, so a result must have it. */
      readonly hintGiven: boolean;
    };

export interface SeriesDescription {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
}

/** @throws Error */
export function parseSeriesDescription(text: string): SeriesDescription {
  const { labels, rest } = parseMetric(text);
  return { labels, values: parseSequence(rest) };
}

/** A metric with its labels at the start of a text, and what follows. @throws Error */
export function parseMetric(text: string): { readonly labels: Labels; readonly rest: string } {
  const name = /^[\p{L}_:][\p{L}\p{N}_:.]*/u.exec(text)?.[0] ?? "";
  const values: Record<string, string> = Object.create(null);
  if (name !== "") values[METRIC_NAME] = name;
  let rest = text.slice(name.length);
  const braces = /^\s*\{(?!\{)/.exec(rest);
  if (braces === null) {
    if (name === "") throw new Error(`expected a metric at ${JSON.stringify(text)}`);
    return { labels: labelsOf(values), rest };
  }
  rest = rest.slice(braces[0].length);
  for (;;) {
    const close = /^[\s,]*\}/.exec(rest);
    if (close !== null) return { labels: labelsOf(values), rest: rest.slice(close[0].length) };
    const pair =
      /^[\s,]*([\p{L}_][\p{L}\p{N}_.]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*(=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))?/u.exec(
        rest,
      );
    if (pair === null) throw new Error(`expected a label at ${JSON.stringify(rest)}`);
    const label = /^["'`]/.test(pair[1]!) ? unquote(pair[1]!)! : pair[1]!;
    if (pair[2] === undefined) values[METRIC_NAME] = label;
    else values[label] = unquote(pair[3]!)!;
    rest = rest.slice(pair[0].length);
  }
}

function parseSequence(text: string): readonly SequenceValue[] {
  const values: SequenceValue[] = [];
  let rest = text;
  for (;;) {
    rest = rest.trimStart();
    if (rest === "") return values;
    const item = /^(?:\{\{[^}]*\}\}(?:[+-]\{\{[^}]*\}\})?(?:x\d+)?|\S+)/.exec(rest)![0];
    values.push(...parseItem(item));
    rest = rest.slice(item.length);
    if (rest !== "" && !/^\s/.test(rest)) throw new Error(`unexpected ${JSON.stringify(rest)} after ${item}`);
  }
}

function parseItem(item: string): readonly SequenceValue[] {
  const omitted = /^_(?:x(\d+))?$/.exec(item);
  if (omitted !== null) return new Array(Number(omitted[1] ?? 1)).fill({ kind: "omitted" });
  if (item.startsWith("{{")) return parseHistograms(item);
  const stale = /^stale(?:x(\d+))?$/.exec(item);
  if (stale !== null) return new Array(Number(stale[1] ?? 0) + 1).fill({ kind: "stale" });
  const float = sequence.exec(item);
  if (float === null) throw new Error(`cannot read the value ${JSON.stringify(item)}`);
  const start = numberOf(float[1]!);
  if (float[2] !== undefined && float[3] === undefined) throw new Error(`a step needs a count: ${item}`);
  const step = float[2] === undefined ? 0 : numberOf(float[2]);
  const values: SequenceValue[] = [];
  let value = start;
  for (let i = 0; i <= Number(float[3] ?? 0); i++) {
    values.push({ kind: "float", value });
    value += step;
  }
  return values;
}

const literal =
  "(?:inf|nan|\\d+(?:ms|[smhdwy])(?:\\d+(?:ms|[smhdwy]))*|(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:e[+-]?\\d+)?)";

/** `start`, `start+step`, `start-step`, each with `xtimes`. */
const sequence = new RegExp(`^([+-]?${literal})([+-]${literal})?(?:x(\\d+))?$`, "i");

function numberOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const magnitude = text.replace(/^[+-]/, "");
  if (/^\d+(?:ms|[smhdwy])/.test(magnitude)) return (sign * parseDuration(magnitude)) / 1000;
  return sign * parseNumber(magnitude);
}

function parseHistograms(item: string): readonly SequenceValue[] {
  const parts = /^\{\{([^}]*)\}\}(?:([+-])\{\{([^}]*)\}\})?(?:x(\d+))?$/.exec(item);
  if (parts === null) throw new Error(`cannot read the histogram ${JSON.stringify(item)}`);
  const first = parseHistogram(parts[1]!);
  const times = Number(parts[4] ?? 0);
  if (parts[2] === undefined) {
    return new Array(times + 1).fill({ kind: "histogram", histogram: first.histogram, hintGiven: first.hintGiven });
  }
  if (parts[4] === undefined) throw new Error(`a step needs a count: ${item}`);
  const step = parseHistogram(parts[3]!);
  const combine = parts[2] === "+" ? addHistograms : subtractHistograms;
  const values: SequenceValue[] = [];
  let { histogram } = first;
  for (let i = 0; i <= times; i++) {
    values.push({ kind: "histogram", histogram, hintGiven: step.hintGiven });
    if (i === times) break;
    if (histogram.schema > step.histogram.schema) {
      throw new Error(
        `error combining histograms: cannot merge from schema ${step.histogram.schema} to ${histogram.schema}`,
      );
    }
    ({ histogram } = combine(histogram, step.histogram));
  }
  return values;
}

function parseHistogram(text: string): { histogram: FloatHistogram; hintGiven: boolean } {
  const fields = new Map<string, string>();
  for (const match of text.matchAll(/([a-z_]+):(\[[^\]]*\]|\S+)|(\S+)/gi)) {
    if (match[1] === undefined) throw new Error(`bad histogram descriptor found: ${JSON.stringify(match[3])}`);
    const name = match[1].toLowerCase();
    if (!known.has(name)) throw new Error(`bad histogram descriptor found: ${JSON.stringify(match[1])}`);
    if (fields.has(name)) throw new Error(`duplicate key ${JSON.stringify(name)} in histogram`);
    fields.set(name, match[2]!);
  }
  const number = (name: string) => (fields.has(name) ? numberOf(fields.get(name)!) : 0);
  const list = (name: string) => {
    const items = fields.get(name)?.slice(1, -1).trim() ?? "";
    return items === "" ? [] : items.split(/\s+/).map(numberOf);
  };
  const hint = fields.get("counter_reset_hint");
  const histogram = floatHistogram({
    schema: number("schema"),
    sum: number("sum"),
    count: number("count"),
    zeroCount: number("z_bucket"),
    zeroThreshold: number("z_bucket_w"),
    customValues: list("custom_values"),
    positive: bucketsFrom(number("offset"), list("buckets")),
    negative: bucketsFrom(number("n_offset"), list("n_buckets")),
    counterResetHint: (hint ?? "unknown") as CounterResetHint,
  });
  return { histogram, hintGiven: hint !== undefined };
}

const known: ReadonlySet<string> = new Set([
  ...["schema", "sum", "count", "z_bucket", "z_bucket_w", "custom_values", "counter_reset_hint"],
  ...["buckets", "offset", "n_buckets", "n_offset"],
]);
