import { goQuote, parseDuration, printHistogram, toRecord, type VectorSample } from "@telltale/promql";
import { queryEscape } from "../go-template/builtins.ts";
import { formatFloat } from "../go-template/format-float.ts";
import {
  compareBytes,
  GoMap,
  GoSlice,
  GoStruct,
  type TemplateFunction,
  typeName,
  type Value,
} from "../go-template/value.ts";
import { goDuration, goTime } from "./go-time.ts";
import { fourDigits, humanize, humanize1024, humanizeDuration, humanizePercentage } from "./humanize.ts";
import { matchesPattern, replacePattern } from "./replace-pattern.ts";

/** What the functions of a template in a rule depend on. */
export interface TemplateSurroundings {
  readonly timeMs: number;
  /** The samples of an instant query now. @throws Error */
  readonly query: (text: string) => readonly VectorSample[];
  readonly externalUrl: string;
}

/** All functions that Prometheus adds to Go's. */
export function prometheusFunctions({
  timeMs,
  query,
  externalUrl,
}: TemplateSurroundings): ReadonlyMap<string, TemplateFunction> {
  return new Map<string, TemplateFunction>([
    ...stateless,
    ["query", { parameters: ["string"], call: (text) => queryResult(query(text as string)) }],
    ["now", { parameters: [], call: () => timeMs / 1000 }],
    ["externalURL", { parameters: [], call: () => externalUrl }],
    ["pathPrefix", { parameters: [], call: () => pathOf(externalUrl) }],
  ]);
}

/** The value of a sample as templates see it. */
export function sampleValue({ value, histogram }: Pick<VectorSample, "value" | "histogram">): Value {
  if (histogram === undefined) return value;
  const { schema, zeroThreshold, zeroCount, count, sum } = histogram;
  const fields = { Schema: BigInt(schema), ZeroThreshold: zeroThreshold, ZeroCount: zeroCount, Count: count, Sum: sum };
  return new GoStruct("*histogram.FloatHistogram", fields, { text: () => printHistogram(histogram) });
}

const SAMPLE = "*template.sample";
const QUERY_RESULT = "template.queryResult";

function queryResult(samples: readonly VectorSample[]): GoSlice {
  const items = samples.map(
    (sample) => new GoStruct(SAMPLE, { Labels: GoMap.ofStrings(toRecord(sample.labels)), Value: sampleValue(sample) }),
  );
  return new GoSlice(QUERY_RESULT, items);
}

const text = (call: (text: string) => Value): TemplateFunction => ({
  parameters: ["string"],
  call: (value) => call(value as string),
});
const number = (call: (value: number) => Value): TemplateFunction => ({
  parameters: ["any"],
  call: (value) => call(toFloat(value!)),
});

const stateless: readonly (readonly [string, TemplateFunction])[] = [
  ["first", { parameters: [QUERY_RESULT], call: (result) => first(result as GoSlice) }],
  ["label", { parameters: ["string", SAMPLE], call: (name, sample) => labelOf(sample as GoStruct, name as string) }],
  ["value", { parameters: [SAMPLE], call: (sample) => (sample as GoStruct).fields.get("Value")! }],
  ["strvalue", { parameters: [SAMPLE], call: (sample) => labelOf(sample as GoStruct, "__value__") }],
  [
    "sortByLabel",
    { parameters: ["string", QUERY_RESULT], call: (name, result) => sortByLabel(name as string, result as GoSlice) },
  ],
  ["args", { parameters: [], rest: "any", call: (...values) => named(values) }],
  [
    "reReplaceAll",
    {
      parameters: ["string", "string", "string"],
      call: (...parts) => replacePattern(...(parts as [string, string, string])),
    },
  ],
  [
    "match",
    { parameters: ["string", "string"], call: (pattern, value) => matchesPattern(pattern as string, value as string) },
  ],
  ["safeHtml", text((value) => value)],
  ["title", text(title)],
  ["toUpper", text((value) => value.toUpperCase())],
  ["toLower", text((value) => value.toLowerCase())],
  ["graphLink", text((expression) => `/graph?g0.expr=${queryEscape(expression)}&g0.tab=0`)],
  ["tableLink", text((expression) => `/graph?g0.expr=${queryEscape(expression)}&g0.tab=1`)],
  ["stripPort", text((value) => splitHostPort(value)?.host ?? value)],
  ["stripDomain", text(stripDomain)],
  ["humanize", number(humanize)],
  ["humanize1024", number(humanize1024)],
  ["humanizeDuration", number(humanizeDuration)],
  ["humanizePercentage", number(humanizePercentage)],
  [
    "humanizeTimestamp",
    number((value) => (Number.isFinite(value) ? goTime(checkedTimeMs(value)).text!() : fourDigits(value))),
  ],
  ["toTime", number((value) => goTime(checkedTimeMs(value)))],
  ["toDuration", number((value) => goDuration(value))],
  ["parseDuration", text(durationSeconds)],
  ["urlQueryEscape", text(queryEscape)],
];

