/** Go's strconv.FormatFloat: `e`, `f` and `g`, with a number of digits or, at -1, as few as give the same number. */
export function formatFloat(value: number, verb: "e" | "f" | "g", precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  switch (verb) {
    case "e":
      return sign + exponential(magnitude, precision);
    case "f":
      return sign + fixed(magnitude, precision);
    case "g":
      return sign + general(magnitude, precision);
  }
}

function exponential(magnitude: number, precision: number): string {
  const text = precision < 0 ? magnitude.toExponential() : rounded(magnitude, precision);
  const [mantissa, exponent] = text.split("e") as [string, string];
  return `${mantissa}e${exponentText(Number(exponent))}`;
}

function fixed(magnitude: number, precision: number): string {
  if (precision >= 0) {
    if (magnitude < 1e21) return roundedFixed(magnitude, Math.min(precision, 100));
    const whole = BigInt(magnitude).toString();
    return precision === 0 ? whole : `${whole}.${"0".repeat(precision)}`;
  }
  const { digits, point } = shortest(magnitude);
  return withoutExponent(digits, point);
}

function general(magnitude: number, precision: number): string {
  let { digits, point } = shortest(magnitude);
  let limit = 6;
  if (precision >= 0) {
    const wanted = precision === 0 ? 1 : precision;
    const [mantissa, exponent] = rounded(magnitude, wanted - 1).split("e") as [string, string];
    digits = mantissa.replace(".", "").replace(/0+$/, "") || "0";
    point = magnitude === 0 ? 1 : Number(exponent) + 1;
    limit = wanted;
    if (limit > digits.length && digits.length >= point) limit = digits.length;
  }
  const exponent = point - 1;
  if (magnitude !== 0 && (exponent < -4 || exponent >= limit)) {
    return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${exponentText(exponent)}`;
  }
  return withoutExponent(digits, point);
}

/** As toExponential, but what lies in the middle goes to the even digit, as in Go. */
function rounded(magnitude: number, decimals: number): string {
  const wanted = Math.min(decimals, 100);
  const [mantissa, exponent] = magnitude.toExponential(100).split("e") as [string, string];
  const kept = wanted === 0 ? mantissa.slice(0, 1) : mantissa.slice(0, 2 + wanted);
  return isTie(mantissa.slice(2 + wanted)) && /[02468]$/.test(kept)
    ? `${kept}e${exponent}`
    : magnitude.toExponential(wanted);
}

function roundedFixed(magnitude: number, decimals: number): string {
  const [whole, fraction] = magnitude.toFixed(100).split(".") as [string, string];
  const kept = decimals === 0 ? whole : `${whole}.${fraction.slice(0, decimals)}`;
  return isTie(fraction.slice(decimals)) && /[02468]$/.test(kept) ? kept : magnitude.toFixed(decimals);
}

function isTie(rest: string): boolean {
  return /^50*$/.test(rest);
}

function shortest(magnitude: number): { digits: string; point: number } {
  if (magnitude === 0) return { digits: "0", point: 1 };
  const [mantissa, exponent] = magnitude.toExponential().split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

function withoutExponent(digits: string, point: number): string {
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return digits + "0".repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
