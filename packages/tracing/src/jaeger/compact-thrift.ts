/** @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
import { ThriftBuffer } from "./thrift-buffer.ts";
import type { ThriftWriter } from "./thrift-writer.ts";

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const PROTOCOL_ID = 0x82;
const VERSION_1_ONEWAY = (4 << 5) | 1;

/** Sizes and distances up to this share a byte with the type. */
const SHORT = 15;

export function compactThrift(): ThriftWriter {
  const buffer = new ThriftBuffer();
  const outer: number[] = [];
  let lastField = 0;

  function varint(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      buffer.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    buffer.byte(rest);
  }

  function zigzag(value: number): void {
    varint((value << 1) ^ (value >> 31));
  }

  function field(type: number, id: number): void {
    const distance = id - lastField;
    if (distance > 0 && distance <= SHORT) buffer.byte((distance << 4) | type);
    else {
      buffer.byte(type);
      zigzag(id);
    }
    lastField = id;
  }

  function text(value: string): void {
    const size = Buffer.byteLength(value);
    varint(size);
    buffer.utf8(value, size);
  }

  return {
    buffer,
    reset() {
      buffer.at = 0;
      outer.length = 0;
      lastField = 0;
    },
    call(method) {
      buffer.byte(PROTOCOL_ID);
      buffer.byte(VERSION_1_ONEWAY);
      varint(0);
      text(method);
    },
    beginStruct() {
      outer.push(lastField);
      lastField = 0;
    },
    endStruct() {
      buffer.byte(STOP);
      lastField = outer.pop() ?? 0;
    },
    i32(id, value) {
      field(I32, id);
      zigzag(value);
    },
    i64(id, high, low) {
      field(I64, id);
      const sign = high >> 31;
      let upper = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
      let lower = ((low << 1) ^ sign) >>> 0;
      while (upper > 0 || lower > 127) {
        buffer.byte((lower & 127) | 128);
        lower = ((lower >>> 7) | (upper << 25)) >>> 0;
        upper >>>= 7;
      }
      buffer.byte(lower);
    },
    double(id, value) {
      field(DOUBLE, id);
      buffer.reserve(8);
      buffer.bytes.writeDoubleLE(value, buffer.at);
      buffer.at += 8;
    },
    bool: (id, value) => field(value ? TRUE : FALSE, id),
    string(id, value) {
      field(BINARY, id);
      text(value);
    },
    bytes(id, value) {
      field(BINARY, id);
      varint(value.length);
      buffer.raw(value);
    },
    struct: (id) => field(STRUCT, id),
    structs(id, size) {
      field(LIST, id);
      if (size < SHORT) buffer.byte((size << 4) | STRUCT);
      else {
        buffer.byte((SHORT << 4) | STRUCT);
        varint(size);
      }
    },
  };
}
