import type { Histogram as HistogramValue } from "@opentelemetry/sdk-metrics";
import type { BucketIndex } from "./bucket-index.ts";
import type { SeriesChunk } from "./series-chunk.ts";

/** Where the sum, the minimum and the maximum stand in a slot's head. */
export const SUM = 0;
export const MIN = 1;
export const MAX = 2;
/** How many numbers a head has. */
export const HEAD = 3;

/** What a count goes over at. */
const CARRY = 2 ** 32;

/**
 * The numbers of some histograms with the same buckets, in memory that another thread may read while they are recorded:
 * the number of all values is the sum of the counts and is kept nowhere else, so that both always agree.
 */
export class HistogramSlab {
  readonly chunk: SeriesChunk<HistogramSlab>;
  readonly index: BucketIndex;
  /** Sum, minimum and maximum of each slot: adding to an array of doubles allocates nothing on any of V8's tiers. */
  readonly heads: Float64Array;
  /** The counts of each slot's buckets, as 32 bits without a sign: to be read with `>>> 0`. */
  readonly counts: Int32Array;
  /** What did not fit into the counts; made with the first of 4 billion. */
  carried: Float64Array | undefined = undefined;
  /** What delta readers were handed, by slot. */
  settled: (HistogramValue | undefined)[] | undefined = undefined;

  constructor(chunk: SeriesChunk<HistogramSlab>, index: BucketIndex) {
    const { capacity } = chunk;
    const buffer = new SharedArrayBuffer(capacity * (8 * HEAD + 4 * index.size));
    this.chunk = chunk;
    this.index = index;
    this.heads = new Float64Array(buffer, 0, capacity * HEAD);
    this.counts = new Int32Array(buffer, 8 * capacity * HEAD, capacity * index.size);
    for (let slot = 0; slot < capacity; slot++) clearSlot(this, slot);
  }
}

/** What stands in a slot now. */
export function readSlab(slab: HistogramSlab, slot: number): HistogramValue {
  const { heads, carried } = slab;
  const { size, boundaries } = slab.index;
  const first = slot * size;
  const counts = new Array<number>(size);
  let count = 0;
  for (let i = 0; i < size; i++) {
    const inBucket = ((slab.counts[first + i] as number) >>> 0) + ((carried?.[first + i] as number | undefined) ?? 0);
    counts[i] = inBucket;
    count += inBucket;
  }
  const head = slot * HEAD;
  return {
    buckets: { boundaries: boundaries as number[], counts },
    count,
    sum: heads[head + SUM] as number,
    min: heads[head + MIN] as number,
    max: heads[head + MAX] as number,
  };
}

export function clearSlot(slab: HistogramSlab, slot: number): void {
  const { size } = slab.index;
  slab.counts.fill(0, slot * size, (slot + 1) * size);
  slab.carried?.fill(0, slot * size, (slot + 1) * size);
  slab.heads[slot * HEAD + SUM] = 0;
  slab.heads[slot * HEAD + MIN] = Number.POSITIVE_INFINITY;
  slab.heads[slot * HEAD + MAX] = Number.NEGATIVE_INFINITY;
}

/** Keeps what a count lost by going over. */
export function carryCount(slab: HistogramSlab, at: number): void {
  slab.carried ??= new Float64Array(slab.counts.length);
  slab.carried[at] = (slab.carried[at] as number) + CARRY;
}
