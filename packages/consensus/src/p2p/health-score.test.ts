import fc from "fast-check";
import { expect, test } from "vitest";
import { healthScore } from "./health-score.ts";

const perfect = { peers: 50, successRatio: 1, latencyMs: 5 };

test.each([
  ["42 peers, 95 % of dials and 78.3 ms", { peers: 42, successRatio: 0.95, latencyMs: 78.3 }, 88.61],
  ["half of the dials fail", { ...perfect, successRatio: 0.5 }, 75.79],
  ["round trips take 450 ms", { ...perfect, latencyMs: 450 }, 50.27],
  ["there are no peers", { ...perfect, peers: 0 }, 0],
  ["all is perfect", perfect, 100],
])("the score when %s is known", (_, components, score) => {
  expect(healthScore(components)).toBeCloseTo(score, 2);
});

test("what is not known is left out, and of less than two parts there is no score", () => {
  expect(healthScore({ peers: 25, successRatio: 1 })).toBeCloseTo(100 * 0.5 ** (0.3 / 0.7), 9);
  expect(healthScore({ peers: 50 })).toBeUndefined();
  expect(healthScore({})).toBeUndefined();
});

test("the line counts where its limit is known", () => {
  expect(healthScore({ ...perfect, bandwidth: 1_000 }, { bandwidthLimit: 1_000 })).toBe(0);
  expect(healthScore({ ...perfect, bandwidth: 1_000 })).toBe(100);
});

test("a score is from 0 to 100, and more of something good never lowers it", () => {
  const components = fc.record({
    peers: fc.integer({ min: 0, max: 200 }),
    successRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    latencyMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
  });
  fc.assert(
    fc.property(components, fc.integer({ min: 0, max: 50 }), (given, more) => {
      const score = healthScore(given)!;
      expect(score >= 0 && score <= 100.000001).toBe(true);
      expect(healthScore({ ...given, peers: given.peers + more })!).toBeGreaterThanOrEqual(score - 1e-9);
      expect(healthScore({ ...given, latencyMs: given.latencyMs + more })!).toBeLessThanOrEqual(score + 1e-9);
    }),
  );
});
