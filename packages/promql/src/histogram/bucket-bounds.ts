import { exponentialFractions } from "./exponential-fractions.ts";
import { CUSTOM_BUCKETS, type FloatHistogram } from "./float-histogram.ts";

/** One bucket with its borders. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/** The upper border of a positive bucket. */
export function upperBound(index: number, schema: number, customValues: readonly number[]): number {
  if (schema !== CUSTOM_BUCKETS) return exponentialBound(index, schema);
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return index >= customValues.length ? Number.POSITIVE_INFINITY : customValues[index]!;
}

export function exponentialBound(index: number, schema: number): number {
  if (schema <= 0) {
    const exponent = index * 2 ** -schema;
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  }
  const steps = 2 ** schema;
  const exponent = Math.floor(index / steps);
  const within = index - exponent * steps;
  // The last bucket of finite numbers ends at the largest of them; infinity has a bucket of its own.
  if (within === 0 && exponent === 1024) return Number.MAX_VALUE;
  return exponentialFractions[within * (256 / steps)]! * 2 * 2 ** exponent;
}

export function positiveBucket({ positive, schema, customValues }: FloatHistogram, i: number): Bucket {
  const index = positive.indexes[i]!;
  const lower = upperBound(index - 1, schema, customValues);
  const upper = upperBound(index, schema, customValues);
  const custom = schema === CUSTOM_BUCKETS;
  return {
    lower,
    upper,
    lowerInclusive: custom ? index === 0 : lower < 0,
    upperInclusive: custom || upper > 0,
    count: positive.counts[i]!,
  };
}

export function negativeBucket({ negative, schema }: FloatHistogram, i: number): Bucket {
  const index = negative.indexes[i]!;
  const lower = -exponentialBound(index, schema);
  const upper = -exponentialBound(index - 1, schema);
  return { lower, upper, lowerInclusive: lower < 0, upperInclusive: upper > 0, count: negative.counts[i]! };
}

export function zeroBucket({ zeroThreshold, zeroCount }: FloatHistogram): Bucket {
  return {
    lower: -zeroThreshold,
    upper: zeroThreshold,
    lowerInclusive: true,
    upperInclusive: true,
    count: zeroCount,
  };
}

/** All buckets from low to high. Where one overlaps the zero bucket, it ends at the zero threshold. */
export function allBuckets(histogram: FloatHistogram): readonly Bucket[] {
  const { negative, positive, zeroThreshold, zeroCount } = histogram;
  const buckets: Bucket[] = [];
  for (let i = negative.indexes.length - 1; i >= 0; i--) {
    const bucket = negativeBucket(histogram, i);
    const overlaps = bucket.upper < 0 && bucket.upper > -zeroThreshold;
    buckets.push(overlaps ? { ...bucket, upper: -zeroThreshold } : bucket);
  }
  if (zeroCount > 0) buckets.push(zeroBucket(histogram));
  for (let i = 0; i < positive.indexes.length; i++) {
    const bucket = positiveBucket(histogram, i);
    const overlaps = bucket.lower > 0 && bucket.lower < zeroThreshold;
    buckets.push(overlaps ? { ...bucket, lower: zeroThreshold } : bucket);
  }
  return buckets;
}

/** How much of a bucket's width lies below a value inside it, linearly or on a logarithmic scale. */
export function fractionBelow({ lower, upper }: Bucket, value: number, linear: boolean): number {
  if (linear) return (value - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}
