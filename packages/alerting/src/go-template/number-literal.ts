import { goQuote, unquote } from "@telltale/promql";
import type { NumberNode } from "./syntax-tree.ts";

const MAX_INT = 2n ** 63n - 1n;

/** A number of a template as Go reads it: an integer where it can be one, and a float. @throws Error */
export function numberNode(at: number, literal: string): NumberNode {
  const node = (int: bigint | undefined, float: number): NumberNode => ({ type: "number", at, literal, int, float });
  if (literal.startsWith("'")) {
    const char = unquote(literal);
    if (char === undefined || [...char].length !== 1) throw new Error(`malformed character constant: ${literal}`);
    const code = char.codePointAt(0)!;
    return node(BigInt(code), code);
  }
  const int = readInt(literal);
  if (int !== undefined && int <= MAX_INT && int >= -MAX_INT - 1n) return node(int, Number(int));
  const float = readFloat(literal);
  if (float === undefined) throw new Error(`illegal number syntax: ${goQuote(literal)}`);
  if (!/[.eEpP]/.test(literal)) throw new Error(`integer overflow: ${goQuote(literal)}`);
  const whole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return node(whole ? BigInt(float) : undefined, float);
}

function readInt(literal: string): bigint | undefined {
  const parts = /^([+-]?)(0[xX]_?[0-9a-fA-F]|0[oO]_?[0-7]|0[bB]_?[01]|0_?[0-7]|[0-9])((?:_?[0-9a-fA-F])*)$/.exec(
    literal,
  );
  if (parts === null) return undefined;
  const text = `${parts[2]}${parts[3]}`.replaceAll("_", "").toLowerCase();
  const isOctal = /^0[0-9]/.test(text);
  try {
    const magnitude = BigInt(isOctal ? `0o${text.slice(1)}` : text);
    return parts[1] === "-" ? -magnitude : magnitude;
  } catch {
    return undefined;
  }
}

function readFloat(literal: string): number | undefined {
  const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
  if (decimal.test(literal)) return Number(literal);
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/.exec(literal);
  if (hex === null || `${hex[2]}${hex[3] ?? ""}` === "") return undefined;
  const fraction = hex[3] ?? "";
  const mantissa = Number(BigInt(`0x${hex[2]}${fraction}`));
  return (hex[1] === "-" ? -1 : 1) * mantissa * 2 ** (Number(hex[4]) - 4 * fraction.length);
}
