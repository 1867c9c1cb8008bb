import fc from "fast-check";
import { expect, test } from "vitest";
import { quorumRule } from "./quorum.ts";

test("two thirds have to be exceeded, as in CometBFT", () => {
  const rule = quorumRule(2 / 3)!;
  expect([rule(26, 40), rule(27, 40), rule(2, 3), rule(3, 3), rule(6, 9), rule(7, 9)]).toEqual([
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
});

test("a majority is more than half, as in Raft", () => {
  const rule = quorumRule({ ratio: 0.5 })!;
  expect([rule(2, 5), rule(3, 5), rule(2, 4), rule(3, 4)]).toEqual([false, true, false, true]);
});

test("a ratio that need not be exceeded is enough itself", () => {
  const rule = quorumRule({ ratio: 2 / 3, strict: false })!;
  expect([rule(1, 3), rule(2, 3), rule(3, 3)]).toEqual([false, true, true]);
});

test("two thirds of whole votes are told as exactly as by whole numbers", () => {
  const strict = quorumRule(2 / 3)!;
  const lax = quorumRule({ ratio: 2 / 3, strict: false })!;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: -2, max: 2 }), (total, offset) => {
      const power = Math.min(total, Math.max(0, Math.floor((total * 2) / 3) + offset));
      expect(strict(power, total)).toBe(power * 3 > total * 2);
      expect(lax(power, total)).toBe(power * 3 >= total * 2);
    }),
  );
});

test("nothing is a quorum of no votes", () => {
  expect(quorumRule(2 / 3)!(0, 0)).toBe(false);
  expect(quorumRule({ ratio: 0.5, strict: false })!(0, 0)).toBe(false);
});

test.each([0, -1, 1, 2, Number.NaN, "2/3", null, {}])("%s is no quorum", (quorum) => {
  expect(quorumRule(quorum as never)).toBeUndefined();
});
