/** The value in the middle; of an even number of them, the mean of the two. NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * How far each value lies from the median, in standard deviations that outliers do not move: those of a normal law with the
 * same median absolute deviation. Undefined where that is 0 and so says nothing.
 * @see Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993
 */
export function robustScores(values: readonly number[]): readonly number[] | undefined {
  const centre = median(values);
  const deviation = median(values.map((value) => Math.abs(value - centre)));
  if (!(deviation > 0)) return undefined;
  return values.map((value) => (0.6745 * (value - centre)) / deviation);
}
