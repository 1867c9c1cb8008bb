import { type Bucket, fractionBelow, negativeBucket, positiveBucket, zeroBucket } from "./bucket-bounds.ts";
import { type Buckets, compact, type FloatHistogram, usesCustomBuckets } from "./float-histogram.ts";

/** What remains of a bucket, and the value that stands for what remains. */
interface Remainder {
  readonly count: number;
  readonly midpoint: number;
}

const nothing: Remainder = { count: 0, midpoint: 0 };

/** A histogram of the observations below a value, or above it; where that lies within a bucket, by interpolation. */
export function trimHistogram(histogram: FloatHistogram, at: number, keep: "below" | "above"): FloatHistogram {
  const custom = usesCustomBuckets(histogram);
  let count = 0;
  let sum = 0;
  let trimmed = false;
  const trim = (buckets: Buckets, bucketAt: (i: number) => Bucket, positive: boolean): Buckets => {
    const counts = buckets.counts.map((before, i) => {
      if (before === 0) return before;
      const rest = trimBucket(bucketAt(i), at, { keep, positive, custom });
      count += rest.count;
      sum += rest.midpoint * rest.count;
      if (rest.count !== before) trimmed = true;
      return rest.count;
    });
    return { indexes: buckets.indexes, counts };
  };
  const positive = trim(histogram.positive, (i) => positiveBucket(histogram, i), true);
  const negative = trim(histogram.negative, (i) => negativeBucket(histogram, i), false);
  let { zeroCount } = histogram;
  if (zeroCount > 0) {
    const populated = ({ counts }: Buckets) => counts.some((one) => one !== 0);
    const rest = trimZeroBucket(zeroBucket(histogram), at, {
      keep,
      hasNegative: populated(histogram.negative),
      hasPositive: populated(histogram.positive),
    });
    if (rest.count !== zeroCount) trimmed = true;
    zeroCount = rest.count;
    count += rest.count;
    sum += rest.midpoint * rest.count;
  }
  return trimmed ? compact({ ...histogram, positive, negative, zeroCount, count, sum }) : histogram;
}

interface BucketKind {
  readonly keep: "below" | "above";
  readonly positive: boolean;
  readonly custom: boolean;
}

function trimBucket(bucket: Bucket, at: number, kind: BucketKind): Remainder {
  const { lower, upper, count } = bucket;
  const all = kind.keep === "below" ? upper <= at : lower >= at;
  if (all) return { count, midpoint: midpoint(lower, upper, kind) };
  const some = kind.keep === "below" ? lower < at : upper > at;
  if (!some) return nothing;
  if (lower === Number.NEGATIVE_INFINITY) return trimFromInfinity(bucket, at, kind.keep);
  if (upper === Number.POSITIVE_INFINITY) return trimToInfinity(bucket, at, kind.keep);
  const below = count * fractionBelow(bucket, at, kind.custom);
  if (kind.keep === "below") return { count: below, midpoint: midpoint(lower, at, kind) };
  return { count: count - below, midpoint: midpoint(at, upper, kind) };
}

/** A bucket from -Inf: with a positive upper border it is taken to begin at 0; otherwise it cannot be divided. */
function trimFromInfinity({ lower, upper, count }: Bucket, at: number, keep: "below" | "above"): Remainder {
  const divisible = upper > 0 && upper !== Number.POSITIVE_INFINITY;
  const gone = { count: 0, midpoint: Number.isFinite(upper) ? upper : 0 };
  if (keep === "below") {
    if (at >= upper) return { count, midpoint: 0 };
    if (at > 0 && divisible) return { count: (count * at) / upper, midpoint: at / 2 };
    return upper <= 0 ? { count, midpoint: at } : gone;
  }
  if (at <= lower) return { count, midpoint: 0 };
  if (at >= 0 && divisible && upper > at) return { count: count * (1 - at / upper), midpoint: (at + upper) / 2 };
  return gone;
}

function trimToInfinity({ lower, count }: Bucket, at: number, keep: "below" | "above"): Remainder {
  if (keep === "above" && at >= lower) return { count, midpoint: at };
  return { count: 0, midpoint: Number.isFinite(lower) ? lower : 0 };
}

interface Sides {
  readonly keep: "below" | "above";
  readonly hasNegative: boolean;
  readonly hasPositive: boolean;
}

/** The zero bucket reaches only to the side on which there are other buckets. */
function trimZeroBucket(bucket: Bucket, at: number, { keep, hasNegative, hasPositive }: Sides): Remainder {
  const upper = hasNegative && !hasPositive ? 0 : bucket.upper;
  const lower = hasPositive && !hasNegative ? 0 : bucket.lower;
  const whole = { count: bucket.count, midpoint: (lower + upper) / 2 };
  if (keep === "below") {
    if (at <= lower) return nothing;
    if (at >= upper) return whole;
    return { count: (bucket.count * (at - lower)) / (upper - lower), midpoint: (lower + at) / 2 };
  }
  if (at <= lower) return whole;
  if (at >= upper) return nothing;
  return { count: (bucket.count * (upper - at)) / (upper - lower), midpoint: (at + upper) / 2 };
}

function midpoint(lower: number, upper: number, { positive, custom }: BucketKind): number {
  if (!Number.isFinite(lower)) {
    if (!Number.isFinite(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (!Number.isFinite(upper)) return lower;
  if (custom) return (lower + upper) / 2;
  const geometric = Math.sqrt(Math.abs(lower * upper));
  return positive ? geometric : -geometric;
}
