/** The value in the middle; of an even number of them, the mean of the two. NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * How far each value lies from the median, in standard deviations that outliers do not move: those of a normal law with the
 * same median absolute deviation. Undefined where that is 0 and so says nothing. `earlier` are values of rounds before, each as
 * a share of its round's median, less 1: few values spread by chance, and honest ones would stick out.
 * @see Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993
 */
export function robustScores(
  values: readonly number[],
  earlier: readonly number[] = [],
): readonly number[] | undefined {
  const centre = median(values);
  const deviation = median(values.map((value) => Math.abs(value - centre)));
  if (!(deviation > 0)) return undefined;
  if (earlier.length === 0 || !(centre > 0)) return values.map((value) => (0.6745 * (value - centre)) / deviation);
  const shares = values.map((value) => value / centre - 1);
  const usual = median([...earlier, ...shares].map(Math.abs));
  return shares.map((share) => (0.6745 * share) / usual);
}
