import { goQuote } from "./go-quote.ts";
import type { PositionRange } from "./position.ts";
import { utf8Length } from "./position.ts";

export const aggregations = [
  "avg",
  "bottomk",
  "count",
  "count_values",
  "group",
  "limit_ratio",
  "limitk",
  "max",
  "min",
  "quantile",
  "stddev",
  "stdvar",
  "sum",
  "topk",
] as const;

/** An aggregation operator. */
export type AggregationOperator = (typeof aggregations)[number];

export const binaryOperators = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "^",
  "atan2",
  "==",
  "!=",
  "<=",
  "<",
  ">=",
  ">",
  "</",
  ">/",
  "and",
  "or",
  "unless",
] as const;

/** An operator between two expressions. `</` and `>/` trim native histograms. */
export type BinaryOperator = (typeof binaryOperators)[number];

const modifiers = [
  "bool",
  "by",
  "group_left",
  "group_right",
  "fill",
  "fill_left",
  "fill_right",
  "ignoring",
  "offset",
  "smoothed",
  "anchored",
  "on",
  "without",
] as const;

const queryContext = ["start", "end", "step", "range", "max_of", "min_of"] as const;

const punctuation = ["(", ")", "{", "}", "[", "]", ",", "=", ":", "@", "=~", "!~"] as const;

const classes = ["identifier", "metric identifier", "string", "number", "duration", "end of input", "error"] as const;

export type TokenKind =
  | AggregationOperator
  | BinaryOperator
  | (typeof modifiers)[number]
  | (typeof queryContext)[number]
  | (typeof punctuation)[number]
  | (typeof classes)[number];

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written; the message of an "error". */
  readonly text: string;
}

/** Words that the lexer tells from identifiers, in lower case. */
export const keywords: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...[...aggregations, ...modifiers, ...queryContext].map((word): [string, TokenKind] => [word, word]),
  ["and", "and"],
  ["or", "or"],
  ["unless", "unless"],
  ["atan2", "atan2"],
  ["inf", "number"],
  ["nan", "number"],
]);

const aggregationKinds: ReadonlySet<string> = new Set(aggregations);
const binaryKinds: ReadonlySet<string> = new Set(binaryOperators);
const modifierKinds: ReadonlySet<string> = new Set(modifiers);
const classKinds: ReadonlySet<string> = new Set(classes);

export function isAggregation(kind: TokenKind): kind is AggregationOperator {
  return aggregationKinds.has(kind);
}

export function isBinaryOperator(kind: TokenKind): kind is BinaryOperator {
  return binaryKinds.has(kind);
}

/** Words that may also name a metric. */
const metricWords: ReadonlySet<string> = new Set([
  ...aggregations,
  ...queryContext,
  ...["and", "or", "unless", "by", "without", "offset", "fill", "fill_left", "fill_right", "anchored", "smoothed"],
  ...["identifier", "metric identifier"],
]);

export function namesMetric(kind: TokenKind): boolean {
  return metricWords.has(kind);
}

/** Words that may also name a label inside by(), without(), on(), ignoring() and group_x(). */
export function namesLabel(kind: TokenKind): boolean {
  return kind !== "without" && (metricWords.has(kind) || modifierKinds.has(kind) || kind === "atan2");
}

/** The token in a message: `<op:+>`, `identifier "foo"`, `end of input`. */
export function describeToken(token: Token): string {
  if (token.kind === "end of input") return "end of input";
  return classKinds.has(token.kind) ? `${token.kind} ${quoteToken(token)}` : quoteToken(token);
}

export function rangeOf(token: Token): PositionRange {
  return { start: token.start, end: token.end };
}

function quoteToken({ kind, text }: Token): string {
  if (kind === "identifier" || kind === "metric identifier") return goQuote(text);
  if (modifierKinds.has(kind)) return `<${text}>`;
  if (binaryKinds.has(kind) || kind === "@" || kind === "=~" || kind === "!~") return `<op:${text}>`;
  if (aggregationKinds.has(kind)) return `<aggr:${text}>`;
  if (utf8Length(text) > 10) return `${goQuote([...text].slice(0, 10).join(""))}...`;
  return goQuote(text);
}

/** Whether an expression can begin with a token. */
export function startsExpression({ kind }: Token): boolean {
  return namesMetric(kind) || ["number", "duration", "string", "(", "{", "+", "-"].includes(kind);
}
