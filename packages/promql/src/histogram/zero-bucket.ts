import { addKahan, kahan } from "../kahan-sum.ts";
import { exponentialBound, negativeBucket, positiveBucket } from "./bucket-bounds.ts";
import { type Buckets, compact, type FloatHistogram, noBuckets } from "./float-histogram.ts";

export interface ZeroBucket {
  readonly count: number;
  readonly threshold: number;
}

/**
 * The zero bucket that a histogram would have with a larger threshold. Where that would lie within a populated bucket, the
 * threshold becomes the border of that bucket.
 */
export function zeroBucketFor(histogram: FloatHistogram, threshold: number): ZeroBucket {
  if (threshold === histogram.zeroThreshold) return { count: histogram.zeroCount, threshold };
  let larger = threshold;
  for (;;) {
    let sum = histogram.zeroCount;
    let c = 0;
    const add = (count: number) => {
      sum = addKahan(count, sum, c);
      c = kahan.c;
    };
    for (let i = 0; i < histogram.positive.indexes.length; i++) {
      const bucket = positiveBucket(histogram, i);
      if (bucket.lower >= larger) break;
      add(bucket.count);
      if (bucket.upper > larger) {
        if (bucket.count !== 0) larger = bucket.upper;
        break;
      }
    }
    let again = false;
    for (let i = 0; i < histogram.negative.indexes.length; i++) {
      const bucket = negativeBucket(histogram, i);
      if (bucket.upper <= -larger) break;
      add(bucket.count);
      if (bucket.lower < -larger) {
        if (bucket.count !== 0) {
          larger = -bucket.lower;
          again = true;
        }
        break;
      }
    }
    if (!again) return { count: sum, threshold: larger };
  }
}

/** The histogram with its zero bucket widened and the buckets inside it gone. */
export function widenZeroBucket(histogram: FloatHistogram, { count, threshold }: ZeroBucket): FloatHistogram {
  if (threshold === histogram.zeroThreshold) return histogram;
  const inside = (isInside: (i: number) => boolean, { indexes, counts }: Buckets): Buckets => ({
    indexes,
    counts: counts.map((one, i) => (isInside(i) ? 0 : one)),
  });
  return compact({
    ...histogram,
    zeroCount: count,
    zeroThreshold: threshold,
    positive: inside((i) => positiveBucket(histogram, i).lower < threshold, histogram.positive),
    negative: inside((i) => negativeBucket(histogram, i).upper > -threshold, histogram.negative),
  });
}

/** Both histograms with zero buckets of one width, the smallest that suits both. */
export function reconcileZeroBuckets(a: FloatHistogram, b: FloatHistogram): readonly [FloatHistogram, FloatHistogram] {
  let left = a;
  let right = b;
  while (left.zeroThreshold !== right.zeroThreshold) {
    if (left.zeroThreshold > right.zeroThreshold) {
      right = widenZeroBucket(right, zeroBucketFor(right, left.zeroThreshold));
    } else {
      left = widenZeroBucket(left, zeroBucketFor(left, right.zeroThreshold));
    }
  }
  return [left, right];
}

/** Without the buckets that lie within the zero bucket, which a well-formed histogram does not have. */
export function beyondZeroBucket(buckets: Buckets, { schema, zeroThreshold }: FloatHistogram): Buckets {
  const first = buckets.indexes.findIndex((index) => exponentialBound(index, schema) > zeroThreshold);
  if (first === 0 || buckets.indexes.length === 0) return buckets;
  if (first < 0) return noBuckets;
  return { indexes: buckets.indexes.slice(first), counts: buckets.counts.slice(first) };
}
