import type { ProtobufWriter } from "../protobuf-writer.ts";

/** Attributes as repeated KeyValue, value by value as OpenTelemetry's own serializer writes them. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: object): void {
  for (const key in attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    writer.tag(field, 2);
    writeKeyValue(writer, key, (attributes as Record<string, unknown>)[key]);
  }
}

function writeKeyValue(writer: ProtobufWriter, key: string, value: unknown): void {
  const start = writer.open();
  writer.tag(1, 2);
  writer.string(key);
  writer.tag(2, 2);
  writeAnyValue(writer, value);
  writer.close(start);
}

/** An AnyValue; one that OTLP has no type for is empty. */
function writeAnyValue(writer: ProtobufWriter, value: unknown): void {
  const start = writer.open();
  switch (typeof value) {
    case "string":
      writer.tag(1, 2);
      writer.string(value);
      break;
    case "boolean":
      writer.tag(2, 0);
      writer.varint(value ? 1 : 0);
      break;
    case "number":
      writeNumber(writer, value);
      break;
    case "object":
      if (value !== null) writeObject(writer, value);
      break;
    default:
  }
  writer.close(start);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) {
    writer.tag(3, 0);
    writer.varint(value);
  } else {
    writer.tag(4, 1);
    writer.double(value);
  }
}

function writeObject(writer: ProtobufWriter, value: object): void {
  if (value instanceof Uint8Array) {
    writer.tag(7, 2);
    writer.delimited(value);
    return;
  }
  writer.tag(Array.isArray(value) ? 5 : 6, 2);
  const start = writer.open();
  if (Array.isArray(value)) {
    for (const item of value) {
      writer.tag(1, 2);
      writeAnyValue(writer, item);
    }
  } else writeAttributes(writer, 1, value);
  writer.close(start);
}
