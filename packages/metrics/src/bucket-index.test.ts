import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketIndex, bucketOf } from "./bucket-index.ts";

test("the table finds the bucket that a search finds, a value on a limit counting below it", () => {
  const limit = fc.oneof(
    fc.double({ min: -10, max: 1e300, noNaN: true }),
    fc.constantFrom(0, 5, 10, 1e-300, 0.1, 0.3),
    fc.nat(1_000),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(limit, { maxLength: 40 }),
      fc.array(fc.double({ min: 0, max: 1e308, noNaN: true })),
      (some, values) => {
        const limits = some.map((value) => value + 0).sort((a, b) => a - b);
        const ascending = limits.filter((value, i) => i === 0 || value !== limits[i - 1]);
        const index = bucketIndex(ascending);
        for (const value of [
          ...values,
          ...ascending.filter((one) => one >= 0),
          0,
          -0,
          Number.MIN_VALUE,
          Number.MAX_VALUE,
        ]) {
          const searched = ascending.findIndex((one) => value <= one);
          expect(bucketOf(index, value)).toBe(searched === -1 ? ascending.length : searched);
        }
      },
    ),
    { numRuns: 300 },
  );
});
