import { exponentialBound, positiveBucket } from "./bucket-bounds.ts";
import { sharedBounds } from "./custom-bounds.ts";
import { type Buckets, type FloatHistogram, sameNumbers, usesCustomBuckets } from "./float-histogram.ts";
import { reduceBuckets } from "./reduce-resolution.ts";
import { zeroBucketFor } from "./zero-bucket.ts";

/** Whether a counter was reset between two histograms: some count fell, or a populated bucket is gone. */
export function isReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.counterResetHint === "reset") return true;
  if (current.counterResetHint === "not_reset") return false;
  return hasFallen(current, previous);
}

/** The same without regard to hints. */
export function hasFallen(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.count < previous.count) return true;
  if (usesCustomBuckets(current)) {
    if (!usesCustomBuckets(previous)) return true;
    if (!sameNumbers(current.customValues, previous.customValues)) return fellInShared(current, previous);
  }
  if (current.schema > previous.schema) return true;
  if (current.zeroThreshold < previous.zeroThreshold) return true;
  const zero = zeroBucketFor(previous, current.zeroThreshold);
  if (zero.threshold !== current.zeroThreshold || current.zeroCount < zero.count) return true;
  return (
    fellIn(current.positive, outsideZero(previous, previous.positive, current)) ||
    fellIn(current.negative, outsideZero(previous, previous.negative, current))
  );
}

/** The buckets of the previous histogram in the schema of the current one, without those in its zero bucket. */
function outsideZero({ schema }: FloatHistogram, buckets: Buckets, current: FloatHistogram): Buckets {
  if (usesCustomBuckets(current)) return buckets;
  const reduced = reduceBuckets(buckets, schema, current.schema);
  if (current.zeroThreshold === 0) return reduced;
  const from = reduced.indexes.findIndex((index) => exponentialBound(index, current.schema) > current.zeroThreshold);
  if (from === -1) return { indexes: [], counts: [] };
  return { indexes: reduced.indexes.slice(from), counts: reduced.counts.slice(from) };
}

function fellIn(current: Buckets, previous: Buckets): boolean {
  let i = 0;
  for (let j = 0; j < previous.indexes.length; j++) {
    const index = previous.indexes[j]!;
    while (i < current.indexes.length && current.indexes[i]! < index) i++;
    const count = current.indexes[i] === index ? current.counts[i]! : undefined;
    if (count === undefined ? previous.counts[j] !== 0 : count < previous.counts[j]!) return true;
  }
  return false;
}

/** Custom borders that differ: whether a count fell between borders that both have. */
function fellInShared(current: FloatHistogram, previous: FloatHistogram): boolean {
  const bounds = [...sharedBounds(current.customValues, previous.customValues), Number.POSITIVE_INFINITY];
  const now = countsBetween(current, bounds);
  const before = countsBetween(previous, bounds);
  return bounds.some((_, i) => now[i]! < before[i]!);
}

function countsBetween(histogram: FloatHistogram, bounds: readonly number[]): readonly number[] {
  const counts = new Array<number>(bounds.length).fill(0);
  let at = 0;
  for (let i = 0; i < histogram.positive.indexes.length; i++) {
    const bucket = positiveBucket(histogram, i);
    while (bounds[at]! < bucket.upper) at++;
    counts[at]! += bucket.count;
  }
  return counts;
}
