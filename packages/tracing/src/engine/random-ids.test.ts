import { expect, test } from "vitest";
import { hex64, random32, randomIdGenerator } from "./random-ids.ts";

test("64 bits are 16 digits, with leading zeros", () => {
  expect(hex64(0, 1)).toBe("0000000000000001");
  expect(hex64(0x0123_4567, 0x89ab_cdef | 0)).toBe("0123456789abcdef");
  expect(hex64(-1, -1)).toBe("f".repeat(16));
});

test("every bit of a word is as often set as not", () => {
  const words = 20_000;
  const set = new Array<number>(32).fill(0);
  for (let index = 0; index < words; index++) {
    const word = random32();
    for (let bit = 0; bit < 32; bit++) set[bit]! += (word >>> bit) & 1;
  }
  // Six standard deviations of a fair coin.
  const tolerance = 6 * Math.sqrt(words / 4);
  expect(set.filter((count) => Math.abs(count - words / 2) > tolerance)).toEqual([]);
});

test("ids of the generator have OpenTelemetry's form and do not come twice", () => {
  const { generateTraceId, generateSpanId } = randomIdGenerator();
  const traceIds = Array.from({ length: 1_000 }, () => generateTraceId());
  const spanIds = Array.from({ length: 1_000 }, () => generateSpanId());
  expect(traceIds.filter((id) => !/^[0-9a-f]{32}$/.test(id))).toEqual([]);
  expect(spanIds.filter((id) => !/^[0-9a-f]{16}$/.test(id))).toEqual([]);
  expect(new Set([...traceIds, ...spanIds]).size).toBe(2_000);
});
