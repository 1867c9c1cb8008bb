/** @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
import { ThriftBuffer } from "./thrift-buffer.ts";
import type { ThriftWriter } from "./thrift-writer.ts";

const STOP = 0;
const BOOL = 2;
const DOUBLE = 4;
const I32 = 8;
const I64 = 10;
const STRING = 11;
const STRUCT = 12;
const LIST = 15;

const VERSION_1_ONEWAY = 0x8001_0004;

export function binaryThrift(): ThriftWriter {
  const buffer = new ThriftBuffer();

  function field(type: number, id: number): void {
    buffer.reserve(16);
    buffer.bytes[buffer.at] = type;
    buffer.bytes.writeInt16BE(id, buffer.at + 1);
    buffer.at += 3;
  }

  function word(value: number): void {
    buffer.reserve(4);
    buffer.bytes.writeUInt32BE(value >>> 0, buffer.at);
    buffer.at += 4;
  }

  function text(value: string): void {
    const size = Buffer.byteLength(value);
    word(size);
    buffer.utf8(value, size);
  }

  return {
    buffer,
    reset() {
      buffer.at = 0;
    },
    call(method) {
      word(VERSION_1_ONEWAY);
      text(method);
      word(0);
    },
    beginStruct() {},
    endStruct: () => buffer.byte(STOP),
    i32(id, value) {
      field(I32, id);
      word(value);
    },
    i64(id, high, low) {
      field(I64, id);
      word(high);
      word(low);
    },
    double(id, value) {
      field(DOUBLE, id);
      buffer.bytes.writeDoubleBE(value, buffer.at);
      buffer.at += 8;
    },
    bool(id, value) {
      field(BOOL, id);
      buffer.byte(value ? 1 : 0);
    },
    string(id, value) {
      field(STRING, id);
      text(value);
    },
    bytes(id, value) {
      field(STRING, id);
      word(value.length);
      buffer.raw(value);
    },
    struct: (id) => field(STRUCT, id),
    structs(id, size) {
      field(LIST, id);
      buffer.byte(STRUCT);
      word(size);
    },
  };
}
