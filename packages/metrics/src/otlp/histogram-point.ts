import type { Histogram } from "@opentelemetry/sdk-metrics";
import type { Rows } from "../delta-readers.ts";
import { HistogramSeries } from "../histogram.ts";
import { HEAD, MAX, MIN, SUM, settledOf, settleHead } from "../histogram-slab.ts";
import { type ProtobufWriter, varintSize } from "../protobuf-writer.ts";
import { type PointFrame, startOf, writeExemplar, writeTimes } from "./point.ts";
import type { PatchedRange } from "./point-block.ts";

/** The content of a HistogramDataPoint. */
export function writeHistogramPoint(writer: ProtobufWriter, value: Histogram, frame: PointFrame): void {
  const { buckets, count, sum, min, max } = value;
  writeTimes(writer, frame);
  writer.tag(4, 1);
  writer.fixed64(count);
  if (sum !== undefined) {
    writer.tag(5, 1);
    writer.double(sum);
  }
  if (buckets.counts.length > 0) {
    writer.tag(6, 2);
    writer.varint(8 * buckets.counts.length);
    for (const n of buckets.counts) writer.fixed64(n);
  }
  if (buckets.boundaries.length > 0) {
    writer.tag(7, 2);
    writer.varint(8 * buckets.boundaries.length);
    for (const limit of buckets.boundaries) writer.double(limit);
  }
  frame.attributes(9);
  if (min !== undefined) {
    writer.tag(11, 1);
    writer.double(min);
  }
  if (max !== undefined) {
    writer.tag(12, 1);
    writer.double(max);
  }
  writeExemplar(writer, 8, frame.exemplar);
}

/** Where the slots stand in a HistogramDataPoint with a sum, from the start of its content. */
const START_SLOT = 1;
const END_SLOT = 10;
const COUNT_SLOT = 19;
const SUM_SLOT = 28;
const COUNTS = 37;
/** The tag that begins the minimum, which follows the attributes; nothing that may stand there instead begins so. */
const MIN_TAG = (11 << 3) | 1;

/**
 * Writes times and numbers over those of the last time; returns where another series stands than then, or one that got a
 * minimum since.
 */
// Hot: benchmarks/metrics.
export function patchHistogramPoints(range: PatchedRange): number {
  const { block, points, from, to, times } = range;
  const { bytes, view, base, marks } = block;
  const { series, value, rows } = points;
  // The totals' beginnings stand where they stood.
  const start = times.since === undefined ? undefined : startOf(range);
  for (let i = from; i < to; i++) {
    const one = series[i];
    if (one === undefined || one !== block.series[i]) return i;
    const at = base + (marks[4 * i + 1] as number);
    if (rows !== undefined) patchRow(view, at, rows, i);
    else if (value === undefined && one instanceof HistogramSeries && one.live()) patchSlot(view, at, one);
    else patchValue(view, at, (value === undefined ? one.total() : value(i)) as Histogram);
    const { count, sum, min, max } = patched;
    const after = base + (marks[4 * i + 3] as number);
    if (count > 0 !== (bytes[after] === MIN_TAG)) return i;
    if (start !== undefined) view.setFloat64(at + START_SLOT, typeof start === "function" ? start(i) : start, true);
    view.setFloat64(at + END_SLOT, times.end, true);
    writeCount(view, at + COUNT_SLOT, count);
    view.setFloat64(at + SUM_SLOT, sum, true);
    if (count === 0) continue;
    view.setFloat64(after + 1, min, true);
    view.setFloat64(after + 10, max, true);
  }
  return to;
}

