/**
 * Protocol Buffers into one growing buffer. A message's length stands before it and is known after it: room for a short length
 * is kept, and the message is moved when its length needs more.
 */
export class ProtobufBuffer {
  bytes: Buffer;
  at = 0;

  constructor(sizeBytes = 65_536) {
    this.bytes = Buffer.allocUnsafeSlow(sizeBytes);
  }

  /** Makes room for so many bytes; the methods below do not look. */
  reserve(sizeBytes: number): void {
    if (this.at + sizeBytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + sizeBytes));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  /** Begins a message; hand the result to `end()`. */
  begin(tag: number): number {
    this.bytes[this.at++] = tag;
    return this.at++;
  }

  /** Ends the message that `begin()` began: `start` is where its length goes. */
  end(start: number): void {
    this.reserve(MAX_LENGTH_BYTES);
    this.at = closeMessage(this.bytes, start, this.at);
  }

  /** Of a whole number from 0 to 2^63. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** Of a whole number of 64 bits with its sign. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 0x80n) {
      this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  double(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  /** A field of a text; makes room itself. */
  text(tag: number, text: string): void {
    // UTF-16 of one unit has three bytes in UTF-8 at most.
    this.reserve(text.length * 3 + 6);
    const start = this.begin(tag);
    this.at += this.bytes.write(text, this.at, "utf8");
    this.end(start);
  }
}

const MAX_LENGTH_BYTES = 5;

/**
 * Writes the length of a message that has been written from `start + 1` to `end`; the result is where it ends then. There must be
 * room for four bytes more.
 */
export function closeMessage(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start - 1;
  if (length < 0x80) {
    bytes[start] = length;
    return end;
  }
  const extra = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : length < 0x1000_0000 ? 3 : 4;
  bytes.copyWithin(start + 1 + extra, start + 1, end);
  let rest = length;
  let at = start;
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at] = rest;
  return end + extra;
}
