import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { writeAnyValue, writeAttributes } from "./attributes.ts";
import { writeId } from "./identifiers.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { writeTime } from "./time.ts";

/** Bytes of all fields of fixed size, with room to spare. */
const FIXED_FIELDS = 128;

/** A LogRecord (logs.proto) with its length, and with the fields that OpenTelemetry's serializer writes, zeros among them. */
export function writeLogRecord(writer: ProtobufWriter, record: ReadableLogRecord): void {
  const { severityNumber, severityText, body, attributes, spanContext, eventName } = record;
  writer.reserve(FIXED_FIELDS);
  const start = writer.open(2);
  writer.byte(0x09);
  writeTime(writer, record.hrTime);
  if (severityNumber !== undefined && severityNumber !== 0) {
    writer.byte(0x10);
    writer.int64(severityNumber);
  }
  if (severityText) {
    writer.byte(0x1a);
    writer.string(severityText);
    writer.reserve(FIXED_FIELDS);
  }
  if (body !== undefined) {
    writer.byte(0x2a);
    writeAnyValue(writer, body);
  }
  if (attributes) writeAttributes(writer, 0x32, attributes);
  writer.reserve(FIXED_FIELDS);
  writer.byte(0x38);
  writer.uint32(record.droppedAttributesCount);
  if (spanContext?.traceFlags) {
    writer.byte(0x45);
    writer.fixed32(spanContext.traceFlags);
  }
  if (spanContext?.traceId) {
    writer.byte(0x4a);
    writeId(writer, spanContext.traceId);
  }
  if (spanContext?.spanId) {
    writer.byte(0x52);
    writeId(writer, spanContext.spanId);
  }
  writer.byte(0x59);
  writeTime(writer, record.hrTimeObserved);
  if (eventName) {
    writer.byte(0x62);
    writer.string(eventName);
  }
  writer.close(start, 2);
}
