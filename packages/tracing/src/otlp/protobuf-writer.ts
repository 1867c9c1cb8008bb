/**
 * Protobuf into bytes that grow as needed and are used again for the next request, in one pass: room for the length of a
 * message is left by guess, and what follows moves only when the guess was wrong.
 */

/** Bytes that are written again and again, kept as words of four bytes, which are copied faster than single bytes. */
export interface Blob {
  readonly words: Int32Array;
  readonly size: number;
}

/** Room that a blob's last word may take beyond its size. */
const WORD = 4;

export class ProtobufWriter {
  bytes: Uint8Array;
  /** Where the next byte goes. */
  at = 0;
  #view: DataView;

  constructor(size: number) {
    this.bytes = uninitialized(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `size` more bytes; every other method that writes a fixed size takes it for granted. */
  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const before = this.bytes;
    this.bytes = uninitialized(Math.max(before.length * 2, this.at + size));
    this.bytes.set(before.subarray(0, this.at));
    this.#view = new DataView(this.bytes.buffer);
  }

  /** What was written, without a copy. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A number of at most 32 bits. */
  uint32(value: number): void {
    let rest = value >>> 0;
    let at = this.at;
    while (rest > 127) {
      this.bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[at++] = rest;
    this.at = at;
  }

  /** An integer as two's complement of 64 bits; beyond 2^53 as exactly as the number is. */
  int64(value: number): void {
    if (value >= 0 && value <= 0xffff_ffff) {
      this.uint32(value);
      return;
    }
    const size = Math.abs(value);
    let low = size >>> 0;
    let high = (size / 2 ** 32) >>> 0;
    if (value < 0) {
      low = (~low + 1) >>> 0;
      high = (low === 0 ? ~high + 1 : ~high) >>> 0;
    }
    while (high > 0 || low > 127) {
      this.bytes[this.at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.bytes[this.at++] = low;
  }

  double(value: number): void {
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  fixed32(value: number): void {
    this.#view.setInt32(this.at, value, true);
    this.at += 4;
  }

  fixed64(low: number, high: number): void {
    this.#view.setUint32(this.at, low, true);
    this.#view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  blob({ words, size }: Blob): void {
    const view = this.#view;
    const { length } = words;
    let at = this.at;
    for (let i = 0; i < length; i++) {
      view.setInt32(at, words[i]!, true);
      at += WORD;
    }
    this.at += size;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** The bytes of a text with `length` code units, when all of them are ASCII; else nothing is written. */
  ascii(text: string, length: number): boolean {
    const { bytes } = this;
    let at = this.at;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      all |= code;
      bytes[at++] = code;
    }
    if (all > 127) return false;
    this.at = at;
    return true;
  }

  /** A text with its length. A lone surrogate becomes U+FFFD. */
  string(text: string): void {
    const { length } = text;
    const start = this.at;
    this.reserve(length + MAX_LENGTH_SIZE);
    if (length <= LONG_TEXT) {
      this.uint32(length);
      if (this.ascii(text, length)) return;
      this.at = start;
    }
    this.reserve(length * 3 + MAX_LENGTH_SIZE);
    const guess = varintSize(length);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(start + guess));
    this.at = start + guess + written;
    this.close(start, guess);
  }

  /** Begins a message: leaves `guess` bytes for its length and returns the place of them, which `close` takes. */
  open(guess: number): number {
    const start = this.at;
    this.at += guess;
    return start;
  }

  close(start: number, guess: number): void {
    const length = this.at - start - guess;
    const size = varintSize(length);
    if (size !== guess) {
      this.reserve(MAX_LENGTH_SIZE);
      this.bytes.copyWithin(start + size, start + guess, this.at);
    }
    this.at = start;
    this.uint32(length);
    this.at += length;
  }
}

/** Bytes of the longest length. */
export const MAX_LENGTH_SIZE = 5;

/** Code units from which on a call of the encoder costs less than a loop. */
const LONG_TEXT = 128;

/** How many bytes a varint of at most 32 bits takes. */
export function varintSize(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  return value < 2 ** 28 ? 4 : 5;
}

/** A copy of the bytes from `start` to `end` for `ProtobufWriter.blob`. */
export function blobOf(bytes: Uint8Array, start: number, end: number): Blob {
  const size = end - start;
  const padded = new Uint8Array(Math.ceil(size / WORD) * WORD);
  padded.set(bytes.subarray(start, end));
  const view = new DataView(padded.buffer);
  return { words: Int32Array.from({ length: padded.length / WORD }, (_, i) => view.getInt32(i * WORD, true)), size };
}

const encoder = new TextEncoder();

/** Not from Node's pool, so that it can be lent out; not filled with zeros, which costs as much as the writing. */
function uninitialized(size: number): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer, 0, size);
}
