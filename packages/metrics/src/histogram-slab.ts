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

/** Laid out as the slab's own heads and counts. */
export interface SettledCells {
  readonly heads: Float64Array;
  readonly counts: Float64Array;
}

/**
 * The numbers of some histograms with the same buckets, in memory that another thread may read while they are recorded:
 * the number of all values is the sum of the counts and is kept nowhere else, so that both always agree.
 */
export class HistogramSlab {
  declare readonly chunk: SeriesChunk<HistogramSlab>;
  declare readonly index: BucketIndex;
  /** Sum, minimum and maximum of each slot: adding to an array of doubles allocates nothing on any of V8's tiers. */
  declare readonly heads: Float64Array;
  /** The counts of each slot's buckets, as 32 bits without a sign: to be read with `>>> 0`. */
  declare readonly counts: Int32Array;
  /** What did not fit into the counts; made with the first of 4 billion. */
  carried: Float64Array | undefined = undefined;
  /** What delta readers were handed; made with the first. */
  settled: SettledCells | undefined = undefined;

  constructor(chunk: SeriesChunk<HistogramSlab>, index: BucketIndex) {
    const { capacity } = chunk;
    const buffer = new SharedArrayBuffer(capacity * (8 * HEAD + 4 * index.size));
    this.chunk = chunk;
    this.index = index;
    this.heads = new Float64Array(buffer, 0, capacity * HEAD);
    this.counts = new Int32Array(buffer, 8 * capacity * HEAD, capacity * index.size);
    for (let slot = 0; slot < capacity; slot++) clearHead(this.heads, slot * HEAD);
  }
}

/**
 * Moves what was recorded in a slot to what is settled, and writes it to `into`: sum, minimum, maximum and counts. NaN comes first
 * where nothing was.
 */
// Hot: benchmarks/metrics. Most buckets are empty, and are left alone.
export function drainSlot(slab: HistogramSlab, slot: number, into: Float64Array, at: number): void {
  const { heads, counts, carried } = slab;
  const { size } = slab.index;
  const settled = settledOf(slab);
  const first = slot * size;
  let count = 0;
  for (let i = 0; i < size; i++) {
    let inBucket = (counts[first + i] as number) >>> 0;
    if (carried !== undefined) inBucket += carried[first + i] as number;
    into[at + HEAD + i] = inBucket;
    if (inBucket === 0) continue;
    count += inBucket;
    settled.counts[first + i] = (settled.counts[first + i] as number) + inBucket;
    counts[first + i] = 0;
  }
  if (count === 0) {
    into[at] = Number.NaN;
    return;
  }
  carried?.fill(0, first, first + size);
  const head = slot * HEAD;
  for (let i = 0; i < HEAD; i++) into[at + i] = heads[head + i] as number;
  settleHead(slab, slot);
}

/** Moves a slot's sum, minimum and maximum to what is settled. */
export function settleHead(slab: HistogramSlab, slot: number): void {
  const head = slot * HEAD;
  mergeHead(settledOf(slab).heads, head, slab.heads, head);
  clearHead(slab.heads, head);
}

/** Adds a row as `drainSlot` writes it to what is settled. */
export function settle(slab: HistogramSlab, slot: number, row: Float64Array): void {
  const { heads, counts } = settledOf(slab);
  const { size } = slab.index;
  const first = slot * size;
  for (let i = 0; i < size; i++) counts[first + i] = (counts[first + i] as number) + (row[HEAD + i] as number);
  mergeHead(heads, slot * HEAD, row, 0);
}

/** What is settled, to be added to. */
export function settledOf(slab: HistogramSlab): SettledCells {
  if (slab.settled !== undefined) return slab.settled;
  const { heads, counts } = slab;
  slab.settled = { heads: new Float64Array(heads.length), counts: new Float64Array(counts.length) };
  for (let head = 0; head < heads.length; head += HEAD) clearHead(slab.settled.heads, head);
  return slab.settled;
}

function mergeHead(heads: Float64Array, head: number, row: Float64Array, at: number): void {
  heads[head] = (heads[head] as number) + (row[at] as number);
  heads[head + MIN] = Math.min(heads[head + MIN] as number, row[at + MIN] as number);
  heads[head + MAX] = Math.max(heads[head + MAX] as number, row[at + MAX] as number);
}

/** A row as `drainSlot` writes it. */
export function writeRow({ buckets, sum, min, max }: HistogramValue, into: Float64Array, at: number): void {
  into[at + SUM] = sum ?? 0;
  into[at + MIN] = min ?? Number.POSITIVE_INFINITY;
  into[at + MAX] = max ?? Number.NEGATIVE_INFINITY;
  into.set(buckets.counts, at + HEAD);
}

export function readRow(row: Float64Array, at: number, boundaries: readonly number[]): HistogramValue {
  const counts = Array.from(row.subarray(at + HEAD, at + HEAD + boundaries.length + 1));
  return {
    buckets: { boundaries: boundaries as number[], counts },
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: row[at + SUM] as number,
    min: row[at + MIN] as number,
    max: row[at + MAX] as number,
  };
}

export function readSettled(
  { heads, counts }: SettledCells,
  slot: number,
  { size, boundaries }: BucketIndex,
): HistogramValue {
  const row = new Float64Array(HEAD + size);
  row.set(heads.subarray(slot * HEAD, (slot + 1) * HEAD));
  row.set(counts.subarray(slot * size, (slot + 1) * size), HEAD);
  return readRow(row, 0, boundaries);
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

function clearHead(heads: Float64Array, head: number): void {
  heads[head + SUM] = 0;
  heads[head + MIN] = Number.POSITIVE_INFINITY;
  heads[head + MAX] = Number.NEGATIVE_INFINITY;
}

/** Keeps what a count lost by going over. */
export function carryCount(slab: HistogramSlab, at: number): void {
  slab.carried ??= new Float64Array(slab.counts.length);
  slab.carried[at] = (slab.carried[at] as number) + CARRY;
}
