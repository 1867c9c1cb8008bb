import { type Annotation, fractionWithoutNaN, quantileIsNaN, quantileIsSkewed } from "../annotations.ts";
import type { PositionRange } from "../position.ts";
import { allBuckets, type Bucket, fractionBelow } from "./bucket-bounds.ts";
import { type FloatHistogram, usesCustomBuckets } from "./float-histogram.ts";

/** What the annotations of a result speak of. */
export interface Subject {
  readonly metric: string;
  readonly position: PositionRange;
  readonly annotate: (annotation: Annotation) => void;
}

/** The `q` quantile of a native histogram: exponential interpolation within a bucket, linear in custom and zero buckets. */
export function nativeQuantile(q: number, histogram: FloatHistogram, subject: Subject): number {
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (histogram.count === 0 || Number.isNaN(q)) return Number.NaN;
  // Observations of NaN are in the count but in no bucket; then only counting from below finds a rank.
  const hasNaN = Number.isNaN(histogram.sum);
  const upwards = hasNaN || q < 0.5;
  const buckets = upwards ? allBuckets(histogram) : allBuckets(histogram).toReversed();
  let rank = upwards ? q * histogram.count : (1 - q) * histogram.count;
  let count = 0;
  let bucket: Bucket = { lower: 0, upper: 0, lowerInclusive: false, upperInclusive: false, count: 0 };
  let next = 0;
  while (next < buckets.length) {
    bucket = buckets[next++]!;
    if (bucket.count === 0) continue;
    count += bucket.count;
    if (count >= rank) break;
  }
  const custom = usesCustomBuckets(histogram);
  if (custom) {
    if (bucket.lower === Number.NEGATIVE_INFINITY) {
      if (bucket.upper <= 0) return bucket.upper;
      bucket = { ...bucket, lower: 0 };
    } else if (bucket.upper === Number.POSITIVE_INFINITY) return bucket.lower;
  } else if (bucket.lower < 0 && bucket.upper > 0) {
    bucket = towardsPopulated(bucket, histogram);
  }
  count = Math.min(count, histogram.count);
  if (count < rank) {
    if (!hasNaN) return bucket.upper;
    subject.annotate(quantileIsNaN(subject.metric, subject.position));
    return Number.NaN;
  }
  rank = upwards ? rank - (count - bucket.count) : count - rank;
  if (hasNaN) {
    for (; next < buckets.length; next++) count += buckets[next]!.count;
    if (count < histogram.count) subject.annotate(quantileIsSkewed(subject.metric, subject.position));
  }
  const fraction = rank / bucket.count;
  if (custom || (bucket.lower <= 0 && bucket.upper >= 0)) {
    return bucket.lower + (bucket.upper - bucket.lower) * fraction;
  }
  const logLower = Math.log2(Math.abs(bucket.lower));
  const logUpper = Math.log2(Math.abs(bucket.upper));
  if (bucket.lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

/** The share of observations between two values of a native histogram. */
export function nativeFraction(lower: number, upper: number, histogram: FloatHistogram, subject: Subject): number {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const custom = usesCustomBuckets(histogram);
  let rank = 0;
  let lowerRank: number | undefined;
  let upperRank: number | undefined;
  let inBuckets = 0;
  const buckets = allBuckets(histogram);
  for (const one of buckets) inBuckets += one.count;
  for (const one of buckets) {
    let bucket = one;
    const zero = !custom && bucket.lower <= 0 && bucket.upper >= 0;
    if (zero) bucket = towardsPopulated(bucket, histogram);
    else if (custom && bucket.lower === Number.NEGATIVE_INFINITY && bucket.upper > 0) bucket = { ...bucket, lower: 0 };
    const rankOf = (value: number): number | undefined => {
      if (bucket.lower >= value) return rank;
      if (bucket.upper <= value) return undefined;
      const linear = custom || zero;
      if (linear && bucket.lower === Number.NEGATIVE_INFINITY) return bucket.count;
      return rank + bucket.count * fractionBelow(bucket, value, linear);
    };
    lowerRank ??= rankOf(lower);
    upperRank ??= rankOf(upper);
    if (lowerRank !== undefined && upperRank !== undefined) break;
    rank += bucket.count;
  }
  let count = histogram.count;
  if (Number.isNaN(histogram.sum)) {
    count = inBuckets;
    if (count < histogram.count) subject.annotate(fractionWithoutNaN(subject.metric, subject.position));
  }
  const capped = (value: number | undefined) => (value === undefined || value > count ? count : value);
  return (capped(upperRank) - capped(lowerRank)) / histogram.count;
}

/** The zero bucket of a histogram with buckets on one side only lies on that side. */
function towardsPopulated(bucket: Bucket, { negative, positive }: FloatHistogram): Bucket {
  if (negative.indexes.length === 0 && positive.indexes.length > 0) return { ...bucket, lower: 0 };
  if (positive.indexes.length === 0 && negative.indexes.length > 0) return { ...bucket, upper: 0 };
  return bucket;
}
