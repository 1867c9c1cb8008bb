import { maximum, minimum } from "../go-math.ts";

/** Functions of one number, applied to every float of a vector; histograms are left out. */
export const floatFunctions: ReadonlyMap<string, (value: number) => number> = new Map<
  string,
  (value: number) => number
>([
  ["abs", Math.abs],
  ["acos", Math.acos],
  ["acosh", Math.acosh],
  ["asin", Math.asin],
  ["asinh", Math.asinh],
  ["atan", Math.atan],
  ["atanh", Math.atanh],
  ["ceil", Math.ceil],
  ["cos", Math.cos],
  ["cosh", Math.cosh],
  ["deg", (value) => value * (180 / Math.PI)],
  ["exp", Math.exp],
  ["floor", Math.floor],
  ["ln", Math.log],
  ["log10", Math.log10],
  ["log2", Math.log2],
  ["rad", (value) => value * (Math.PI / 180)],
  ["sgn", (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
  ["sin", Math.sin],
  ["sinh", Math.sinh],
  ["sqrt", Math.sqrt],
  ["tan", Math.tan],
  ["tanh", Math.tanh],
]);

/** Functions of a number and of scalars; `undefined` leaves the point out. */
export const scaledFunctions: ReadonlyMap<string, (value: number, scalars: readonly number[]) => number | undefined> =
  new Map<string, (value: number, scalars: readonly number[]) => number | undefined>([
    ["clamp", (value, [low, high]) => clamp(value, low!, high!)],
    ["clamp_max", (value, [high]) => clamp(value, Number.NEGATIVE_INFINITY, high!)],
    ["clamp_min", (value, [low]) => clamp(value, low!, Number.POSITIVE_INFINITY)],
    ["round", (value, [nearest = 1]) => round(value, nearest)],
  ]);

function clamp(value: number, low: number, high: number): number | undefined {
  return high < low ? undefined : maximum(low, minimum(high, value));
}

/** To the nearest multiple; halves upwards. The inverse loses less than the multiple. */
function round(value: number, nearest: number): number {
  const inverse = 1 / nearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}
