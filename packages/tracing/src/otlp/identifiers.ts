import type { ProtobufWriter } from "./protobuf-writer.ts";

/** A trace's or span's id as bytes with their length. */
export function writeId(writer: ProtobufWriter, hex: string): void {
  const { length } = hex;
  const size = length >>> 1;
  writer.reserve(size + 8);
  writer.uint32(size);
  const { bytes } = writer;
  let { at } = writer;
  // A last digit without a partner has no byte in OpenTelemetry's serializer either.
  for (let i = 1; i < length; i += 2) {
    const upper = hex.charCodeAt(i - 1);
    const lower = hex.charCodeAt(i);
    bytes[at++] = (digitOf(upper) << 4) | digitOf(lower);
  }
  writer.at = at;
}

/** Of a hexadecimal digit: letters follow 64 and 96, digits 48. */
function digitOf(code: number): number {
  return (code & 15) + (code >> 6) * 9;
}
