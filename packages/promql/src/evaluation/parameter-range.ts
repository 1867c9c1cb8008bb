/** The extremes of an aggregation's parameter over all steps; NaN as soon as one is NaN. */
export function parameterRange(values: Float64Array): { most: number; least: number; hasNaN: boolean } {
  let most = values[0] ?? 0;
  let least = most;
  for (const value of values) {
    most = Math.max(most, value);
    least = Math.min(least, value);
  }
  return { most, least, hasNaN: Number.isNaN(most) };
}
