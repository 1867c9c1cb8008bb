/** Numbers as Go prints them: Prometheus' labels, messages and printed queries hold them in that form. */

/** The shortest decimal that reads back to the same number, without an exponent: `%f` with precision -1. */
export function formatDecimal(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const { negative, digits, point } = shortestDigits(value);
  return (negative ? "-" : "") + withoutExponent(digits, point);
}

/** `%g` and `%v`: the shortest form, with an exponent below 1e-4 and from 1e6 on. */
export function formatGeneral(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const { negative, digits, point } = shortestDigits(value);
  const exponent = point - 1;
  const text = exponent < -4 || exponent >= 6 ? withExponent(digits, exponent) : withoutExponent(digits, point);
  return negative ? `-${text}` : text;
}

/** As OpenMetrics writes a float: `1.0`, `0.95`, `1e+06`, `+Inf`. */
export function formatOpenMetrics(value: number): string {
  const text = formatGeneral(value);
  return /[e.NI]/.test(text) ? text : `${text}.0`;
}

/** `%.2g`. */
export function formatTwoDigits(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const [mantissa, exponentText] = Math.abs(value).toExponential(1).split("e") as [string, string];
  const exponent = Number(exponentText);
  const digits = mantissa.replace(".", "").replace(/0+$/, "") || "0";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0`;
  if (exponent < -4 || exponent >= 2) return sign + withExponent(digits, exponent);
  return sign + withoutExponent(digits, exponent + 1);
}

/** `%f`: six decimals. */
export function formatFixed(value: number, decimals = 6): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Math.abs(value) < 1e21) return value.toFixed(decimals);
  return `${BigInt(value)}.${"0".repeat(decimals)}`;
}

interface Digits {
  readonly negative: boolean;
  /** Without leading or trailing zeros; "0" for zero. */
  readonly digits: string;
  /** How many of the digits stand before the decimal point. */
  readonly point: number;
}

function shortestDigits(value: number): Digits {
  const negative = value < 0 || Object.is(value, -0);
  if (value === 0) return { negative, digits: "0", point: 1 };
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e") as [string, string];
  return { negative, digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

function withoutExponent(digits: string, point: number): string {
  if (point <= 0) return digits === "0" ? "0" : `0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return digits + "0".repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function withExponent(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
