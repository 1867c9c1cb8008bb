import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import { type PointFrame, writeExemplar, writeTimes } from "./point.ts";

/** The content of an ExponentialHistogramDataPoint. Its counts are varints, so there are no slots to write over. */
export function writeExponentialPoint(writer: ProtobufWriter, value: ExponentialHistogram, frame: PointFrame): void {
  const { count, sum, min, max, scale, zeroCount, positive, negative } = value;
  frame.attributes(1);
  writeTimes(writer, frame);
  writer.tag(4, 1);
  writer.fixed64(count);
  if (sum !== undefined) {
    writer.tag(5, 1);
    writer.double(sum);
  }
  if (scale !== 0) {
    writer.tag(6, 0);
    writer.sint32(scale);
  }
  writer.tag(7, 1);
  writer.fixed64(zeroCount);
  writer.tag(8, 2);
  writeBuckets(writer, positive);
  writer.tag(9, 2);
  writeBuckets(writer, negative);
  if (min !== undefined) {
    writer.tag(12, 1);
    writer.double(min);
  }
  if (max !== undefined) {
    writer.tag(13, 1);
    writer.double(max);
  }
  writeExemplar(writer, 11, frame.exemplar);
}

function writeBuckets(writer: ProtobufWriter, { offset, bucketCounts }: ExponentialHistogram["positive"]): void {
  const start = writer.open();
  if (offset !== 0) {
    writer.tag(1, 0);
    writer.sint32(offset);
  }
  if (bucketCounts.length > 0) {
    writer.tag(2, 2);
    const counts = writer.open();
    for (const count of bucketCounts) writer.varint(count);
    writer.close(counts);
  }
  writer.close(start);
}
