/** A number as Go's strconv reads it: decimal, 0x, 0o, 0b, a leading zero for octal, underscores, exponents, Inf, NaN. @throws Error */
export function parseNumber(text: string): number {
  const word = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (word !== null) {
    if (word[2]!.toLowerCase() === "nan") return Number.NaN;
    return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const integer = parseInteger(text);
  if (integer !== undefined) return integer;
  const plain = text.replaceAll("_", "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) throw new Error(failure(text, "invalid syntax"));
  const value = Number(plain);
  if (!Number.isFinite(value)) throw new Error(failure(text, "value out of range"));
  return value;
}

/** What fits in 64 bits with sign; `undefined` where Go would try a float next. */
function parseInteger(text: string): number | undefined {
  const match = /^([+-]?)(0x|0b|0o|0)?([0-9a-f_]+)$/i.exec(text);
  if (match === null) return undefined;
  const prefix = (match[2] ?? "").toLowerCase();
  const digits = match[3]!.replaceAll("_", "");
  const octal = prefix === "0" || prefix === "0o";
  const allowed = prefix === "0x" ? /^[0-9a-f]+$/i : prefix === "0b" ? /^[01]+$/ : octal ? /^[0-7]+$/ : /^\d+$/;
  if (!allowed.test(digits)) return undefined;
  const magnitude = BigInt((prefix === "" ? "" : octal ? "0o" : prefix) + digits);
  if (magnitude > 0x7fff_ffff_ffff_ffffn) return undefined;
  return match[1] === "-" ? -Number(magnitude) : Number(magnitude);
}

function failure(text: string, why: string): string {
  return `strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${why}`;
}
