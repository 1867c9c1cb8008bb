import type { ThriftBuffer } from "./thrift-buffer.ts";

/** Writes structs of thrift, field by field in the order of their numbers; two encodings have this in common. */
export interface ThriftWriter {
  readonly buffer: ThriftBuffer;
  /** Forgets what was written, the beginning of a struct included. */
  reset(): void;
  /** Begins a one-way call of a method; its arguments are a struct. */
  call(method: string): void;
  beginStruct(): void;
  endStruct(): void;
  i32(field: number, value: number): void;
  /** `high` and `low` are the halves of 64 bits. */
  i64(field: number, high: number, low: number): void;
  double(field: number, value: number): void;
  bool(field: number, value: boolean): void;
  string(field: number, text: string): void;
  bytes(field: number, bytes: Uint8Array): void;
  /** The struct follows, with its own begin and end. */
  struct(field: number): void;
  /** `size` structs follow. */
  structs(field: number, size: number): void;
}

/** An integer within 2^53 as an i64. */
export function writeInteger(writer: ThriftWriter, field: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  writer.i64(field, high, value - high * 2 ** 32);
}

/** Sixteen hexadecimal digits as an i64. */
export function writeHex(writer: ThriftWriter, field: number, hex: string): void {
  writer.i64(field, Number.parseInt(hex.slice(0, 8), 16) | 0, Number.parseInt(hex.slice(8), 16) >>> 0);
}
