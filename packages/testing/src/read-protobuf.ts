/**
 * Reads a protobuf message by the official definitions and reports what they do not allow. protobufjs' own decoder
 * skips unknown fields in silence, which is right for a backend and wrong for a test.
 */
import protobuf, { type Field, type Reader, type Type } from "protobufjs";
import { idFields, type OtlpTree, type ReportProblem } from "./otlp-tree.ts";

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const wireTypes: Readonly<Record<string, number>> = {
  bool: VARINT,
  int32: VARINT,
  uint32: VARINT,
  sint32: VARINT,
  int64: VARINT,
  uint64: VARINT,
  sint64: VARINT,
  fixed64: FIXED64,
  sfixed64: FIXED64,
  double: FIXED64,
  fixed32: FIXED32,
  sfixed32: FIXED32,
  float: FIXED32,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Cut or damaged bytes end the reading: what was whole until then is returned, the rest is reported. */
export function readProtobuf(type: Type, bytes: Uint8Array, report: ReportProblem): OtlpTree {
  const tree: Record<string, unknown> = {};
  try {
    readMessage(type, protobuf.Reader.create(bytes), bytes.length, tree, "", report);
  } catch (error) {
    report("", `the protobuf message of ${bytes.length} bytes cannot be read: ${String(error)}`);
  }
  return tree;
}

function readMessage(
  type: Type,
  reader: Reader,
  end: number,
  tree: Record<string, unknown>,
  path: string,
  report: ReportProblem,
): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = type.fieldsById[tag >>> 3];
    if (field === undefined) {
      report(path, `unknown field number ${tag >>> 3} (wire type ${wireType}) in ${type.name}`);
      reader.skipType(wireType);
      continue;
    }
    field.resolve();
    readField(field, wireType, reader, tree, path === "" ? field.name : `${path}.${field.name}`, report);
  }
  if (reader.pos !== end) throw new RangeError(`${type.name} at ${path} runs past its end`);
}

function readField(
  field: Field,
  wireType: number,
  reader: Reader,
  tree: Record<string, unknown>,
  path: string,
  report: ReportProblem,
): void {
  const expected = wireTypeOf(field);
  const packed = field.repeated && wireType === LENGTH_DELIMITED && expected !== LENGTH_DELIMITED;
  if (wireType !== expected && !packed) {
    report(path, `wire type ${wireType} where ${field.type} has ${expected}`);
    reader.skipType(wireType);
    return;
  }
  if (!field.repeated) {
    if (field.partOf) for (const other of field.partOf.fieldsArray) delete tree[other.name];
    tree[field.name] = readValue(field, reader, path, report);
    return;
  }
  tree[field.name] ??= [];
  const list = tree[field.name] as unknown[];
  if (!packed) {
    list.push(readValue(field, reader, `${path}[${list.length}]`, report));
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) list.push(readValue(field, reader, path, report));
}

function wireTypeOf(field: Field): number {
  if (field.resolvedType instanceof protobuf.Enum) return VARINT;
  return wireTypes[field.type] ?? LENGTH_DELIMITED;
}

function readValue(field: Field, reader: Reader, path: string, report: ReportProblem): unknown {
  if (field.resolvedType instanceof protobuf.Type) {
    const tree: Record<string, unknown> = {};
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw new RangeError(`${path} is cut: it ends at byte ${end} of ${reader.len}`);
    readMessage(field.resolvedType, reader, end, tree, path, report);
    return tree;
  }
  if (field.resolvedType instanceof protobuf.Enum) {
    const value = reader.int32();
    if (!(value in field.resolvedType.valuesById)) report(path, `${value} is no ${field.resolvedType.name}`);
    return value;
  }
  switch (field.type) {
    case "string":
      return readString(reader.bytes(), path, report);
    case "bytes": {
      const bytes = Uint8Array.from(reader.bytes());
      return idFields.has(field.name) ? Buffer.from(bytes).toString("hex") : bytes;
    }
    case "int64":
      return BigInt.asIntN(64, readVarint64(reader));
    case "uint64":
      return readVarint64(reader);
    case "sint64": {
      const zigzag = readVarint64(reader);
      return (zigzag >> 1n) ^ -(zigzag & 1n);
    }
    case "fixed64":
      return readFixed64(reader);
    case "sfixed64":
      return BigInt.asIntN(64, readFixed64(reader));
    case "bool":
      return reader.bool();
    case "double":
      return reader.double();
    case "float":
      return reader.float();
    case "fixed32":
      return reader.fixed32();
    case "sfixed32":
      return reader.sfixed32();
    case "sint32":
      return reader.sint32();
    case "int32":
      return reader.int32();
    case "uint32":
      return reader.uint32();
    default:
      throw new TypeError(`${path} has the type ${field.type}, which protobuf does not have`);
  }
}

// protobufjs reads 64 bits as a double, and so wrongly, wherever it does not find its optional package long.
function readFixed64(reader: Reader): bigint {
  const low = BigInt(reader.fixed32());
  return (BigInt(reader.fixed32()) << 32n) | low;
}

function readVarint64(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (reader.pos >= reader.len) throw new RangeError(`a varint is cut at byte ${reader.pos}`);
    const byte = reader.buf[reader.pos++]!;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new RangeError(`a varint of more than ten bytes at byte ${reader.pos}`);
}

function readString(bytes: Uint8Array, path: string, report: ReportProblem): string {
  try {
    return utf8.decode(bytes);
  } catch {
    report(path, "a string that is not UTF-8");
    return Buffer.from(bytes).toString();
  }
}
