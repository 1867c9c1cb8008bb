import { ProtobufWriter } from "./protobuf-writer.ts";

/** Bytes of a writer at first, and of the largest that is kept for later requests. */
const FIRST_BYTES = 16_384;
const KEPT_BYTES = 1_048_576;

/** Writers that are kept: as many as there are exports at once, with two scopes in each. */
const KEPT_WRITERS = 16;

const writers: ProtobufWriter[] = [];

/** A writer to begin something with, at 0. */
export function takeWriter(): ProtobufWriter {
  return writers.pop() ?? new ProtobufWriter(FIRST_BYTES);
}

/** Nobody reads its bytes any more. */
export function keepWriter(writer: ProtobufWriter): void {
  if (writers.length >= KEPT_WRITERS || writer.bytes.length > KEPT_BYTES) return;
  writer.at = 0;
  writers.push(writer);
}
