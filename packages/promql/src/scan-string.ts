import { isReplacement } from "./character-classes.ts";
import type { Cursor } from "./cursor.ts";
import { goUnicode } from "./go-quote.ts";

/** Moves to after the closing quote; what is wrong with the string, if anything. */
export function scanQuoted(cursor: Cursor, quote: string): string | undefined {
  for (;;) {
    const char = cursor.take();
    if (char === "" || char === "\n") return "unterminated quoted string";
    if (isReplacement(char)) return "invalid UTF-8 rune";
    if (char === quote) return undefined;
    if (char === "\\") {
      const fault = escapeFault(cursor, quote);
      if (fault !== undefined) return fault;
    }
  }
}

/** As `scanQuoted`, between backquotes, where nothing is escaped. */
export function scanRaw(cursor: Cursor): string | undefined {
  for (;;) {
    const char = cursor.take();
    if (char === "") return "unterminated raw string";
    if (isReplacement(char)) return "invalid UTF-8 rune";
    if (char === "`") return undefined;
  }
}

function escapeFault(cursor: Cursor, quote: string): string | undefined {
  let char = cursor.take();
  if (char === "") return "escape sequence not terminated";
  if ("abfnrtv\\".includes(char) || char === quote) return undefined;
  const octal = /[0-7]/.test(char);
  const length = octal ? 3 : { x: 2, u: 4, U: 8 }[char];
  if (length === undefined) return `unknown escape sequence ${goUnicode(char)}`;
  const base = octal ? 8 : 16;
  let code = 0;
  for (let i = 0; i < length; i++) {
    if (i > 0 || !octal) char = cursor.take();
    if (char === "") return "escape sequence not terminated";
    const digit = /^[0-9a-f]$/i.test(char) ? Number.parseInt(char, 16) : 16;
    if (digit >= base) return `illegal character ${goUnicode(char)} in escape sequence`;
    code = code * base + digit;
  }
  const limit = length > 3 ? 0x10ffff : 255;
  if (code > limit || (code >= 0xd800 && code < 0xe000)) return "escape sequence is an invalid Unicode code point";
  return undefined;
}
