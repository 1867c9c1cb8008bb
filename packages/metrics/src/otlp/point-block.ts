import type { ValueType } from "@opentelemetry/api";
import type { ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";
import type { Rows } from "../delta-readers.ts";
import { exemplarOf } from "../exemplar.ts";
import type { Instrument, PointValue, Series } from "../instrument.ts";
import { ProtobufWriter } from "../protobuf-writer.ts";
import { writeAttributes } from "./attributes.ts";
import { writeExponentialPoint } from "./exponential-point.ts";
import { patchHistogramPoints, writeHistogramPoint } from "./histogram-point.ts";
import { patchIntegerPoints, patchNumberPoints, writeNumberPoint } from "./number-point.ts";
import type { PointFrame } from "./point.ts";
import type { TimeBits } from "./time.ts";

/** The encoded points of one instrument, kept between exports. */
export interface PointBlock {
  /** Whose point stands where. */
  series: readonly Series[];
  /** Of each point, from `base` on: where it begins, where its content does, where its attributes begin and end. */
  marks: Int32Array;
  /** The block is `length` bytes from `base`; the bytes around it belong to others. */
  bytes: Uint8Array;
  view: DataView;
  base: number;
  length: number;
  /** When the last of its series began, in milliseconds. */
  latestStartMs: number;
}

/** What is to be written. */
export interface Points {
  readonly series: readonly Series[];
  /** That of the `i`-th series. Undefined: what each has in total. */
  readonly value: ((i: number) => PointValue) | undefined;
  /** The same as numbers, where there are such. */
  readonly rows: Rows | undefined;
}

export interface PointTimes {
  readonly end: TimeBits;
  /** Of differences: the last collection. Undefined: a series' start stands still. */
  readonly since: { readonly timeMs: number; readonly bits: TimeBits } | undefined;
  readonly start: (series: Series) => TimeBits;
  /** Exemplars from before went out with an earlier export. */
  readonly exemplarsSinceMs: number;
}

/** The points `from` up to `to`, to be written over those of the last time. */
export interface PatchedRange {
  readonly block: PointBlock;
  readonly points: Points;
  readonly from: number;
  readonly to: number;
  readonly times: PointTimes;
}

/** The number of the API's ValueType, as in metric.ts. */
const INT = 0 as ValueType.INT;
/** How many points are patched, or written, before the caller may let the event loop run. The first are written by cold code. */
export const POINTS_AT_A_TIME = 256;
const WRITTEN_AT_A_TIME = 32;

export function emptyBlock(): PointBlock {
  const { bytes, view } = new ProtobufWriter(0);
  return { series: [], marks: new Int32Array(0), bytes, view, base: 0, length: 0, latestStartMs: 0 };
}

/**
 * Brings the block up to date: in place while the series are those of the last time, else in bytes of its own. The first `done`
 * points are so already.
 */
export function* refreshBlock(
  block: PointBlock,
  instrument: Instrument,
  points: Points,
  times: PointTimes,
  done = 0,
): Generator<void> {
  // The list of an instrument grows while we yield; what comes now is for the next export.
  const count = points.series.length;
  const patch = patchOf(instrument);
  let at = done;
  while (at < count && at < block.series.length) {
    const to = Math.min(at + POINTS_AT_A_TIME, count, block.series.length);
    const reached = patch({ block, points, from: at, to, times });
    at = reached;
    if (reached < to) break;
    yield;
  }
  if (at < count || count < block.series.length) yield* rewrite(block, instrument, { points, times, from: at, count });
}

type Patch = (range: PatchedRange) => number;

function patchOf({ kind, exemplars, valueType }: Instrument): Patch {
  // An exemplar goes out once, so points with some have another length at the next export.
  if (exemplars || kind === "exponentialHistogram") return ({ from }) => from;
  if (kind === "histogram") return patchHistogramPoints;
  return valueType === INT ? patchIntegerPoints : patchNumberPoints;
}

interface Rewritten {
  readonly points: Points;
  readonly times: PointTimes;
  /** Up to here the block is as it should be. */
  readonly from: number;
  readonly count: number;
}

/** Writes what follows `from` anew, with the attributes of series that were there before copied. */
function* rewrite(block: PointBlock, instrument: Instrument, rewritten: Rewritten): Generator<void> {
  const { points, times, from, count } = rewritten;
  const before = { ...block };
  const places = placesOf(before.series, from);
  const writer = new ProtobufWriter(Math.max(256, before.length));
  const kept = from < before.series.length ? (before.marks[4 * from] as number) : before.length;
  writer.raw(before.bytes.subarray(before.base, before.base + kept));
  const marks = new Int32Array(4 * count);
  marks.set(before.marks.subarray(0, 4 * from));
  let { latestStartMs } = before;
  let i = from;
  let content = 0;
  const attributes = (field: number): void => {
    const series = points.series[i] as Series;
    const place = places?.get(series);
    marks[4 * i + 2] = writer.at - content;
    if (place === undefined) writeAttributes(writer, field, series.attributes);
    else writer.raw(attributesAt(before, place));
    marks[4 * i + 3] = writer.at - content;
  };
  for (; i < count; i++) {
    const series = points.series[i] as Series;
    const exemplar = instrument.exemplars ? freshExemplar(series, times) : undefined;
    const value = points.value === undefined ? series.total() : points.value(i);
    latestStartMs = Math.max(latestStartMs, series.startTimeMs);
    marks[4 * i] = writer.at;
    writer.tag(1, 2);
    content = writer.open();
    writePoint(writer, instrument, value, { start: times.start(series), end: times.end, exemplar, attributes });
    const length = writer.at - content;
    writer.close(content);
    // Closing moves the content when its length takes more than a byte.
    content = writer.at - length;
    marks[4 * i + 1] = content;
    marks[4 * i + 2] = content + (marks[4 * i + 2] as number);
    marks[4 * i + 3] = content + (marks[4 * i + 3] as number);
    if (i % WRITTEN_AT_A_TIME === 0) yield;
  }
  block.series = points.series.slice(0, count);
  block.marks = marks;
  block.bytes = writer.bytes;
  block.view = writer.view;
  block.base = 0;
  block.length = writer.at;
  block.latestStartMs = latestStartMs;
}

function attributesAt({ bytes, base, marks }: PointBlock, place: number): Uint8Array {
  return bytes.subarray(base + (marks[4 * place + 2] as number), base + (marks[4 * place + 3] as number));
}

function writePoint(
  writer: ProtobufWriter,
  { kind, valueType }: Instrument,
  value: PointValue | undefined,
  frame: PointFrame,
): void {
  switch (kind) {
    case "counter":
    case "upDownCounter":
    case "gauge":
      writeNumberPoint(writer, { value: value as number, integer: valueType === INT }, frame);
      break;
    case "histogram":
      writeHistogramPoint(writer, withoutExtremes(value as Histogram), frame);
      break;
    case "exponentialHistogram":
      writeExponentialPoint(writer, withoutExtremes(value as ExponentialHistogram), frame);
  }
}

/** One in which nothing was recorded has no minimum. */
function withoutExtremes<V extends Histogram | ExponentialHistogram>(value: V): V {
  if (value.count > 0) return value;
  const { min: _min, max: _max, ...rest } = value;
  return rest as V;
}

/** An exemplar that no export has had. */
function freshExemplar(series: Series, times: PointTimes) {
  const exemplar = exemplarOf(series);
  return exemplar !== undefined && exemplar.timeMs >= times.exemplarsSinceMs ? exemplar : undefined;
}

function placesOf(series: readonly Series[], from: number): Map<Series, number> | undefined {
  if (from >= series.length) return undefined;
  const places = new Map<Series, number>();
  for (let i = from; i < series.length; i++) places.set(series[i] as Series, i);
  return places;
}
