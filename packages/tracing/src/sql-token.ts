/**
 * Cuts SQL into tokens, each character read a bounded number of times whatever the text is: no regular expression
 * that could backtrack. Text that was cut short, or is no SQL, has tokens too.
 */
import type { SqlDialect } from "./sql-dialect.ts";

export interface SqlToken {
  readonly kind: "literal" | "comment" | "space" | "word" | "parameter" | "identifier" | "symbol";
  /** Index of the first character after it. */
  readonly end: number;
}

/** The token that starts at `start`, which is an index of `text`. */
export function sqlTokenAt(text: string, start: number, dialect: SqlDialect): SqlToken {
  const code = text.charCodeAt(start);
  // The most frequent first.
  if (code <= SPACE) return { kind: "space", end: endOfSpace(text, start) };
  if (isLetter(code)) return word(text, start, dialect);
  const next = text[start + 1] ?? "";
  switch (text[start]) {
    case "'":
      return literal(text, endOfQuoted(text, start, dialect.backslash));
    case '"':
      if (dialect.doubleQuotes === "string") return literal(text, endOfQuoted(text, start, dialect.backslash));
      return identifier(text, endOfQuoted(text, start, dialect.backslash));
    case "`":
      return identifier(text, endOfQuoted(text, start, "plain"));
    case "[":
      return dialect.brackets ? identifier(text, endOfQuoted(text, start, "plain")) : symbol(start + 1);
    case "-":
      if (next !== "-") return symbol(start + 1);
      if (dialect.dashesNeedSpace && text.charCodeAt(start + 2) > SPACE) return symbol(start + 1);
      return { kind: "comment", end: endOfLine(text, start) };
    case "/":
      return next === "*" ? { kind: "comment", end: endOfBlockComment(text, start, dialect) } : symbol(start + 1);
    case "#":
      if (dialect.hash === "comment") return { kind: "comment", end: endOfLine(text, start) };
      return dialect.hash === "name" ? word(text, start, dialect) : symbol(start + 1);
    case "$":
      return dollar(text, start, dialect);
    case "@":
      return parameter(text, next === "@" ? start + 2 : start + 1);
    case ":":
      if (next === ":") return symbol(start + 2);
      if (isDigit(text.charCodeAt(start + 1)) && !dialect.colonNumbers) return symbol(start + 1);
      return parameter(text, start + 1);
    case "?":
      return { kind: "parameter", end: endOfDigits(text, start + 1) };
    case ".":
      return isDigit(text.charCodeAt(start + 1)) ? literal(text, endOfNumber(text, start)) : symbol(start + 1);
  }
  if (isDigit(code)) return literal(text, endOfNumber(text, start));
  return isNameCode(code) ? word(text, start, dialect) : symbol(start + 1);
}

const SPACE = 0x20;

const symbol = (end: number): SqlToken => ({ kind: "symbol", end });

/** `end` is -1 for one that is not terminated, which takes the rest of the text. */
const literal = (text: string, end: number): SqlToken => ({ kind: "literal", end: end < 0 ? text.length : end });

/** Without its end nobody can tell what it was meant to be. */
function identifier(text: string, end: number): SqlToken {
  return end < 0 ? literal(text, end) : { kind: "identifier", end };
}

function parameter(text: string, nameStart: number): SqlToken {
  const end = endOfName(text, nameStart);
  return end === nameStart ? symbol(end) : { kind: "parameter", end };
}

function word(text: string, start: number, dialect: SqlDialect): SqlToken {
  const end = endOfName(text, start, dialect.hash === "name");
  const length = end - start;
  if (text[end] === "'" && length <= 2) {
    const prefix = text.slice(start, end).toLowerCase();
    if (dialect.alternativeQuotes && (prefix === "q" || prefix === "nq")) {
      return literal(text, endOfAlternativeQuoted(text, end));
    }
    if (prefix === "e" && dialect.backslash !== "escape") return literal(text, endOfQuoted(text, end, "escape"));
    if (length === 1 && "ebnx".includes(prefix)) return literal(text, endOfQuoted(text, end, dialect.backslash));
  }
  if (text[end] === "&" && text[end + 1] === "'" && length === 1 && "uU".includes(text[start]!)) {
    return literal(text, endOfQuoted(text, end + 1, dialect.backslash));
  }
  return { kind: "word", end };
}

