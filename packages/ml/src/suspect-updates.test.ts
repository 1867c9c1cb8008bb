import fc from "fast-check";
import { expect, test } from "vitest";
import type { ByzantineRule } from "./model-series.ts";
import { median, robustScores } from "./robust-statistics.ts";
import { medianUpdate, suspectUpdates, updateDeviations } from "./suspect-updates.ts";
import { UpdateHistory } from "./update-history.ts";

const rules: readonly ByzantineRule[] = ["norm", "cosine", "krum", "trimmed_mean", "zscore"];

/** Updates that agree but for noise, the same at each call. */
function honest(count: number, coordinates = 64): number[][] {
  let state = 42;
  const noise = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: coordinates }, (_, i) => Math.sin(i) + 0.2 * noise()),
  );
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const caught = (attack: readonly number[]) => {
  const updates = [...honest(9), [...attack]];
  return rules.filter((rule) => suspectUpdates(updates, rule).includes(9));
};

test("no rule suspects anybody while all are honest", () => {
  for (const count of [4, 5, 10, 25]) {
    for (const rule of rules) expect(suspectUpdates(honest(count), rule), `${rule} of ${count}`).toEqual([]);
  }
});

test("an update that is a hundred times as long is caught by its norm, its distance and Krum", () => {
  const [one] = honest(1);
  expect(caught(one!.map((value) => 100 * value))).toEqual(["norm", "krum", "trimmed_mean", "zscore"]);
});

test("an update that is turned round has the right length, and is caught by all that look further", () => {
  const [one] = honest(1);
  expect(caught(one!.map((value) => -value))).toEqual(["cosine", "krum", "trimmed_mean", "zscore"]);
});

test("an update of nothing is caught by its norm", () => {
  expect(caught(new Array(64).fill(0))).toContain("norm");
});

test("two that collude are both caught, and nobody else", () => {
  const updates = [...honest(8), ...honest(2).map((update) => update.map((value) => -5 * value))];
  for (const rule of ["norm", "cosine", "krum", "zscore"] as const) {
    expect(suspectUpdates(updates, rule), rule).toEqual([8, 9]);
  }
});

test("three updates are too few to suspect one of them", () => {
  for (const rule of rules) {
    expect(suspectUpdates([...honest(2), new Array(64).fill(1e9)], rule)).toEqual([]);
  }
});

test("where the norms are all the same but one, their spread says nothing, and the rule is silent", () => {
  const same = [1, 1, 1, 1].map((value) => [value, 0]);
  expect(suspectUpdates([...same, [50, 0]], "norm")).toEqual([]);
  expect(robustScores([1, 1, 1, 1, 50])).toBeUndefined();
});

test("with the spread of earlier rounds, the few honest updates of a round are not suspected for their chance likeness", () => {
  const random = seeded(5);
  const round = () => Array.from({ length: 6 }, () => [0.8 + 0.4 * random(), 0]);
  const history = new UpdateHistory();
  const alarms = { alone: 0, remembering: 0 };
  for (let i = 0; i < 400; i++) {
    const updates = round();
    alarms.alone += suspectUpdates(updates, "norm").length;
    const suspects = suspectUpdates(updates, "norm", { history });
    // The first rounds have little to remember.
    if (i >= 5) alarms.remembering += suspects.length;
  }
  expect(alarms.alone).toBeGreaterThan(40);
  expect(alarms.remembering).toBeLessThan(5);
  expect(suspectUpdates([...round(), [10, 0]], "norm", { history })).toEqual([6]);
});

test("updates that are all equal are at no end of their coordinates", () => {
  const updates = Array.from({ length: 6 }, () => new Array(40).fill(3));
  for (const rule of rules) expect(suspectUpdates(updates, rule), rule).toEqual([]);
});

test("the deviation is the distance from the median in its lengths, and 1 less the cosine", () => {
  const centre = medianUpdate([
    [3, 4],
    [3, 4],
    [300, 4],
  ]);
  expect([...centre]).toEqual([3, 4]);
  const [same, opposite, orthogonal] = updateDeviations(
    [
      [3, 4],
      [-3, -4],
      [-4, 3],
    ],
    centre,
  );
  expect(same).toEqual({ l2: 0, cosine: 0 });
  expect(opposite).toEqual({ l2: 2, cosine: 2 });
  expect(orthogonal?.l2).toBeCloseTo(Math.SQRT2);
  expect(orthogonal?.cosine).toBe(1);
  expect(updateDeviations([[0, 0]], [0, 0])).toEqual([{ l2: Number.NaN, cosine: Number.NaN }]);
});

test("the median is the middle, and the mean of the two middle ones", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("robust scores are those of Iglewicz and Hoaglin", () => {
  // Median 3, median absolute deviation 1.
  expect(robustScores([1, 2, 3, 4, 100])).toEqual([-1.349, -0.6745, 0, 0.6745, 0.6745 * 97]);
});

test("the robust centre lies between the lowest and the highest of each coordinate, and order does not matter to suspicion", () => {
  const vectors = fc.array(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 3 }), {
    minLength: 4,
    maxLength: 12,
  });
  fc.assert(
    fc.property(vectors, fc.constantFrom(...rules), (updates, rule) => {
      medianUpdate(updates).forEach((value, i) => {
        const column = updates.map((update) => update[i]!);
        expect(value).toBeGreaterThanOrEqual(Math.min(...column));
        expect(value).toBeLessThanOrEqual(Math.max(...column));
      });
      const found = suspectUpdates(updates, rule);
      const last = updates.length - 1;
      const turned = suspectUpdates([...updates].reverse(), rule).map((index) => last - index);
      expect(turned.toSorted((a, b) => a - b)).toEqual(found);
    }),
    { numRuns: 200 },
  );
});
