/** Readers of thrift for the tests of this folder, written from the protocols' specifications and not from our writers. */

/** A struct by field number. Lists are arrays, i64 are bigint, binaries are text where they are UTF-8. */
export type ThriftStruct = Map<number, unknown>;

export interface ThriftCall {
  readonly method: string;
  readonly args: ThriftStruct;
}

/** A struct in the binary protocol. */
export function readThrift(bytes: Buffer): ThriftStruct {
  const reader = binaryReader(bytes);
  const struct = reader.struct();
  reader.end();
  return struct;
}

/** A one-way call in the binary protocol. */
export function readThriftCall(bytes: Buffer): ThriftCall {
  const reader = binaryReader(bytes);
  const header = reader.i32() >>> 0;
  if (header !== 0x8001_0004) throw new Error(`the header is ${header.toString(16)}`);
  const method = String(reader.text());
  reader.i32();
  const args = reader.struct();
  reader.end();
  return { method, args };
}

/** A one-way call in the compact protocol. */
export function readCompactCall(bytes: Buffer): ThriftCall {
  const reader = compactReader(bytes);
  if (reader.byte() !== 0x82 || reader.byte() !== 0x81) throw new Error("the header is not that of a one-way call");
  reader.varint();
  const method = String(reader.text());
  const args = reader.struct();
  reader.end();
  return { method, args };
}

/** @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
function binaryReader(bytes: Buffer) {
  const { take, end } = cursor(bytes);
  const i32 = (): number => bytes.readInt32BE(take(4));
  const text = (): unknown => {
    const size = i32();
    const start = take(size);
    return textOrBytes(bytes.subarray(start, start + size));
  };
  const value = (type: number): unknown => {
    switch (type) {
      case 2:
        return bytes.readInt8(take(1)) === 1;
      case 4:
        return bytes.readDoubleBE(take(8));
      case 8:
        return i32();
      case 10:
        return bytes.readBigInt64BE(take(8));
      case 11:
        return text();
      case 12:
        return struct();
      case 15: {
        const element = bytes.readInt8(take(1));
        return Array.from({ length: i32() }, () => value(element));
      }
      default:
        throw new Error(`thrift type ${type}`);
    }
  };
  const struct = (): ThriftStruct => {
    const fields: ThriftStruct = new Map();
    for (;;) {
      const type = bytes.readInt8(take(1));
      if (type === 0) return fields;
      const id = bytes.readInt16BE(take(2));
      fields.set(id, value(type));
    }
  };
  return { i32, text, struct, end };
}

/** @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
function compactReader(bytes: Buffer) {
  const { take, end } = cursor(bytes);
  const byte = (): number => bytes.readUInt8(take(1));
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const next = byte();
      value |= BigInt(next & 127) << shift;
      if (next < 128) return value;
    }
  };
  const zigzag = (): bigint => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };
  const text = (): unknown => {
    const size = Number(varint());
    const start = take(size);
    return textOrBytes(bytes.subarray(start, start + size));
  };
  const value = (type: number): unknown => {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 5:
        return Number(zigzag());
      case 6:
        return zigzag();
      case 7:
        return bytes.readDoubleLE(take(8));
      case 8:
        return text();
      case 9: {
        const header = byte();
        const size = header >> 4 === 15 ? Number(varint()) : header >> 4;
        return Array.from({ length: size }, () => value(header & 15));
      }
      case 12:
        return struct();
      default:
        throw new Error(`compact thrift type ${type}`);
    }
  };
  const struct = (): ThriftStruct => {
    const fields: ThriftStruct = new Map();
    let last = 0;
    for (;;) {
      const header = byte();
      if (header === 0) return fields;
      const id = header >> 4 === 0 ? Number(zigzag()) : last + (header >> 4);
      fields.set(id, value(header & 15));
      last = id;
    }
  };
  return { byte, varint, text, struct, end };
}

function cursor(bytes: Buffer) {
  let at = 0;
  return {
    take(size: number): number {
      at += size;
      return at - size;
    },
    end(): void {
      if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes are left`);
    },
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Control characters are in no text of the tests. */
function textOrBytes(bytes: Buffer): string | Buffer {
  if (bytes.some((byte) => byte < 9)) return Buffer.from(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes);
  }
}
