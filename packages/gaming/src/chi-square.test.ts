import fc from "fast-check";
import { expect, test } from "vitest";
import { chiSquareTest } from "./chi-square.ts";

test("counts as the law expects them are no distance from it", () => {
  expect(chiSquareTest([100, 200, 300], [1, 2, 3])).toEqual({
    draws: 600,
    chiSquare: 0,
    degreesOfFreedom: 2,
    pValue: 1,
  });
});

test("a die with a known answer: 22, 24, 38, 30, 46, 44 in 204 throws is 15.29, and p 0.0092", () => {
  const { chiSquare, degreesOfFreedom, pValue } = chiSquareTest([22, 24, 38, 30, 46, 44], new Array(6).fill(1));
  expect(chiSquare).toBeCloseTo(15.294, 3);
  expect(degreesOfFreedom).toBe(5);
  expect(pValue).toBeCloseTo(0.0092, 4);
});

/** The upper critical values of the NIST handbook, and one of each branch of the gamma function far out. */
test.each([
  [1, 3.841, 0.05],
  [1, 10.828, 0.001],
  [2, 5.991, 0.05],
  [10, 18.307, 0.05],
  [10, 29.588, 0.001],
  [36, 67.985, 0.001],
  [10, 3.94, 0.95],
  [99, 148.23, 0.001],
] as const)("%i degrees of freedom and %f are p %f", (degreesOfFreedom, critical, p) => {
  // Two kinds of outcomes alone are moved, so that the distance is what it should be.
  const expected = 1e6;
  const moved = Math.sqrt((critical * expected) / 2);
  const counts = new Array(degreesOfFreedom + 1).fill(expected);
  counts[0] += moved;
  counts[1] -= moved;
  const test = chiSquareTest(counts, new Array(degreesOfFreedom + 1).fill(1));
  expect(test.chiSquare).toBeCloseTo(critical, 6);
  expect(test.pValue / p).toBeCloseTo(1, 2);
});

test("outcomes that are too rare for the test are taken together", () => {
  const law = [1_000, 1_000, 1, 1, 1, 1, 1, 1];
  const { degreesOfFreedom, chiSquare } = chiSquareTest([1_000, 1_000, 6, 0, 0, 0, 0, 0], law);
  expect(degreesOfFreedom).toBe(2);
  expect(chiSquare).toBeCloseTo(0, 9);
});

test("of nothing there is nothing to test", () => {
  expect(chiSquareTest([], [])).toEqual({ draws: 0, chiSquare: 0, degreesOfFreedom: 0, pValue: 1 });
  expect(chiSquareTest([0, 0], [1, 1]).pValue).toBe(1);
});

test("the p-value lies from 0 to 1, and falls as the distance grows", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(counts, (seen) => {
      const law = new Array(seen.length).fill(1);
      const { pValue, chiSquare } = chiSquareTest(seen, law);
      expect(pValue).toBeGreaterThanOrEqual(0);
      expect(pValue).toBeLessThanOrEqual(1);
      const twice = chiSquareTest(
        seen.map((count) => 2 * count),
        law,
      );
      if (seen.every((count) => count > 0) && twice.degreesOfFreedom === seen.length - 1 && chiSquare > 0) {
        expect(twice.pValue).toBeLessThanOrEqual(pValue + 1e-9);
      }
    }),
    { numRuns: 200 },
  );
});