/** The names that a template in a rule may call. */
export const prometheusFunctionNames: ReadonlySet<string> = new Set([
  ...prometheusFunctions({ timeMs: 0, query: () => [], externalUrl: "" }).keys(),
]);

/** What Prometheus converts to a number: numbers, strings that hold one, durations. */
function toFloat(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string") return parseFloatText(value);
  if (value instanceof GoStruct && value.type === "time.Duration") return value.number!;
  throw new Error(`can't convert ${typeName(value)} to float`);
}

function parseFloatText(value: string): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)) {
    const parsed = Number(value);
    if (Number.isFinite(parsed)) return parsed;
    throw new Error(`strconv.ParseFloat: parsing ${goQuote(value)}: value out of range`);
  }
  if (/^[+-]?inf(?:inity)?$/i.test(value)) return value.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(value)) return Number.NaN;
  throw new Error(`strconv.ParseFloat: parsing ${goQuote(value)}: invalid syntax`);
}

function checkedTimeMs(seconds: number): number {
  if (!Number.isFinite(seconds)) throw new Error("value is NaN or Inf");
  if (Math.abs(seconds) * 1e9 > 2 ** 63) {
    const shown = formatFloat(seconds, "g", -1);
    throw new Error(`${shown} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  }
  return Math.trunc(Math.trunc(seconds * 1e9) / 1e6);
}

function durationSeconds(value: string): number {
  return value.startsWith("-") ? -parseDuration(value.slice(1)) / 1000 : parseDuration(value) / 1000;
}

function first({ items }: GoSlice): Value {
  if (items.length === 0) throw new Error("first() called on vector with no elements");
  return items[0]!;
}

function labelOf(sample: GoStruct, name: string): string {
  return ((sample.fields.get("Labels") as GoMap).entries.get(name) as string | undefined) ?? "";
}

function sortByLabel(name: string, { type, items }: GoSlice): GoSlice {
  return new GoSlice(
    type,
    items.toSorted((a, b) => compareBytes(labelOf(a as GoStruct, name), labelOf(b as GoStruct, name))),
  );
}

function named(values: readonly Value[]): GoMap {
  return new GoMap("map[string]interface {}", new Map(values.map((value, i) => [`arg${i}`, value])), null);
}

/** The first letter of each word, the rest as it is. */
function title(value: string): string {
  return value.replace(/[\p{L}\p{M}\p{N}_]+(?:['’.:·][\p{L}\p{M}\p{N}_]+)*/gu, (word) =>
    word.replace(/\p{L}/u, (letter) => letter.toUpperCase()),
  );
}

/** Go's net.SplitHostPort. */
function splitHostPort(value: string): { readonly host: string; readonly port: string } | undefined {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(value);
  return parts === null ? undefined : { host: parts[1] ?? parts[2]!, port: parts[3]! };
}

function stripDomain(value: string): string {
  const { host, port } = splitHostPort(value) ?? { host: value, port: "" };
  if (isAddress(host)) return value;
  const name = host.split(".")[0]!;
  if (port === "") return name;
  return /[:%]/.test(name) ? `[${name}]:${port}` : `${name}:${port}`;
}

function isAddress(host: string): boolean {
  if (/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(host)) return true;
  return host.includes(":") && URL.canParse(`http://[${host.replace(/%.+$/, "")}]/`);
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/^\/$/, url.endsWith("/") ? "/" : "") : url;
}
