/**
 * One step of Kahan's summation in Neumaier's form: adds `value` to `sum` with the compensation `c`.
 * The new sum is the result; the new compensation is left in `kahan.c`, so that nothing is allocated.
 */
export function addKahan(value: number, sum: number, c: number): number {
  const total = sum + value;
  if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) kahan.c = 0;
  else if (Math.abs(sum) >= Math.abs(value)) kahan.c = c + (sum - total + value);
  else kahan.c = c + (value - total + sum);
  return total;
}

/**
 * What `total`, the rounded sum of `sum` and `value`, lacks. For loops that keep their compensation in a variable: it is
 * meaningless once the sum is infinite, and to be left out then.
 */
export function lost(sum: number, value: number, total: number): number {
  return Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
}

/** The compensation that the last `addKahan` left. */
export const kahan: { c: number } = { c: 0 };
