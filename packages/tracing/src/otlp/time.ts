import type { HrTime } from "@opentelemetry/api";
import type { ProtobufWriter } from "./protobuf-writer.ts";

const NANOSECONDS = 1e9;
const WORD = 2 ** 32;

// Most times of a request are in the same second.
let second = 0;
let secondLow = 0;
let secondHigh = 0;

/** Nanoseconds since 1970 as a fixed64. */
export function writeTime(writer: ProtobufWriter, time: HrTime): void {
  const seconds = time[0];
  if (seconds !== second) {
    second = seconds;
    // In two parts, since the product is beyond 2^53.
    const upper = ((seconds / 65_536) >>> 0) * NANOSECONDS;
    const low = (seconds & 65_535) * NANOSECONDS + (upper & 65_535) * 65_536;
    secondLow = low % WORD;
    secondHigh = Math.floor(low / WORD) + Math.floor(upper / 65_536);
  }
  const low = secondLow + time[1];
  if (low < WORD) writer.fixed64(low, secondHigh);
  else writer.fixed64(low - WORD, secondHigh + 1);
}
