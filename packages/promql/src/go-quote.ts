/** Strings in quotes as Go's `%q` writes them: Prometheus quotes so in messages and printed queries. */
export function goQuote(text: string): string {
  let quoted = '"';
  for (const char of text) quoted += escaped(char, '"');
  return `${quoted}"`;
}

/** One character as Go's `%q` writes a rune: `'x'`. */
export function goQuoteRune(char: string): string {
  return `'${escaped(char, "'")}'`;
}

/** `%#U`: `U+0041 'A'`. */
export function goUnicode(char: string): string {
  const hex = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return isPrintable(char) ? `U+${hex} '${char}'` : `U+${hex}`;
}

const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function escaped(char: string, quote: string): string {
  if (char === quote || char === "\\") return `\\${char}`;
  const short = escapes[char];
  if (short !== undefined) return short;
  if (isPrintable(char)) return char;
  const code = char.codePointAt(0)!;
  if (code > 0xdc7f && code < 0xdd00) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code >= 0xd800 && code < 0xe000) return "\ufffd";
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

function isPrintable(char: string): boolean {
  if (char >= " " && char <= "~") return true;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}
