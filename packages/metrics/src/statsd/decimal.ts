/** A finite number without an exponent, which not every StatsD server reads: `0.0000001`, not `1e-7`. */
export function decimalText(value: number): string {
  const text = String(value);
  const [, sign = "", whole = "", fraction = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  // JavaScript writes an exponent from 1e21 up, where no digit is left behind the point.
  return point <= 0 ? `${sign}0.${"0".repeat(-point)}${digits}` : sign + digits.padEnd(point, "0");
}

/**
 * The sample rate that stands for `count` values, as text. Servers take its inverse and some cut that down to a whole
 * number, so the inverse must not fall below `count` by rounding.
 */
export function rateText(count: number): string {
  const rate = 1 / count;
  return decimalText(1 / rate >= count ? rate : rate * (1 - Number.EPSILON));
}
