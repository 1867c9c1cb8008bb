import type { Buckets, FloatHistogram } from "./float-histogram.ts";

/** The index that a bucket has in a schema of lower resolution. */
export function targetIndex(index: number, from: number, to: number): number {
  return Math.floor((index - 1) / 2 ** (from - to)) + 1;
}

/** Buckets merged to a schema of lower resolution; a second list, such as compensations, is merged alongside. */
export function reduceBuckets(buckets: Buckets, from: number, to: number): Buckets {
  if (from === to) return buckets;
  const indexes: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < buckets.indexes.length; i++) {
    const index = targetIndex(buckets.indexes[i]!, from, to);
    if (indexes.at(-1) === index) {
      counts[counts.length - 1]! += buckets.counts[i]!;
    } else {
      indexes.push(index);
      counts.push(buckets.counts[i]!);
    }
  }
  return { indexes, counts };
}

export function copyToSchema(histogram: FloatHistogram, schema: number): FloatHistogram {
  if (schema === histogram.schema) return histogram;
  return {
    ...histogram,
    schema,
    positive: reduceBuckets(histogram.positive, histogram.schema, schema),
    negative: reduceBuckets(histogram.negative, histogram.schema, schema),
  };
}
