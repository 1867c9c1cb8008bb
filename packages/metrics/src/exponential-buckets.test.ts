import fc from "fast-check";
import { expect, test } from "vitest";
import type { ExponentialValue } from "./exponential-buckets.ts";
import { exponentialIndex, mergeExponential } from "./exponential-buckets.ts";
import { exponentialHistogram } from "./exponential-histogram.ts";

test("a value lies above its bucket's lower limit and at most at its upper one, at every scale", () => {
  const value = fc.oneof(
    fc.double({ min: 2 ** -1022, max: Number.MAX_VALUE, noNaN: true }),
    fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(value, fc.integer({ min: -10, max: 20 }), (one, scale) => {
      const index = exponentialIndex(one, scale);
      const exact = Math.log2(one) * 2 ** scale;
      // The logarithm itself is good to some units in its last place, which at scale 20 is a part of a bucket.
      const slack = Math.abs(exact) * 1e-15 + 1e-9;
      expect(exact).toBeGreaterThan(index - slack);
      expect(exact).toBeLessThanOrEqual(index + 1 + slack);
    }),
    { numRuns: 2_000 },
  );
});

test("powers of two are the upper limit of their bucket, exactly", () => {
  for (let scale = -10; scale <= 20; scale++) {
    for (const exponent of [-1_000, -3, -1, 0, 1, 2, 10, 1_000]) {
      const expected = scale >= 0 ? exponent * 2 ** scale - 1 : (exponent - 1) >> -scale;
      expect(exponentialIndex(2 ** exponent, scale)).toBe(expected);
    }
  }
});

test("never more than 160 buckets, and every value counted, whatever the range", () => {
  let names = 0;
  const value = fc.oneof(
    fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }),
    fc.double({ min: 0, max: 10, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.nat(200), (values, cut) => {
      const whole = recorded(`expo.whole.${names}`, values);
      const parts = [values.slice(0, cut), values.slice(cut)].map((part, i) =>
        recorded(`expo.part${i}.${names}`, part),
      );
      names++;
      expect(whole.positive.bucketCounts.length).toBeLessThanOrEqual(160);
      expect(whole.positive.bucketCounts.reduce((sum, count) => sum + count, whole.zeroCount)).toBe(values.length);
      const merged = mergeExponential(parts[0] as ExponentialValue, parts[1] as ExponentialValue);
      const { sum: _sum, ...exact } = whole;
      // Together they are what one series would have come to.
      expect(merged).toMatchObject(exact);
    }),
    { numRuns: 200 },
  );
});

test("what is next to the numbers that have buckets goes where it belongs, however fine the scale", () => {
  const neighbours = [[], [2 ** -1022, 2 ** -1021], [Number.MAX_VALUE, 2 ** 1023], [1e-300, 1e300]];
  for (const [i, near] of neighbours.entries()) {
    const one = recorded(`expo.edges.${i}`, [
      ...near,
      ...[0, -0, 5e-324, 2 ** -1022 - 5e-324],
      ...[Number.POSITIVE_INFINITY, Number.NaN, -1, Number.NEGATIVE_INFINITY, -5e-324],
    ]);
    expect(one.zeroCount).toBe(2);
    expect(one.count).toBe(near.length + 4);
    const smallest = one.positive.offset;
    expect(smallest).toBe(exponentialIndex(5e-324, one.scale));
    expect(one.positive.bucketCounts[0]).toBeGreaterThanOrEqual(2);
  }
});

function recorded(name: string, values: readonly number[]): ExponentialValue {
  const bound = exponentialHistogram({ name });
  bound.bind();
  for (const value of values) bound.record(value);
  return bound.series()[0]?.total() as ExponentialValue;
}
