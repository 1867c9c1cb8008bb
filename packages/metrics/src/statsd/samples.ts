import type { ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";

/** One value that stands for `count` of them. */
export interface Sample {
  readonly value: number;
  readonly count: number;
}

/** Values above `low` and up to `high`. */
export interface Bucket {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The buckets that hold something, ascending. */
export function explicitBuckets({ buckets: { boundaries, counts } }: Histogram): Bucket[] {
  const buckets = counts.map((count, i) => ({
    low: boundaries[i - 1] ?? Number.NEGATIVE_INFINITY,
    high: boundaries[i] ?? Number.POSITIVE_INFINITY,
    count,
  }));
  return buckets.filter(({ count }) => count > 0);
}

/** The buckets that hold something, ascending; zero stands in one of its own. */
export function exponentialBuckets({ scale, zeroCount, positive, negative }: ExponentialHistogram): Bucket[] {
  const limit = (index: number): number => 2 ** (index * 2 ** -scale);
  const above = positive.bucketCounts.map((count, i) => ({
    low: limit(positive.offset + i),
    high: limit(positive.offset + i + 1),
    count,
  }));
  const below = negative.bucketCounts.map((count, i) => ({
    low: -limit(negative.offset + i + 1),
    high: -limit(negative.offset + i),
    count,
  }));
  const buckets = [...below.reverse(), { low: 0, high: 0, count: zeroCount }, ...above];
  return buckets.filter(({ count }) => count > 0);
}

/**
 * Values that stand for those that were recorded: each in its bucket, with the count, the minimum and the maximum that were
 * recorded, and their sum as near as floating point allows. What is lost is where in its bucket a value was.
 */
export function samples(
  buckets: readonly Bucket[],
  { sum, min, max }: { readonly sum?: number; readonly min?: number; readonly max?: number },
): Sample[] {
  const count = buckets.reduce((total, bucket) => total + bucket.count, 0);
  if (count === 0) return [];
  if (count === 1 && sum !== undefined) return [{ value: sum, count }];
  if (min === undefined || max === undefined) return spread(buckets.map(finite), sum);
  if (min === max) return [{ value: min, count }];
  const inner = buckets.map((bucket, i) => ({
    low: Math.max(bucket.low, min),
    high: Math.min(bucket.high, max),
    count: bucket.count - (i === 0 ? 1 : 0) - (i === buckets.length - 1 ? 1 : 0),
  }));
  const rest = inner.filter((bucket) => bucket.count > 0);
  const between = spread(rest, sum === undefined ? undefined : sum - min - max);
  return [{ value: min, count: 1 }, ...between, { value: max, count: 1 }];
}

/** All buckets' values at one share of the way from `low` to `high`, chosen so that they come to `sum`. */
function spread(buckets: readonly Bucket[], sum: number | undefined): Sample[] {
  const lowest = buckets.reduce((total, { low, count }) => total + low * count, 0);
  const width = buckets.reduce((total, { low, high, count }) => total + (high - low) * count, 0);
  const wanted = sum === undefined || width === 0 ? 0.5 : (sum - lowest) / width;
  const share = Math.min(1, Math.max(0, wanted));
  return buckets.map(({ low, high, count }) => ({ value: low + (high - low) * share, count }));
}

function finite({ low, high, count }: Bucket): Bucket {
  if (low === Number.NEGATIVE_INFINITY) return { low: Math.min(0, high), high, count };
  return { low, high: high === Number.POSITIVE_INFINITY ? low : high, count };
}
