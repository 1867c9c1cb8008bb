import type { HrTime } from "@opentelemetry/api";

/** Eight bytes of nanoseconds since 1970, as a double of the same bits: one store puts them where they belong. */
export type TimeBits = number;

export function hrTimeBits([seconds, nanoseconds]: HrTime): TimeBits {
  // In two parts of 16 bits and more, each of whose products with 10^9 is exact.
  const lower = (seconds & 0xffff) * 1e9;
  const upper = ((seconds / 0x1_0000) >>> 0) * 1e9;
  const low = (lower >>> 0) + (((upper & 0xffff) * 0x1_0000) >>> 0) + nanoseconds;
  const high = Math.floor(lower / 2 ** 32) + ((upper / 0x1_0000) >>> 0) + Math.floor(low / 2 ** 32);
  scratch.setUint32(0, low, true);
  scratch.setUint32(4, high, true);
  return scratch.getFloat64(0, true);
}

export function timeBits(timeMs: number): TimeBits {
  const seconds = Math.trunc(timeMs / 1_000);
  return hrTimeBits([seconds, Math.round((timeMs - seconds * 1_000) * 1e6)]);
}

const scratch = new DataView(new ArrayBuffer(8));
