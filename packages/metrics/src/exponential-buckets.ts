import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";

/** OpenTelemetry SDK specification, "Base2 Exponential Bucket Histogram Aggregation": MaxSize and MaxScale. */
export const MAX_BUCKETS = 160;
export const MAX_SCALE = 20;

/** A point of an exponential histogram whose values are all positive or zero. */
export type ExponentialValue = ExponentialHistogram;

/** Up to this scale the index comes from a table; above it from a logarithm, which only the first few values ever need. */
const TABLE_SCALE = 10;
const CELL_BITS = 11;
const MIN_NORMAL = 2 ** -1022;
/** From here on, the upper halves are those of infinity, NaN and what is below zero. */
const NOT_FINITE = 0x7ff00000;
/** Below the bucket of every number at every scale. */
const OUTSIDE = -(2 ** 31);

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Lower limits of the 1,024 buckets of one octave, and 2 as the end. */
const limits = Float64Array.from({ length: (1 << TABLE_SCALE) + 1 }, (_, i) => 2 ** (i / (1 << TABLE_SCALE)));
/** The mantissas of the limits, in halves; the end's is above all. */
const upperHalves = Int32Array.from(limits, (limit) => {
  float[0] = limit;
  return limit === 2 ? 0x100000 : (words[1] as number) & 0xfffff;
});
const lowerHalves = Uint32Array.from(limits, (limit) => {
  float[0] = limit;
  return words[0] as number;
});
/** For each 2,048th of the mantissa, the bucket in which it begins: fine enough that at most one limit lies in a cell. */
const cells = new Int16Array(1 << CELL_BITS);
for (let cell = 0, bucket = -1; cell < cells.length; cell++) {
  while ((limits[bucket + 1] as number) < 1 + cell / cells.length) bucket++;
  cells[cell] = bucket;
}

/** The bucket of a positive finite number: the `i` with base^i < value <= base^(i+1), where base is 2^(2^-scale). */
export function exponentialIndex(value: number, scale: number): number {
  if (value < MIN_NORMAL) value = MIN_NORMAL;
  if (scale > TABLE_SCALE) return byLogarithm(value, scale);
  return scale < 0 ? tableIndex(value, 0) >> -scale : tableIndex(value, scale);
}

/**
 * As `exponentialIndex`, for normal numbers and scales of which `hasTable` is true; of other numbers the result is below or
 * above all buckets of normal ones, but for those that are smaller: they may also be in the lowest, which is theirs.
 */
// Hot: benchmarks/metrics.
export function tableIndex(value: number, scale: number): number {
  float[0] = value;
  const high = words[1] as number;
  if (high >= NOT_FINITE) return OUTSIDE;
  const mantissa = high & 0xfffff;
  const finer = TABLE_SCALE - scale;
  // The bucket in which the cell begins. At most scales few cells end in another, so the processor foresees the comparison.
  const bucket = (cells[mantissa >>> (20 - CELL_BITS)] as number) >> finer;
  const end = (bucket + 1) << finer;
  const limit = upperHalves[end] as number;
  const first = (((high >>> 20) - 1023) << scale) + bucket;
  // By halves: putting the mantissa together as a number again would wait for the processor to write and read it.
  if (mantissa < limit) return first;
  return mantissa > limit || (words[0] as number) > (lowerHalves[end] as number) ? first + 1 : first;
}

/** Whether the buckets of this scale are found by `tableIndex`. */
export function hasTable(scale: number): boolean {
  return scale >= 0 && scale <= TABLE_SCALE;
}

/** How many halvings of the scale bring the indexes `low` to `high` into 160 buckets. */
export function scaleChange(low: number, high: number): number {
  let change = 0;
  while (high - low >= MAX_BUCKETS) {
    high >>= 1;
    low >>= 1;
    change++;
  }
  return change;
}

/** Both together, at the finest scale at which they fit. */
export function mergeExponential(older: ExponentialValue, newer: ExponentialValue): ExponentialValue {
  const parts = [older, newer].filter((part) => part.positive.bucketCounts.length > 0);
  let scale = Math.min(...parts.map((part) => part.scale));
  if (parts.length === 0) scale = 0;
  const start = (): number => Math.min(...parts.map((p) => p.positive.offset >> (p.scale - scale)));
  const end = (): number =>
    Math.max(...parts.map((p) => (p.positive.offset + p.positive.bucketCounts.length - 1) >> (p.scale - scale)));
  if (parts.length > 0) scale -= scaleChange(start(), end());
  const offset = parts.length === 0 ? 0 : start();
  const bucketCounts: number[] = parts.length === 0 ? [] : new Array(end() - offset + 1).fill(0);
  for (const part of parts) {
    part.positive.bucketCounts.forEach((count, i) => {
      const index = ((part.positive.offset + i) >> (part.scale - scale)) - offset;
      bucketCounts[index] = (bucketCounts[index] as number) + count;
    });
  }
  return {
    count: older.count + newer.count,
    sum: (older.sum as number) + (newer.sum as number),
    min: Math.min(older.min ?? Number.POSITIVE_INFINITY, newer.min ?? Number.POSITIVE_INFINITY),
    max: Math.max(older.max ?? Number.NEGATIVE_INFINITY, newer.max ?? Number.NEGATIVE_INFINITY),
    scale,
    zeroCount: older.zeroCount + newer.zeroCount,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  };
}

function byLogarithm(value: number, scale: number): number {
  float[0] = value;
  const high = words[1] as number;
  const exponent = (high >>> 20) - 1023;
  // Exactly a power of two: the logarithm may round to either side of the limit.
  if ((high & 0xfffff) === 0 && words[0] === 0) return (exponent << scale) - 1;
  return Math.min(Math.floor(Math.log(value) * (Math.LOG2E * 2 ** scale)), (1024 << scale) - 1);
}
