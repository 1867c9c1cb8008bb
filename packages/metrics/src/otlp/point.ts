import type { Exemplar } from "../exemplar.ts";
import type { Series } from "../instrument.ts";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import type { PatchedRange } from "./point-block.ts";
import { type TimeBits, timeBits } from "./time.ts";

/** What every data point has besides its value. */
export interface PointFrame {
  readonly start: TimeBits;
  readonly end: TimeBits;
  /** Writes the attributes as repeated KeyValue of this field. */
  readonly attributes: (field: number) => void;
  readonly exemplar: Exemplar | undefined;
}

/** Fields 2 and 3, in all types of data points. */
export function writeTimes(writer: ProtobufWriter, { start, end }: PointFrame): void {
  writer.tag(2, 1);
  writer.double(start);
  writer.tag(3, 1);
  writer.double(end);
}

/**
 * When differences that are written over those of the last time begin: all at once, at the last collection, when all of their
 * series had begun then; else each by itself.
 */
export function startOf({ block, times, points }: PatchedRange): ((i: number) => TimeBits) | TimeBits {
  const { since } = times;
  if (since !== undefined && block.latestStartMs <= since.timeMs) return since.bits;
  return (i) => times.start(points.series[i] as Series);
}

/** OpenTelemetry's own serializer writes no exemplars; these are where its field numbers would come in ascending order. */
export function writeExemplar(writer: ProtobufWriter, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined) return;
  writer.tag(field, 2);
  const start = writer.open();
  writer.tag(2, 1);
  writer.double(timeBits(exemplar.timeMs));
  writer.tag(3, 1);
  writer.double(exemplar.value);
  if (exemplar.traceId !== "") {
    writer.tag(4, 2);
    writer.delimited(Buffer.from(exemplar.spanId, "hex"));
    writer.tag(5, 2);
    writer.delimited(Buffer.from(exemplar.traceId, "hex"));
  }
  writer.close(start);
}
