/**
 * Protobuf into bytes that grow as needed, in one pass: a message's length is written when its end is known, and what
 * follows moves up in the rare case that it takes more than one byte.
 */
export class ProtobufWriter {
  bytes: Uint8Array;
  view: DataView;
  /** Where the next byte goes. */
  at = 0;

  constructor(size = 1_024) {
    this.bytes = uninitialized(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const before = this.bytes;
    this.bytes = uninitialized(Math.max(before.length * 2, this.at + size));
    this.bytes.set(before.subarray(0, this.at));
    this.view = new DataView(this.bytes.buffer);
  }

  /** What was written, without a copy. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }

  /** An integer as two's complement of 64 bits; beyond 2^53 as exactly as the number is. */
  varint(value: number): void {
    this.reserve(10);
    if (value >= 0 && value <= 0xffff_ffff) {
      this.at = writeVarint(this.bytes, this.at, value);
      return;
    }
    let [low, high] = wordsOf(value);
    while (high > 0 || low > 127) {
      this.bytes[this.at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.bytes[this.at++] = low;
  }

  /** A varint of at least `size` bytes; what it does not need of them it fills with zeros, as decoders allow. */
  paddedVarint(value: number, size: number): void {
    const start = this.at;
    this.varint(value);
    if (this.at - start >= size) return;
    this.reserve(size);
    writePaddedVarint(this.bytes, start, value, size);
    this.at = start + size;
  }

  /** Zigzag. */
  sint32(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Zigzag of an integer within 2^52. */
  sint64(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A count: an integer that is not negative. */
  fixed64(value: number): void {
    this.reserve(8);
    this.view.setUint32(this.at, value, true);
    this.view.setUint32(this.at + 4, value / 2 ** 32, true);
    this.at += 8;
  }

  sfixed64(value: number): void {
    this.reserve(8);
    writeWords(this.view, this.at, value);
    this.at += 8;
  }

  /** A string with its length. A lone surrogate becomes U+FFFD. */
  string(text: string): void {
    const { length } = text;
    this.reserve(5 + length);
    const start = this.at;
    const from = writeVarint(this.bytes, start, length);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.delimited(encoder.encode(text));
        return;
      }
      this.bytes[from + i] = code;
    }
    this.at = from + length;
  }

  /** Bytes with their length. */
  delimited(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Begins a message; `close` takes what this returns. */
  open(): number {
    this.reserve(1);
    return ++this.at;
  }

  close(start: number): void {
    const length = this.at - start;
    const more = varintSize(length) - 1;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(start + more, start, this.at);
      this.at += more;
    }
    writeVarint(this.bytes, start - 1, length);
  }
}

/** Writes a varint of at most 32 bits and returns where it ends. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value >>> 0;
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Writes a count as a varint of `size` bytes, which it must not exceed. */
export function writePaddedVarint(bytes: Uint8Array, at: number, count: number, size: number): void {
  let rest = count;
  const last = at + size - 1;
  for (let i = at; i < last; i++) {
    bytes[i] = (rest & 127) | 128;
    rest = rest > 0x7fff_ffff ? Math.floor(rest / 128) : rest >>> 7;
  }
  bytes[last] = rest;
}

/** Writes an integer as eight bytes, by two's complement. */
export function writeWords(view: DataView, at: number, value: number): void {
  const [low, high] = wordsOf(value);
  view.setUint32(at, low, true);
  view.setUint32(at + 4, high, true);
}

/** How many bytes a varint of at most 32 bits takes. */
export function varintSize(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  return value < 2 ** 28 ? 4 : 5;
}

/** Not from Node's pool, so that a view of the buffer begins at 0; not filled with zeros, which costs as much as the writing. */
export function uninitialized(size: number): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer, 0, size);
}

const encoder = new TextEncoder();

/** The lower and the upper half of an integer, by two's complement. */
function wordsOf(value: number): [low: number, high: number] {
  const size = Math.abs(value);
  const low = size >>> 0;
  const high = (size / 2 ** 32) >>> 0;
  if (value >= 0) return [low, high];
  const negated = (~low + 1) >>> 0;
  return [negated, (negated === 0 ? ~high + 1 : ~high) >>> 0];
}
