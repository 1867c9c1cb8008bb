import { goQuote, unquote } from "@telltale/promql";
import { RE2JS } from "re2js";
import { compareBytes } from "../go-template/value.ts";

export type AlertMatchOperator = "=" | "!=" | "=~" | "!~";

/** One condition on one label of an alert; a label that is not there has the empty value. */
export interface AlertMatcher {
  readonly name: string;
  readonly operator: AlertMatchOperator;
  readonly value: string;
  matches(value: string): boolean;
}

type LabelValues = Readonly<Record<string, string>>;

/** @throws Error when the value is no pattern of RE2 and the operator wants one */
export function alertMatcher(name: string, operator: AlertMatchOperator, value: string): AlertMatcher {
  return { name, operator, value, matches: condition(operator, value) };
}

/** Whether labels meet all conditions. */
export function matchesAll(matchers: readonly AlertMatcher[], labels: LabelValues): boolean {
  return matchers.every(({ name, matches }) => matches(Object.hasOwn(labels, name) ? labels[name]! : ""));
}

/** `{a="b",c=~"d.*"}`, as in the keys of Alertmanager's groups. */
export function formatMatchers(matchers: readonly AlertMatcher[]): string {
  return `{${matchers.map(formatMatcher).join(",")}}`;
}

/** In the order that Alertmanager has them in. */
export function sortMatchers(matchers: readonly AlertMatcher[]): readonly AlertMatcher[] {
  const operators = ["=", "!=", "=~", "!~"];
  return matchers.toSorted(
    (a, b) =>
      compareBytes(a.name, b.name) ||
      compareBytes(a.value, b.value) ||
      operators.indexOf(a.operator) - operators.indexOf(b.operator),
  );
}

/**
 * Conditions as alertmanager.yml writes them, `severity=~"page|critical"`, several with commas between them and braces around.
 * As in Alertmanager the classic syntax is tried first, then that for label names of any characters.
 * @throws Error
 */
export function parseAlertMatchers(text: string): readonly AlertMatcher[] {
  let classicFault: unknown;
  try {
    return classicParts(text).map(parseClassic);
  } catch (error) {
    classicFault = error;
  }
  try {
    return parseQuoted(text);
  } catch {
    throw classicFault;
  }
}

function condition(operator: AlertMatchOperator, wanted: string): (value: string) => boolean {
  if (operator === "=") return (value) => value === wanted;
  if (operator === "!=") return (value) => value !== wanted;
  const pattern = RE2JS.compile(wanted);
  return operator === "=~" ? (value) => pattern.matches(value) : (value) => !pattern.matches(value);
}

function formatMatcher({ name, operator, value }: AlertMatcher): string {
  if (/[\s{}!=~,\\"'`]/u.test(name)) return goQuote(name) + operator + goQuote(value);
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  return `${name}${operator}"${escaped}"`;
}

/** At the commas that are not within quotes. */
function classicParts(text: string): readonly string[] {
  const inner = text.replace(/^\{/, "").replace(/\}$/, "");
  const parts: string[] = [];
  let part = "";
  let insideQuotes = false;
  let escaped = false;
  for (const char of inner) {
    if (char === "," && !insideQuotes) {
      parts.push(part);
      part = "";
      continue;
    }
    if (char === '"') {
      if (escaped) escaped = false;
      else insideQuotes = !insideQuotes;
    } else escaped = char === "\\" && !escaped;
    part += char;
  }
  if (part.trim() !== "") parts.push(part.trim());
  return parts;
}

function parseClassic(text: string): AlertMatcher {
  const parts = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*$/s.exec(text);
  if (parts === null) throw new Error(`bad matcher format: ${text}`);
  const [, name, operator, raw] = parts as unknown as [string, string, AlertMatchOperator, string];
  const quoted = raw.startsWith('"');
  const unescaped = () => new Error(`matcher value contains unescaped double quote: ${raw}`);
  const inner = quoted ? raw.slice(1) : raw;
  let value = "";
  let closed = !quoted;
  for (let i = 0; i < inner.length; i++) {
    const char = inner[i]!;
    const isLast = i === inner.length - 1;
    if (char === "\\" && !isLast) {
      const next = inner[++i]!;
      value += next === "n" ? "\n" : next === '"' || next === "\\" ? next : `\\${next}`;
    } else if (char === '"') {
      if (!quoted || !isLast) throw unescaped();
      closed = true;
    } else value += char;
  }
  if (!closed) throw unescaped();
  return alertMatcher(name, operator, value);
}

const UNQUOTED = /[^\s{}!=~,\\"'`]+/u;

function parseQuoted(text: string): readonly AlertMatcher[] {
  const braced = /^\s*\{(.*)\}\s*$/s.exec(text);
  let rest = braced === null ? text : braced[1]!;
  const token = (pattern: RegExp, wanted: string): string => {
    const found = new RegExp(`^\\s*(${pattern.source})`, "su").exec(rest);
    if (found === null) throw new Error(`expected ${wanted} at ${JSON.stringify(rest)}`);
    rest = rest.slice(found[0].length);
    return found[1]!;
  };
  const word = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|${UNQUOTED.source}`, "su");
  const read = (part: string): string => {
    const text = part.startsWith('"') ? unquote(part) : part;
    if (text === undefined) throw new Error(`${part} is no quoted text of Go`);
    return text;
  };
  const matchers: AlertMatcher[] = [];
  while (rest.trim() !== "") {
    const name = read(token(word, "a label name"));
    const operator = token(/=~|!=|!~|=/, "an operator such as '=', '!=', '=~' or '!~'") as AlertMatchOperator;
    matchers.push(alertMatcher(name, operator, read(token(word, "a label value"))));
    if (rest.trim() !== "") token(/,/, "a comma");
  }
  return matchers;
}
