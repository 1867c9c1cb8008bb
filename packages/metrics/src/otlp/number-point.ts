import type { PointValue, Series } from "../instrument.ts";
import { type ProtobufWriter, writeWords } from "../protobuf-writer.ts";
import { type PointFrame, startOf, writeExemplar, writeTimes } from "./point.ts";
import type { PatchedRange } from "./point-block.ts";

/** Where the end time and the value stand in a NumberDataPoint, from the start of its content. */
const START = 1;
const END = 10;
const VALUE = 19;

/** The content of a NumberDataPoint. */
export function writeNumberPoint(
  writer: ProtobufWriter,
  { value, integer }: { readonly value: number; readonly integer: boolean },
  frame: PointFrame,
): void {
  writeTimes(writer, frame);
  writer.tag(integer ? 6 : 4, 1);
  if (integer) writer.sfixed64(value);
  else writer.double(value);
  frame.attributes(7);
  writeExemplar(writer, 5, frame.exemplar);
}

/** As `patchNumberPoints`, for an instrument whose numbers are whole ones. */
export function patchIntegerPoints(range: PatchedRange): number {
  const reached = patchNumberPoints(range);
  const { block, points, from } = range;
  for (let i = from; i < reached; i++) {
    const value = (points.value?.(i) ?? points.series[i]?.total()) as number;
    writeWords(block.view, block.base + (block.marks[4 * i + 1] as number) + VALUE, value);
  }
  return reached;
}

/** Writes times and values over those of the last time; returns where another series stands than then. */
export function patchNumberPoints(range: PatchedRange): number {
  const { rows, value } = range.points;
  if (rows !== undefined) return patchRows(range, rows.numbers);
  if (value === undefined) return patchTotals(range);
  const reached = patchValues(range, value);
  if (range.times.since !== undefined) patchStarts(range, reached);
  return reached;
}

// Hot: benchmarks/metrics. Apart from `patchValues`, so that a sum goes from its field to its slot as the double it is.
function patchTotals({ block, points, from, to, times }: PatchedRange): number {
  const { view, base, marks } = block;
  const before = block.series;
  const { series } = points;
  const { end } = times;
  for (let i = from; i < to; i++) {
    const one = series[i] as Series;
    if (one !== before[i]) return i;
    const at = base + (marks[4 * i + 1] as number);
    view.setFloat64(at + END, end, true);
    view.setFloat64(at + VALUE, one.total() as number, true);
  }
  return to;
}

/** Of differences. */
// Hot: benchmarks/metrics.
function patchRows(range: PatchedRange, rows: Float64Array): number {
  const { block, points, from, to, times } = range;
  const { view, base, marks } = block;
  const before = block.series;
  const { series } = points;
  const { end } = times;
  const start = startOf(range);
  for (let i = from; i < to; i++) {
    if (series[i] !== before[i]) return i;
    const at = base + (marks[4 * i + 1] as number);
    view.setFloat64(at + START, typeof start === "function" ? start(i) : start, true);
    view.setFloat64(at + END, end, true);
    view.setFloat64(at + VALUE, rows[i] as number, true);
  }
  return to;
}

function patchValues({ block, points, from, to, times }: PatchedRange, value: (i: number) => PointValue): number {
  const { view, base, marks } = block;
  for (let i = from; i < to; i++) {
    if (points.series[i] !== block.series[i]) return i;
    const at = base + (marks[4 * i + 1] as number);
    view.setFloat64(at + END, times.end, true);
    view.setFloat64(at + VALUE, value(i) as number, true);
  }
  return to;
}

function patchStarts(range: PatchedRange, to: number): void {
  const start = startOf(range);
  const { view, base, marks } = range.block;
  for (let i = range.from; i < to; i++) {
    const bits = typeof start === "function" ? start(i) : start;
    view.setFloat64(base + (marks[4 * i + 1] as number) + START, bits, true);
  }
}
