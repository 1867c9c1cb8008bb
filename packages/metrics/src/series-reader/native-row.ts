import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";
import { MAX_SCHEMA, MIN_SCHEMA, ZERO_THRESHOLD } from "../prometheus/native-histogram.ts";
import type { BatchWriter } from "./batch-writer.ts";

/** Whether Prometheus has native histograms as coarse as this one. */
export function fitsNative({ scale }: ExponentialHistogram): boolean {
  return scale >= MIN_SCHEMA;
}

/** Writes a row of `SeriesBatch.histograms`. */
export function putNative(writer: BatchWriter, id: number, histogram: ExponentialHistogram): void {
  const { scale, zeroCount, count, sum, positive, negative } = histogram;
  const schema = Math.min(scale, MAX_SCHEMA);
  const sides = [inUse(positive, scale - schema), inUse(negative, scale - schema)];
  let at = writer.reserveRow(HEAD + sides.reduce((length, { size }) => length + 2 + size, 0));
  const row = writer.histograms;
  for (const head of [id, schema, ZERO_THRESHOLD, zeroCount, count, sum ?? 0]) row[at++] = head;
  for (const side of sides) {
    row[at++] = side.offset;
    row[at++] = side.size;
    writeCounts(side, row, at);
    at += side.size;
  }
}

/** How many numbers come before the buckets. */
const HEAD = 6;

/** The buckets from the first to the last that is not empty, each `change` halvings of the scale coarser. */
interface BucketsInUse {
  readonly offset: number;
  readonly size: number;
  readonly buckets: ExponentialHistogram["positive"];
  readonly change: number;
}

function inUse(buckets: ExponentialHistogram["positive"], change: number): BucketsInUse {
  const { offset, bucketCounts } = buckets;
  const first = bucketCounts.findIndex((count) => count > 0);
  if (first === -1) return { offset: 0, size: 0, buckets, change };
  const last = bucketCounts.findLastIndex((count) => count > 0);
  const from = placeOf(offset + first, change);
  return { offset: from, size: placeOf(offset + last, change) - from + 1, buckets, change };
}

function writeCounts({ offset, size, buckets, change }: BucketsInUse, row: Float64Array, at: number): void {
  row.fill(0, at, at + size);
  const { bucketCounts } = buckets;
  for (let i = 0; i < bucketCounts.length; i++) {
    const count = bucketCounts[i] as number;
    if (count === 0) continue;
    const place = at + placeOf(buckets.offset + i, change) - offset;
    row[place] = (row[place] as number) + count;
  }
}

/** OpenTelemetry counts buckets by their lower limit, Prometheus by their upper one. */
function placeOf(index: number, change: number): number {
  return (index >> change) + 1;
}
