import { expect, test } from "vitest";
import { hourlyZScore, robustZScore } from "./robust-z-score.ts";

/** Normally distributed, the same each time. */
function normal(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

test("of normally distributed values the score is that of the standard deviation", () => {
  const random = normal(1);
  const score = robustZScore({ floor: 0.001, window: 2_000 });
  for (let i = 0; i < 2_000; i++) score(100 + 10 * random());
  expect(score(130)).toBeCloseTo(3, 0);
  expect(score(70)).toBeCloseTo(-3, 0);
  expect(score(100)).toBeCloseTo(0, 0);
});

test("the known answer: 1, 1, 2, 2, 4, 6, 9 have the median 2 and the deviation 1", () => {
  const score = robustZScore({ floor: 0.001, window: 100, minimum: 7 });
  for (const value of [1, 1, 2, 2, 4, 6, 9]) expect(score(value)).toBeUndefined();
  expect(score(9)).toBeCloseTo(7 / 1.4826, 10);
});

test("six deviations are hardly ever passed by what is usual, and always by what is wild, even when every fifth is", () => {
  const random = normal(7);
  const score = robustZScore({ floor: 0.001 });
  let [falseAlarms, found, wild] = [0, 0, 0];
  for (let i = 0; i < 20_000; i++) {
    const isWild = i > 1_000 && i % 5 === 0;
    const over = (score(50 + 4 * random() + (isWild ? 100 : 0)) ?? 0) >= 6;
    if (isWild) wild++;
    if (over && isWild) found++;
    if (over && !isWild) falseAlarms++;
  }
  expect(found).toBe(wild);
  expect(falseAlarms).toBe(0);
});

test("where all values are the same, the floor says what is unusual", () => {
  const score = robustZScore({ floor: 0.5 });
  for (let i = 0; i < 200; i++) score(0);
  expect(score(0.5)).toBe(1);
  expect(score(5)).toBe(10);
});

test("what is usual follows a level that has changed for good", () => {
  const score = robustZScore({ floor: 1, window: 100 });
  for (let i = 0; i < 100; i++) score(10);
  expect(score(100)).toBe(90);
  for (let i = 0; i < 100; i++) score(100);
  expect(score(100)).toBe(0);
});

test("no finite number has no score and changes nothing", () => {
  const score = robustZScore({ floor: 1, minimum: 2 });
  for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY]) expect(score(value)).toBeUndefined();
  score(1);
  expect(score(3)).toBe(2);
});

test("each hour of the day has what is usual of its own, once it was seen often enough", () => {
  const clock = { ms: Date.UTC(2026, 0, 5, 3) };
  const score = hourlyZScore({ floor: 1, minimum: 10 }, () => clock.ms);
  for (let i = 0; i < 20; i++) score(10);
  clock.ms = Date.UTC(2026, 0, 5, 14);
  expect(score(500)).toBe(490);
  for (let i = 0; i < 20; i++) score(500);
  expect(score(500)).toBe(0);
  clock.ms = Date.UTC(2026, 0, 6, 3);
  expect(score(500)).toBe(490);
});
