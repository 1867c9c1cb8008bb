import type { Histogram } from "@opentelemetry/sdk-metrics";
import { HEAD, HistogramSeries, MAX, MIN, SUM } from "../histogram.ts";
import type { Series } from "../instrument.ts";
import { type ProtobufWriter, varintSize } from "../protobuf-writer.ts";
import { type PointFrame, writeExemplar, writeTimes } from "./point.ts";
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
  const { series, values } = points;
  const end = times.end;
  for (let i = from; i < to; i++) {
    const one = series[i];
    if (one === undefined || one !== block.series[i]) return i;
    locate(one, values === undefined ? undefined : (values[i] as Histogram));
    const cells = place.cells;
    const first = place.base + HEAD;
    const size = place.size;
    const at = base + (marks[4 * i + 1] as number);
    const slots = at + COUNTS + varintSize(8 * size);
    let count = 0;
    for (let bucket = 0; bucket < size; bucket++) {
      const n = cells[first + bucket] as number;
      count += n;
      writeCount(view, slots + 8 * bucket, n);
    }
    const after = base + (marks[4 * i + 3] as number);
    if (count > 0 !== (bytes[after] === MIN_TAG)) return i;
    if (times.sinceMs !== undefined) view.setFloat64(at + START_SLOT, times.start(one), true);
    view.setFloat64(at + END_SLOT, end, true);
    writeCount(view, at + COUNT_SLOT, count);
    view.setFloat64(at + SUM_SLOT, cells[place.base + SUM] as number, true);
    if (count === 0) continue;
    view.setFloat64(after + 1, cells[place.base + MIN] as number, true);
    view.setFloat64(after + 10, cells[place.base + MAX] as number, true);
  }
  return to;
}

// One object for all: the numbers of the series in hand, in its own cells or, when they are nowhere as such, copied.
const place: { cells: Float64Array; base: number; size: number } = { cells: new Float64Array(0), base: 0, size: 0 };
let copied = new Float64Array(0);

function locate(series: Series, value: Histogram | undefined): void {
  if (value === undefined && series instanceof HistogramSeries && series.settled === undefined) {
    place.cells = series.cells;
    place.base = series.base;
    place.size = series.index.size;
    return;
  }
  const { buckets, sum, min, max } = value ?? (series.total() as Histogram);
  if (copied.length < HEAD + buckets.counts.length) copied = new Float64Array(HEAD + buckets.counts.length);
  copied[SUM] = sum ?? 0;
  copied[MIN] = min ?? 0;
  copied[MAX] = max ?? 0;
  copied.set(buckets.counts, HEAD);
  place.cells = copied;
  place.base = 0;
  place.size = buckets.counts.length;
}

/** Added to a whole number below 2^48, this leaves its bits as the lower 48 of the double's. */
const INTEGER = 2 ** 52;

/** Eight bytes of a count; nobody records 2^48 values. Half the cost of splitting it into words. */
function writeCount(view: DataView, at: number, n: number): void {
  view.setFloat64(at, n + INTEGER, true);
  view.setUint16(at + 6, 0, true);
}
