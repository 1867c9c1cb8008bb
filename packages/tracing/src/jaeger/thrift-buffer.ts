/** Bytes that grow as they are written, for both encodings of thrift. */
export class ThriftBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(16_384);
  /** Where the next byte goes. */
  at = 0;

  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const before = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(before.length * 2, this.at + size));
    before.copy(this.bytes, 0, 0, this.at);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** The text alone; its size comes from `Buffer.byteLength`. */
  utf8(text: string, size: number): void {
    this.reserve(size);
    this.bytes.write(text, this.at, size);
    this.at += size;
  }
}
