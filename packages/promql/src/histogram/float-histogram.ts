/** What is known of a counter between one histogram and the one before it. */
export type CounterResetHint = "unknown" | "reset" | "not_reset" | "gauge";

/**
 * A native histogram. Its buckets have borders at powers of 2^(2^-schema), or, with the schema -53, at `customValues`.
 * Immutable: every operation makes a new one.
 */
export interface FloatHistogram {
  readonly counterResetHint: CounterResetHint;
  readonly schema: number;
  /** The zero bucket reaches this far to both sides. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  /** Upper borders, ascending, of a histogram with custom buckets; otherwise empty. */
  readonly customValues: readonly number[];
}

/** Buckets by ascending index; a bucket that is not there is empty. */
export interface Buckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

/** The schema of histograms whose borders are chosen freely. */
export const CUSTOM_BUCKETS = -53;

export const noBuckets: Buckets = { indexes: [], counts: [] };

const empty: FloatHistogram = {
  counterResetHint: "unknown",
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positive: noBuckets,
  negative: noBuckets,
  customValues: [],
};

/** A histogram from its parts; what is left out is empty. */
export function floatHistogram(parts: Partial<FloatHistogram>): FloatHistogram {
  return { ...empty, ...parts };
}

/** Counts that follow each other from an index on. */
export function bucketsFrom(offset: number, counts: readonly number[]): Buckets {
  return counts.length === 0 ? noBuckets : { indexes: counts.map((_, i) => offset + i), counts };
}

export function usesCustomBuckets({ schema }: FloatHistogram): boolean {
  return schema === CUSTOM_BUCKETS;
}

/** All counts and the sum times a factor. */
export function multiply(histogram: FloatHistogram, factor: number): FloatHistogram {
  const scaled = scale(histogram, (value) => value * factor);
  return factor < 0 ? { ...scaled, counterResetHint: "gauge" } : scaled;
}

/** All counts and the sum through a divisor; through zero, no bucket remains. */
export function divide(histogram: FloatHistogram, divisor: number): FloatHistogram {
  const scaled = scale(histogram, (value) => value / divisor);
  if (divisor === 0) return { ...scaled, positive: noBuckets, negative: noBuckets };
  return divisor < 0 ? { ...scaled, counterResetHint: "gauge" } : scaled;
}

/** Without the buckets that are empty. */
export function compact(histogram: FloatHistogram): FloatHistogram {
  const positive = compactBuckets(histogram.positive);
  const negative = compactBuckets(histogram.negative);
  if (positive === histogram.positive && negative === histogram.negative) return histogram;
  return { ...histogram, positive, negative };
}

/** The same bits in every field that counts; the hint does not. */
export function equalHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    sameNumbers(a.customValues, b.customValues) &&
    sameNumbers(a.positive.indexes, b.positive.indexes) &&
    sameNumbers(a.positive.counts, b.positive.counts) &&
    sameNumbers(a.negative.indexes, b.negative.indexes) &&
    sameNumbers(a.negative.counts, b.negative.counts)
  );
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

export function hasOverflow({ zeroCount, count, sum, positive, negative, customValues }: FloatHistogram): boolean {
  return [[zeroCount, count, sum], positive.counts, negative.counts, customValues].some((values) =>
    values.some((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY),
  );
}

/** How many float samples a histogram weighs in a query's limit: its bytes in Prometheus, through 16. */
export function weight({ positive, negative, customValues }: FloatHistogram): number {
  const bytes = 168 + 8 * (positive.indexes.length + negative.indexes.length + customValues.length) + 16;
  return Math.floor((bytes + 8) / 16);
}

function scale(histogram: FloatHistogram, by: (value: number) => number): FloatHistogram {
  const { positive, negative } = histogram;
  return {
    ...histogram,
    zeroCount: usesCustomBuckets(histogram) ? 0 : by(histogram.zeroCount),
    count: by(histogram.count),
    sum: by(histogram.sum),
    positive: { indexes: positive.indexes, counts: positive.counts.map(by) },
    negative: { indexes: negative.indexes, counts: negative.counts.map(by) },
  };
}

function compactBuckets(buckets: Buckets): Buckets {
  if (buckets.counts.every((count) => count !== 0)) return buckets;
  const indexes: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < buckets.counts.length; i++) {
    if (buckets.counts[i] === 0) continue;
    indexes.push(buckets.indexes[i]!);
    counts.push(buckets.counts[i]!);
  }
  return { indexes, counts };
}
