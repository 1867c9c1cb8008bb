/**
 * How unusual a value is among those before it: its distance from their median in units of their median absolute deviation.
 * Unlike mean and standard deviation these do not move when some of the values are wild, so that an outlier hides neither
 * itself nor the next one.
 */

export interface RobustZScoreOptions {
  /** The last so many values are what is usual. @default 500 */
  readonly window?: number;
  /** Fewer of them say nothing. @default 50 */
  readonly minimum?: number;
  /** What counts as one deviation at least, in the unit of the values: where all are the same, a hair's breadth is not unusual. */
  readonly floor: number;
}

/** Makes the deviation of normally distributed values their standard deviation: 1 / the normal quantile of 0.75. */
const NORMAL = 1.4826;
/** The median is computed anew after this share of the window. */
const RENEWALS = 20;

/** Scores each value against those before it, and takes it in. `undefined` while there are too few. */
export function robustZScore({
  window = 500,
  minimum = 50,
  floor,
}: RobustZScoreOptions): (value: number) => number | undefined {
  const values = new Float64Array(window);
  let count = 0;
  let next = 0;
  let sinceRenewal = 0;
  let usual: { readonly median: number; readonly deviation: number } | undefined;
  return (value) => {
    if (!Number.isFinite(value)) return undefined;
    if (count >= minimum && (usual === undefined || sinceRenewal >= window / RENEWALS)) {
      usual = usualOf(values.slice(0, count), floor);
      sinceRenewal = 0;
    }
    const score = usual === undefined ? undefined : (value - usual.median) / usual.deviation;
    values[next] = value;
    next = (next + 1) % window;
    count = Math.min(count + 1, window);
    sinceRenewal++;
    return score;
  };
}

/**
 * The same with what is usual at each hour of the day (UTC), which markets have: nights are not days. An hour that has not been
 * seen often enough is scored by all hours.
 */
export function hourlyZScore(
  options: RobustZScoreOptions,
  wallClock: () => number,
): (value: number) => number | undefined {
  const ofAll = robustZScore(options);
  const ofHours = Array.from({ length: 24 }, () => robustZScore(options));
  return (value) => {
    const hour = Math.floor(wallClock() / 3_600_000) % 24;
    const overall = ofAll(value);
    return ofHours[hour]?.(value) ?? overall;
  };
}

function usualOf(values: Float64Array, floor: number) {
  const median = medianOf(values.sort());
  const deviations = values.map((value) => Math.abs(value - median)).sort();
  return { median, deviation: Math.max(NORMAL * medianOf(deviations), floor) };
}

function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
