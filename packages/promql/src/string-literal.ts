const simpleEscapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What a literal in single, double or back quotes stands for; `undefined` when it is malformed. */
export function unquote(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || quote !== literal.at(-1)) return undefined;
  const inner = literal.slice(1, -1);
  if (quote === "`") return inner.includes("`") ? undefined : inner;
  if ((quote !== '"' && quote !== "'") || inner.includes("\n")) return undefined;
  if (!inner.includes("\\")) return inner.includes(quote) ? undefined : inner;
  return resolveEscapes(inner, quote);
}

/** By bytes: `\xe2\x82\xac` is one character. */
function resolveEscapes(inner: string, quote: string): string | undefined {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < inner.length; ) {
    const char = String.fromCodePoint(inner.codePointAt(i)!);
    i += char.length;
    if (char === quote) return undefined;
    if (char !== "\\") {
      bytes.push(...encoder.encode(char));
      continue;
    }
    const kind = inner[i++];
    if (kind === undefined) return undefined;
    const simple = simpleEscapes[kind] ?? (kind === quote ? quote.charCodeAt(0) : undefined);
    if (simple !== undefined) {
      bytes.push(simple);
    } else if (/[0-7]/.test(kind)) {
      const octal = /^[0-7]{3}/.exec(inner.slice(i - 1))?.[0];
      if (octal === undefined || Number.parseInt(octal, 8) > 255) return undefined;
      bytes.push(Number.parseInt(octal, 8));
      i += 2;
    } else {
      const length = hexLengths[kind];
      const hex = length === undefined ? "" : inner.slice(i, i + length);
      if (length === undefined || hex.length < length || !/^[0-9a-f]+$/i.test(hex)) return undefined;
      const code = Number.parseInt(hex, 16);
      i += length;
      if (kind === "x") bytes.push(code);
      else if (code > 0x10ffff) return undefined;
      else bytes.push(...encoder.encode(String.fromCodePoint(code)));
    }
  }
  return decode(Uint8Array.from(bytes));
}

/** UTF-8; a byte that is no part of a character becomes a lone surrogate, U+DC00 and the byte, as Python has it. */
function decode(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const whole = decodeOrNothing(decoder, bytes);
  if (whole !== undefined) return whole;
  let text = "";
  for (let start = 0; start < bytes.length; ) {
    const length = sequenceLength(bytes[start]!);
    const char = length === 0 ? undefined : decodeOrNothing(decoder, bytes.subarray(start, start + length));
    text += char ?? String.fromCharCode(0xdc00 + bytes[start]!);
    start += char === undefined ? 1 : length;
  }
  return text;
}

/** How many bytes the character has that starts with this one; 0 where none does. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

function decodeOrNothing(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
