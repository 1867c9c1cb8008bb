/**
 * Attributes as repeated KeyValue. An application has few keys, and many of their values come again and again: keys and
 * short values are encoded once and copied from then on.
 */
import { type Blob, blobOf, type ProtobufWriter, varintSize } from "./protobuf-writer.ts";

interface CachedKey {
  /** Key and tag of the value: what every KeyValue of this key begins with. */
  readonly prefix: Blob;
  /** Whole KeyValues with their length, by value; `undefined` when values of this key seldom come again. */
  values: Map<string, Blob> | undefined;
  hits: number;
}

/** Keys that are remembered, and the longest of them in code units. */
const MAX_KEYS = 1_024;
const MAX_KEY_LENGTH = 128;

/** Values that are remembered of one key, of all keys, and the longest of them in code units. */
const MAX_VALUES_OF_KEY = 128;
const MAX_VALUES = 16_384;
const MAX_VALUE_LENGTH = 64;

/** What remembering a value has to bring, on average, in values found. */
const HITS_WORTH_IT = 4;

const keys = new Map<string, CachedKey>();
let valueCount = 0;

/** Bytes of tags and lengths around a key and a value. */
const AROUND = 32;

const hasOwn = Object.prototype.hasOwnProperty;

/** `tag` is one byte: the field number of the attributes, which is below 16, with wire type 2. */
export function writeAttributes(writer: ProtobufWriter, tag: number, attributes: object): void {
  for (const key in attributes) {
    if (!hasOwn.call(attributes, key)) continue;
    writeAttribute(writer, tag, key, (attributes as Record<string, unknown>)[key]);
  }
}

function writeAttribute(writer: ProtobufWriter, tag: number, key: string, value: unknown): void {
  const cached = keys.get(key) ?? remember(writer, key);
  if (cached === undefined) {
    writeUncached(writer, tag, key, value);
    return;
  }
  const { prefix } = cached;
  writer.reserve(prefix.size + MAX_VALUE_LENGTH + AROUND);
  if (typeof value === "string") {
    if (value.length <= MAX_VALUE_LENGTH) writeShortString(writer, tag, cached, value);
    else writeLong(writer, tag, prefix, value);
    return;
  }
  if (typeof value === "number") {
    writer.byte(tag);
    if (value >= 0 && value <= 0xffff_ffff && value === value >>> 0) {
      const size = varintSize(value) + 1;
      writer.uint32(prefix.size + size + 1);
      writer.blob(prefix);
      writer.byte(size);
      writer.byte(INT);
      writer.uint32(value);
      return;
    }
    const start = writer.open(1);
    writer.blob(prefix);
    writeAnyValue(writer, value);
    writer.close(start, 1);
    return;
  }
  writeLong(writer, tag, prefix, value);
}

function writeShortString(writer: ProtobufWriter, tag: number, cached: CachedKey, value: string): void {
  const known = cached.values?.get(value);
  writer.byte(tag);
  if (known !== undefined) {
    cached.hits++;
    writer.reserve(known.size + AROUND);
    writer.blob(known);
    return;
  }
  const start = writer.at;
  const { length } = value;
  const { prefix } = cached;
  const size = prefix.size + length + 3;
  writer.uint32(size);
  writer.blob(prefix);
  writer.byte(length + 2);
  writer.byte(STRING);
  writer.byte(length);
  if (!writer.ascii(value, length)) {
    writer.at = start;
    writer.open(2);
    writer.blob(prefix);
    writeAnyValue(writer, value);
    writer.close(start, 2);
  }
  if (cached.values !== undefined) rememberValue(cached, value, blobOf(writer.bytes, start, writer.at));
}

function writeLong(writer: ProtobufWriter, tag: number, prefix: Blob, value: unknown): void {
  writer.byte(tag);
  const guess = typeof value === "boolean" ? 1 : 2;
  const start = writer.open(guess);
  writer.blob(prefix);
  writeAnyValue(writer, value);
  writer.close(start, guess);
}

function writeUncached(writer: ProtobufWriter, tag: number, key: string, value: unknown): void {
  writer.reserve(AROUND);
  writer.byte(tag);
  writeKeyValue(writer, key, value);
}

function writeKeyValue(writer: ProtobufWriter, key: string, value: unknown): void {
  const start = writer.open(1);
  writer.byte(KEY);
  writer.string(key);
  writer.reserve(AROUND);
  writer.byte(VALUE);
  writeAnyValue(writer, value);
  writer.close(start, 1);
}

// Field numbers and wire types of KeyValue, AnyValue, ArrayValue and KeyValueList in common.proto.
const KEY = 0x0a;
const VALUE = 0x12;
const STRING = 0x0a;
const BOOL = 0x10;
const INT = 0x18;
const DOUBLE = 0x21;
const ARRAY = 0x2a;
const KEY_VALUES = 0x32;
const BYTES = 0x3a;
const ITEM = 0x0a;

/** An AnyValue with its length; one that OTLP has no type for is empty. */
export function writeAnyValue(writer: ProtobufWriter, value: unknown): void {
  writer.reserve(AROUND);
  const start = writer.open(1);
  switch (typeof value) {
    case "string":
      writer.byte(STRING);
      writer.string(value);
      break;
    case "boolean":
      writer.byte(BOOL);
      writer.byte(value ? 1 : 0);
      break;
    case "number":
      writeNumber(writer, value);
      break;
    case "object":
      if (value !== null) writeObject(writer, value);
      break;
    default:
  }
  writer.close(start, 1);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) {
    writer.byte(INT);
    writer.int64(value);
  } else {
    writer.byte(DOUBLE);
    writer.double(value);
  }
}

function writeObject(writer: ProtobufWriter, value: object): void {
  if (value instanceof Uint8Array) {
    writer.byte(BYTES);
    writer.uint32(value.length);
    writer.raw(value);
    return;
  }
  const isArray = Array.isArray(value);
  writer.byte(isArray ? ARRAY : KEY_VALUES);
  const start = writer.open(1);
  if (isArray) {
    for (const item of value) {
      writer.reserve(AROUND);
      writer.byte(ITEM);
      writeAnyValue(writer, item);
    }
  } else {
    for (const key in value) {
      if (!hasOwn.call(value, key)) continue;
      writer.reserve(AROUND);
      writer.byte(ITEM);
      writeKeyValue(writer, key, (value as Record<string, unknown>)[key]);
    }
  }
  writer.close(start, 1);
}

function remember(writer: ProtobufWriter, key: string): CachedKey | undefined {
  if (keys.size >= MAX_KEYS || key.length > MAX_KEY_LENGTH) return undefined;
  const start = writer.at;
  writer.reserve(AROUND);
  writer.byte(KEY);
  writer.string(key);
  writer.reserve(AROUND);
  writer.byte(VALUE);
  const cached: CachedKey = { prefix: blobOf(writer.bytes, start, writer.at), values: new Map(), hits: 0 };
  writer.at = start;
  keys.set(key, cached);
  return cached;
}

/** A key whose values are all different, such as a request's id, is soon left alone. */
function rememberValue(cached: CachedKey, value: string, blob: Blob): void {
  const values = cached.values!;
  if (values.size < MAX_VALUES_OF_KEY && valueCount < MAX_VALUES) {
    values.set(value, blob);
    valueCount++;
    return;
  }
  const worthIt = cached.hits >= HITS_WORTH_IT * values.size && values.size === MAX_VALUES_OF_KEY;
  valueCount -= values.size;
  cached.hits = 0;
  cached.values = worthIt ? new Map() : undefined;
}
