/**
 * Randomness for ids: xoshiro128**, seeded by node:crypto. Not for secrets: it is as good as what
 * OpenTelemetry's RandomIdGenerator takes from Math.random(), and every bit of it is random, as W3C's random flag promises.
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */
import { randomFillSync } from "node:crypto";
import type { IdGenerator } from "@opentelemetry/sdk-trace";

const state = new Int32Array(4);

/** 32 random bits as a signed integer, which V8 keeps without allocating. Hot: benchmarks/tracing.ts. */
export function random32(): number {
  if (!seeded) seed();
  const s1 = state[1]!;
  const times5 = Math.imul(s1, 5);
  const result = Math.imul((times5 << 7) | (times5 >>> 25), 9);
  const s2 = state[2]! ^ state[0]!;
  const s3 = state[3]! ^ s1;
  state[1] = s1 ^ s2;
  state[0] = state[0]! ^ s3;
  state[2] = s2 ^ (s1 << 9);
  state[3] = (s3 << 11) | (s3 >>> 21);
  return result;
}

// At the first use: the entropy pool need not be touched by a process that traces nothing.
let seeded = false;

function seed(): void {
  seeded = true;
  do randomFillSync(state);
  while (state.every((word) => word === 0));
}

const digits: readonly number[] = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** 64 bits as 16 lowercase hexadecimal digits. One call makes a flat string; adding pairs makes a tree of them, to be flattened later. */
export function hex64(high: number, low: number): string {
  const d = digits;
  return String.fromCharCode(
    d[high >>> 28]!,
    d[(high >>> 24) & 15]!,
    d[(high >>> 20) & 15]!,
    d[(high >>> 16) & 15]!,
    d[(high >>> 12) & 15]!,
    d[(high >>> 8) & 15]!,
    d[(high >>> 4) & 15]!,
    d[high & 15]!,
    d[low >>> 28]!,
    d[(low >>> 24) & 15]!,
    d[(low >>> 20) & 15]!,
    d[(low >>> 16) & 15]!,
    d[(low >>> 12) & 15]!,
    d[(low >>> 8) & 15]!,
    d[(low >>> 4) & 15]!,
    d[low & 15]!,
  );
}

/** Ids from the same source for whoever wants an IdGenerator, such as the SDK's provider. */
export function randomIdGenerator(): IdGenerator {
  const id64 = (): string => hex64(random32(), random32() || 1);
  return { generateTraceId: () => hex64(random32(), random32()) + id64(), generateSpanId: id64 };
}
