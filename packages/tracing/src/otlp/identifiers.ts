import type { ProtobufWriter } from "./protobuf-writer.ts";

/** A trace's or span's id as bytes with their length. */
export function writeId(writer: ProtobufWriter, hex: string): void {
  const size = hex.length >>> 1;
  writer.reserve(size + 8);
  writer.uint32(size);
  const { bytes } = writer;
  let { at } = writer;
  // A last digit without a partner has no byte there either.
  for (let i = 0; i + 1 < hex.length; i += 2) {
    bytes[at++] = (digits[hex.charCodeAt(i) & 127]! << 4) | digits[hex.charCodeAt(i + 1) & 127]!;
  }
  writer.at = at;
}

/** The value of each hexadecimal digit, by its ASCII code. */
const digits = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  digits[digit.charCodeAt(0)] = value;
  digits[digit.toUpperCase().charCodeAt(0)] = value;
}