/** Takes what `HistogramSeries` recorded into the points of the last time; returns where one recorded nothing, or another stands. */
// Hot: benchmarks/metrics.
export function drainHistogramPoints(range: PatchedRange): number {
  const { block, points, from, to, times } = range;
  const { bytes, view, base, marks } = block;
  const start = startOf(range);
  for (let i = from; i < to; i++) {
    const one = points.series[i] as HistogramSeries;
    if (one !== block.series[i] || one.slab.carried !== undefined) return i;
    const at = base + (marks[4 * i + 1] as number);
    const after = base + (marks[4 * i + 3] as number);
    if (bytes[after] !== MIN_TAG) return i;
    const count = drainCounts(view, at, one);
    if (count === 0) return i;
    view.setFloat64(at + START_SLOT, typeof start === "function" ? start(i) : start, true);
    view.setFloat64(at + END_SLOT, times.end, true);
    writeCount(view, at + COUNT_SLOT, count);
    const { heads } = one.slab;
    const head = one.slot * HEAD;
    view.setFloat64(at + SUM_SLOT, heads[head + SUM] as number, true);
    view.setFloat64(after + 1, heads[head + MIN] as number, true);
    view.setFloat64(after + 10, heads[head + MAX] as number, true);
    settleHead(one.slab, one.slot);
  }
  return to;
}

function drainCounts(view: DataView, at: number, { slab, slot }: HistogramSeries): number {
  const { counts, index } = slab;
  const { size } = index;
  const slots = at + COUNTS + varintSize(8 * size);
  const settled = settledOf(slab).counts;
  const first = slot * size;
  let count = 0;
  for (let bucket = 0; bucket < size; bucket++) {
    const n = (counts[first + bucket] as number) >>> 0;
    writeCount(view, slots + 8 * bucket, n);
    if (n === 0) continue;
    count += n;
    settled[first + bucket] = (settled[first + bucket] as number) + n;
    counts[first + bucket] = 0;
  }
  return count;
}

// One object for all: what the point whose counts were just written has beside them. Doubles from the start.
const patched = { count: Number.NaN, sum: Number.NaN, min: Number.NaN, max: Number.NaN };

/** Writes the counts as they stand in the slab. */
function patchSlot(view: DataView, at: number, { slab, slot }: HistogramSeries): void {
  const { counts, heads } = slab;
  const { size } = slab.index;
  const slots = at + COUNTS + varintSize(8 * size);
  const first = slot * size;
  let count = 0;
  for (let bucket = 0; bucket < size; bucket++) {
    const n = (counts[first + bucket] as number) >>> 0;
    count += n;
    writeCount(view, slots + 8 * bucket, n);
  }
  patched.count = count;
  patched.sum = heads[slot * HEAD + SUM] as number;
  patched.min = heads[slot * HEAD + MIN] as number;
  patched.max = heads[slot * HEAD + MAX] as number;
}

/** Writes the counts as `Instrument.drainRows` gave them. */
function patchRow(view: DataView, at: number, { numbers, width }: Rows, i: number): void {
  const size = width - HEAD;
  const slots = at + COUNTS + varintSize(8 * size);
  const first = i * width;
  let count = 0;
  for (let bucket = 0; bucket < size; bucket++) {
    const n = numbers[first + HEAD + bucket] as number;
    count += n;
    writeCount(view, slots + 8 * bucket, n);
  }
  patched.count = count;
  patched.sum = numbers[first + SUM] as number;
  patched.min = numbers[first + MIN] as number;
  patched.max = numbers[first + MAX] as number;
}

function patchValue(view: DataView, at: number, { buckets, count, sum, min, max }: Histogram): void {
  const { counts } = buckets;
  const slots = at + COUNTS + varintSize(8 * counts.length);
  for (let bucket = 0; bucket < counts.length; bucket++) {
    writeCount(view, slots + 8 * bucket, counts[bucket] as number);
  }
  patched.count = count;
  patched.sum = sum ?? 0;
  patched.min = min ?? 0;
  patched.max = max ?? 0;
}

/** Added to a whole number below 2^48, this leaves its bits as the lower 48 of the double's. */
const INTEGER = 2 ** 52;

/** Eight bytes of a count; nobody records 2^48 values. Half the cost of splitting it into words. */
function writeCount(view: DataView, at: number, n: number): void {
  view.setFloat64(at, n + INTEGER, true);
  view.setUint16(at + 6, 0, true);
}
