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

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** 64 bits as 16 lowercase hexadecimal digits. */
export function hex64(high: number, low: number): string {
  return hex32(high) + hex32(low);
}

function hex32(word: number): string {
  return pairs[word >>> 24]! + pairs[(word >>> 16) & 255]! + pairs[(word >>> 8) & 255]! + pairs[word & 255]!;
}

/** Ids from the same source for whoever wants an IdGenerator, such as the SDK's provider. */
export function randomIdGenerator(): IdGenerator {
  const id64 = (): string => hex64(random32(), random32() || 1);
  return { generateTraceId: () => hex64(random32(), random32()) + id64(), generateSpanId: id64 };
}
