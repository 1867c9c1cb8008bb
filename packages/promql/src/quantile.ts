import { almostEqual } from "./go-math.ts";

/** One bucket of a classic histogram: how many observations were at most `upperBound`. */
export interface ClassicBucket {
  readonly upperBound: number;
  readonly count: number;
}

/** A quantile of a classic histogram, and how its buckets had to be repaired for it. */
export interface ClassicQuantile {
  readonly quantile: number;
  /** Set when counts fell from one bucket to the next. */
  readonly repaired: { readonly minBucket: number; readonly maxBucket: number; readonly maxDiff: number } | undefined;
}

/** Relative differences between buckets below this come from floating-point arithmetic. Prometheus: smallDeltaTolerance. */
const SMALL_DELTA_TOLERANCE = 1e-12;

/** The `q` quantile of values, by linear interpolation between the two nearest. Sorts the values, NaN first. */
export function quantile(q: number, values: number[]): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  values.sort((a, b) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b || 0));
  const rank = q * (values.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  if (weight === 0) return values[lower]!;
  return values[lower]! * (1 - weight) + values[upper]! * weight;
}

/** The `q` quantile of a classic histogram, by linear interpolation within a bucket. */
export function classicQuantile(q: number, given: readonly ClassicBucket[]): ClassicQuantile {
  const plain = (value: number): ClassicQuantile => ({ quantile: value, repaired: undefined });
  if (Number.isNaN(q)) return plain(Number.NaN);
  if (q < 0) return plain(Number.NEGATIVE_INFINITY);
  if (q > 1) return plain(Number.POSITIVE_INFINITY);
  const bounds = mergedBuckets(given);
  if (bounds === undefined) return plain(Number.NaN);
  const { buckets, repaired } = madeMonotonic(bounds);
  const total = buckets.at(-1)!.count;
  if (buckets.length < 2 || total === 0) return { quantile: Number.NaN, repaired };
  let rank = q * total;
  const at = firstAtLeast(buckets, rank);
  if (at === buckets.length - 1) return { quantile: buckets.at(-2)!.upperBound, repaired };
  const bucket = buckets[at]!;
  if (at === 0 && bucket.upperBound <= 0) return { quantile: bucket.upperBound, repaired };
  let start = 0;
  let { count } = bucket;
  if (at > 0) {
    const before = buckets[at - 1]!;
    start = before.upperBound;
    count -= before.count;
    rank -= before.count;
  }
  return { quantile: start + (bucket.upperBound - start) * (rank / count), repaired };
}

/** The share of observations between two values of a classic histogram. */
export function classicFraction(lower: number, upper: number, given: readonly ClassicBucket[]): number {
  const buckets = mergedBuckets(given);
  const total = buckets?.at(-1)?.count ?? 0;
  if (buckets === undefined || total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankIn(buckets, upper, total) - rankIn(buckets, lower, total)) / total;
}

/** How many observations lie below a value, at most `total`. */
function rankIn(buckets: readonly ClassicBucket[], value: number, total: number): number {
  let rank = 0;
  let lowerBound = buckets[0]!.upperBound <= 0 ? Number.NEGATIVE_INFINITY : 0;
  for (const { upperBound, count } of buckets) {
    if (lowerBound >= value) return Math.min(rank, total);
    if (upperBound > value) {
      // Within a bucket that is infinitely wide nothing can be interpolated.
      if (lowerBound === Number.NEGATIVE_INFINITY) return Math.min(count, total);
      return Math.min(rank + ((count - rank) * (value - lowerBound)) / (upperBound - lowerBound), total);
    }
    rank = count;
    lowerBound = upperBound;
  }
  return total;
}

/** By upper bound, those with the same bound added up; `undefined` without a bucket for +Inf. */
function mergedBuckets(given: readonly ClassicBucket[]): ClassicBucket[] | undefined {
  const sorted = [...given].sort((a, b) => (a.upperBound < b.upperBound ? -1 : a.upperBound > b.upperBound ? 1 : 0));
  if (sorted.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return undefined;
  const merged: ClassicBucket[] = [];
  for (const bucket of sorted) {
    const last = merged.at(-1);
    if (last?.upperBound !== bucket.upperBound) merged.push(bucket);
    else merged[merged.length - 1] = { upperBound: bucket.upperBound, count: last.count + bucket.count };
  }
  return merged;
}

/** Counts that never fall: inconsistent scrapes and lost precision would make the search for a rank nonsense. */
function madeMonotonic(given: readonly ClassicBucket[]): {
  buckets: readonly ClassicBucket[];
  repaired: ClassicQuantile["repaired"];
} {
  let minBucket = Number.POSITIVE_INFINITY;
  let maxBucket = Number.NEGATIVE_INFINITY;
  let maxDiff = 0;
  let forced = false;
  let previous = given[0]!.count;
  const buckets = given.map((bucket, i) => {
    const { upperBound, count } = bucket;
    if (i === 0 || count === previous) return bucket;
    if (almostEqual(previous, count, SMALL_DELTA_TOLERANCE)) return { upperBound, count: previous };
    if (count < previous) {
      forced = true;
      minBucket = Math.min(minBucket, upperBound);
      maxBucket = Math.max(maxBucket, upperBound);
      maxDiff = Math.max(maxDiff, previous - count);
      return { upperBound, count: previous };
    }
    previous = count;
    return bucket;
  });
  return { buckets, repaired: forced ? { minBucket, maxBucket, maxDiff } : undefined };
}

/** The first bucket but the last whose count reaches a rank; otherwise the last. */
function firstAtLeast(buckets: readonly ClassicBucket[], rank: number): number {
  let low = 0;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle]!.count >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}