/** A string between `$tag$`, the parameter `$1`, or an amount of money. */
function dollar(text: string, start: number, dialect: SqlDialect): SqlToken {
  if (isDigit(text.charCodeAt(start + 1))) {
    if (dialect.dollarNumbers) return literal(text, endOfNumber(text, start + 1));
    return { kind: "parameter", end: endOfDigits(text, start + 1) };
  }
  let tagEnd = start + 1;
  while (tagEnd < text.length && text[tagEnd] !== "$" && isNameCode(text.charCodeAt(tagEnd))) tagEnd++;
  if (!dialect.dollarQuotes || text[tagEnd] !== "$") return parameter(text, start + 1);
  const tag = text.slice(start, tagEnd + 1);
  const close = text.indexOf(tag, tagEnd + 1);
  return literal(text, close < 0 ? -1 : close + tag.length);
}

/** After the closing quote, a doubled one being part of the content; -1 when there is none. */
function endOfQuoted(text: string, start: number, backslash: SqlDialect["backslash"]): number {
  const close = text[start] === "[" ? "]" : text[start]!;
  const closeCode = close.charCodeAt(0);
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && backslash === "escape") at++;
    else if (code === closeCode) {
      if (backslash === "unknown" && text.charCodeAt(at - 1) === BACKSLASH) return -1;
      if (text.charCodeAt(at + 1) !== closeCode) return at + 1;
      at++;
    }
  }
  return -1;
}

const BACKSLASH = 0x5c;

/** Oracle's `q'[it's]'`: any character may be the delimiter, and brackets close with their other half. */
function endOfAlternativeQuoted(text: string, quote: number): number {
  const open = text[quote + 1];
  if (open === undefined) return -1;
  const pair = "[]{}<>()".indexOf(open);
  const close = text.indexOf(`${pair >= 0 && pair % 2 === 0 ? "[]{}<>()"[pair + 1] : open}'`, quote + 2);
  return close < 0 ? -1 : close + 2;
}

function endOfBlockComment(text: string, start: number, { nestedComments }: SqlDialect): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "/" && text[at + 1] === "*" && (depth === 0 || nestedComments)) {
      depth++;
      at++;
    } else if (text[at] === "*" && text[at + 1] === "/") {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** Whole, fraction and exponent, `1_000`, `0xff`, `0b01`, `0o17`. */
function endOfNumber(text: string, start: number): number {
  if (text[start] === "0" && isRadix(text.charCodeAt(start + 1)) && isHexDigit(text.charCodeAt(start + 2))) {
    let at = start + 2;
    while (isHexDigit(text.charCodeAt(at)) || text.charCodeAt(at) === UNDERSCORE) at++;
    return at;
  }
  let at = endOfDigits(text, start);
  if (text[at] === "." && isDigit(text.charCodeAt(at + 1))) at = endOfDigits(text, at + 1);
  if (text[at] !== "e" && text[at] !== "E") return at;
  const digits = text[at + 1] === "+" || text[at + 1] === "-" ? at + 2 : at + 1;
  return isDigit(text.charCodeAt(digits)) ? endOfDigits(text, digits) : at;
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (
    isDigit(text.charCodeAt(at)) ||
    (at > start && text.charCodeAt(at) === UNDERSCORE && isDigit(text.charCodeAt(at + 1)))
  ) {
    at++;
  }
  return at;
}

function endOfName(text: string, start: number, withHash = false): number {
  let at = start;
  while (at < text.length && (isNameCode(text.charCodeAt(at)) || (withHash && text[at] === "#"))) at++;
  return at;
}

function endOfSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

const UNDERSCORE = 0x5f;

/** Letters, digits, `_`, `$` and all beyond ASCII, which every database allows in names or nowhere. */
function isNameCode(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === UNDERSCORE || code === 0x24 || code > 0x7f;
}

const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isHexDigit = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
const isRadix = (code: number): boolean => "xXbBoO".includes(String.fromCharCode(code));
