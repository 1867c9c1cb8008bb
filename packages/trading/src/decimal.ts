/**
 * Money and quantities without binary fractions: units at a power of ten. Units are a number while they are a safe integer,
 * which those of real prices and quantities are, and a bigint beyond; see benchmarks/trading.ts for what that saves.
 */

/** A price, a quantity or an amount: a decimal text such as "0.10", a finite number, or a bigint. */
export type DecimalInput = string | number | bigint | Decimal;

/** `units` times ten to the power of minus `scale`. */
export class Decimal {
  readonly units: number | bigint;
  readonly scale: number;

  constructor(units: number | bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  toString(): string {
    return decimalText(this);
  }
}

export const ZERO: Decimal = new Decimal(0, 0);

/** Longer texts and finer scales are nobody's price, and would make arithmetic slow. */
const MAX_LENGTH = 60;
const MAX_SCALE = 40;
const POWERS: readonly number[] = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** The decimal that is meant, or `undefined` when it is none: NaN, infinity, an empty text, an object. */
export function decimal(input: unknown): Decimal | undefined {
  if (typeof input === "string") return parse(input);
  if (typeof input === "number") {
    if (Number.isSafeInteger(input)) return new Decimal(input, 0);
    // The shortest text that is this number: 0.1 is meant as 0.1.
    return Number.isFinite(input) ? parse(String(input)) : undefined;
  }
  if (typeof input === "bigint") return compact(input, 0);
  return input instanceof Decimal ? input : undefined;
}

// Hot: benchmarks/trading.ts.
export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale && typeof a.units === "number" && typeof b.units === "number") {
    const units = a.units + b.units;
    if (Number.isSafeInteger(units)) return new Decimal(units, a.scale);
  }
  return addScaled(a, b);
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

// Hot: benchmarks/trading.ts.
export function multiply(a: Decimal, b: Decimal): Decimal {
  if (typeof a.units === "number" && typeof b.units === "number") {
    const units = a.units * b.units;
    // Adding zero makes a negative zero none.
    if (Number.isSafeInteger(units)) return new Decimal(units + 0, a.scale + b.scale);
  }
  return compact(BigInt(a.units) * BigInt(b.units), a.scale + b.scale);
}

/** The quotient at this many digits after the point, cut towards zero. @throws RangeError when `b` is zero */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  const [over, under] = [BigInt(a.units), BigInt(b.units)];
  const units = shift >= 0 ? (over * 10n ** BigInt(shift)) / under : over / (under * 10n ** BigInt(-shift));
  return compact(units, scale);
}

export function negate(a: Decimal): Decimal {
  return new Decimal(typeof a.units === "number" ? 0 - a.units : -a.units, a.scale);
}

export function absolute(a: Decimal): Decimal {
  return a.units < 0 ? negate(a) : a;
}

/** Below zero when `a` is less than `b`, zero when they are equal, above when it is more. */
export function compare(a: Decimal, b: Decimal): number {
  if (a.scale === b.scale) return a.units < b.units ? -1 : a.units > b.units ? 1 : 0;
  return signOf(subtract(a, b));
}

export function signOf(a: Decimal): -1 | 0 | 1 {
  return a.units > 0 ? 1 : a.units < 0 ? -1 : 0;
}

/** The nearest number, as metrics want it. */
export function decimalNumber(a: Decimal): number {
  if (typeof a.units === "number" && a.scale < POWERS.length) return a.units / (POWERS[a.scale] as number);
  return Number(decimalText(a));
}

/** As it is written, with all its digits: "50001.50". */
export function decimalText({ units, scale }: Decimal): string {
  if (scale === 0) return String(units);
  const digits = String(units < 0 ? -units : units).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${units < 0 ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function addScaled(a: Decimal, b: Decimal): Decimal {
  if (a.scale < b.scale) return addScaled(b, a);
  const step = a.scale - b.scale;
  if (typeof a.units === "number" && typeof b.units === "number" && step < POWERS.length) {
    const widened = b.units * (POWERS[step] as number);
    const units = a.units + widened;
    if (Number.isSafeInteger(widened) && Number.isSafeInteger(units)) return new Decimal(units, a.scale);
  }
  return compact(BigInt(a.units) + BigInt(b.units) * 10n ** BigInt(step), a.scale);
}

function compact(units: bigint, scale: number): Decimal {
  const number = Number(units);
  return new Decimal(Number.isSafeInteger(number) ? number : units, scale);
}

// Hot: benchmarks/trading.ts. Digit by digit, since a regular expression costs more than all the rest of a fill.
function parse(text: string): Decimal | undefined {
  const { length } = text;
  if (length === 0 || length > MAX_LENGTH) return undefined;
  const first = text.charCodeAt(0);
  let at = first === MINUS || first === PLUS ? 1 : 0;
  let units = 0;
  let digits = 0;
  let point = -1;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO_DIGIT && code <= NINE_DIGIT) {
      units = units * 10 + code - ZERO_DIGIT;
      digits++;
    } else if (code === POINT && point === -1) point = at;
    else return parseSlowly(text);
  }
  if (digits === 0) return undefined;
  if (units > Number.MAX_SAFE_INTEGER) return parseSlowly(text);
  return new Decimal(first === MINUS ? 0 - units : units, point === -1 ? 0 : length - point - 1);
}

/** With an exponent, or more digits than a number holds. */
function parseSlowly(text: string): Decimal | undefined {
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > MAX_SCALE) return undefined;
  const digits = BigInt(whole + fraction) * (scale < 0 ? 10n ** BigInt(-scale) : 1n);
  return compact(sign === "-" ? -digits : digits, Math.max(scale, 0));
}

const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO_DIGIT = 48;
const NINE_DIGIT = 57;
