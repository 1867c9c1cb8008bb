import type { ProtobufBuffer } from "./protobuf-buffer.ts";

/** Of opentelemetry.proto.common.v1: AnyValue, KeyValue, ArrayValue, KeyValueList. */
const STRING = 0x0a;
const BOOL = 0x10;
const INT = 0x18;
const DOUBLE = 0x21;
const ARRAY = 0x2a;
const KEY_VALUE_LIST = 0x32;
const ITEM = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;

/** Bytes that one value takes at most besides its texts. */
const OVERHEAD_BYTES = 40;

const INT64_LIMIT = 2 ** 63;

/** A KeyValue as the field `tag`. `maxLength` is of texts, in UTF-16 units. */
export function writeKeyValue(to: ProtobufBuffer, tag: number, key: string, value: unknown, maxLength: number): void {
  to.reserve(OVERHEAD_BYTES);
  const pair = to.begin(tag);
  to.text(KEY, key);
  writeAnyValue(to, VALUE, value, maxLength);
  to.end(pair);
}

/** An AnyValue as the field `tag`; it is empty for what JSON has no value for. */
export function writeAnyValue(to: ProtobufBuffer, tag: number, value: unknown, maxLength: number): void {
  to.reserve(OVERHEAD_BYTES);
  const start = to.begin(tag);
  switch (typeof value) {
    case "string":
      to.text(STRING, value.length > maxLength ? value.slice(0, maxLength) : value);
      break;
    case "boolean":
      to.bytes[to.at++] = BOOL;
      to.bytes[to.at++] = value ? 1 : 0;
      break;
    case "number":
      writeNumber(to, value);
      break;
    case "object":
      if (value !== null) writeList(to, value, maxLength);
      break;
    default:
  }
  to.end(start);
}

export function writeNumber(to: ProtobufBuffer, value: number): void {
  if (Number.isInteger(value) && value >= -INT64_LIMIT && value < INT64_LIMIT) {
    to.bytes[to.at++] = INT;
    to.int64(value);
  } else {
    to.bytes[to.at++] = DOUBLE;
    to.double(value);
  }
}

function writeList(to: ProtobufBuffer, value: object, maxLength: number): void {
  const list = to.begin(Array.isArray(value) ? ARRAY : KEY_VALUE_LIST);
  if (Array.isArray(value)) for (const item of value) writeAnyValue(to, ITEM, item, maxLength);
  else for (const [key, member] of Object.entries(value)) writeKeyValue(to, ITEM, key, member, maxLength);
  to.end(list);
}
