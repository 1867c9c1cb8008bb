/**
 * `le` of a histogram's buckets as Prometheus 3 stores it, however it came: as Go writes floats, and never without a point or exponent.
 * @see https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
 */
export function limitTexts(limits: readonly number[]): readonly string[] {
  return [...limits, Number.POSITIVE_INFINITY].map(limitText);
}

function limitText(limit: number): string {
  if (!Number.isFinite(limit)) return limit > 0 ? "+Inf" : "-Inf";
  const [digits, exponent] = limit.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  // Go's strconv.FormatFloat with 'g' and the shortest precision.
  if (power < -4 || power >= 6) return `${digits}e${power < 0 ? "-" : "+"}${`${Math.abs(power)}`.padStart(2, "0")}`;
  const text = String(limit);
  return text.includes(".") ? text : `${text}.0`;
}
