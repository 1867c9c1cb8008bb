import fc from "fast-check";
import { expect, test } from "vitest";
import { MixedLane } from "./mixed-lane.ts";

const value = fc.oneof(
  fc.constantFrom("GET", "POST", "", "1", "true", 1, 200, 404, 2.5, -0, true, false),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: 0, max: 40 }),
);

test("the lane finds what was put in last for just these attributes, or nothing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ a: value, b: value, c: fc.constant("http") }), { minLength: 1, maxLength: 200 }),
      (calls) => {
        const lane = new MixedLane<object>();
        const targets = new Map<string, object>();
        for (const attributes of calls) {
          const key = Object.values(attributes)
            .map((one) => `${typeof one} ${String(one)}`)
            .join();
          const target = targets.get(key) ?? {};
          targets.set(key, target);
          const found = lane.get(attributes);
          if (found !== undefined) expect(found).toBe(target);
          lane.put(attributes, target);
          expect([target, undefined]).toContain(lane.get(attributes));
        }
      },
    ),
  );
});

test("attributes that most calls have are found, whatever the types of their values", () => {
  const lane = new MixedLane<object>();
  const sets = Array.from({ length: 20 }, (_, i) => ({
    method: "GET",
    status: 200 + (i % 4),
    route: `/${i % 5}`,
    tls: true,
  }));
  const targets = sets.map(() => ({}));
  for (let round = 0; round < 6; round++) for (const [i, set] of sets.entries()) lane.put(set, targets[i] as object);
  expect(sets.map((set) => lane.get({ ...set }))).toEqual(targets);
  const { method, ...fewer } = sets[0] as (typeof sets)[number];
  for (const other of [fewer, { ...fewer, method }, { ...sets[0], more: 1 }, {}, undefined]) {
    expect(lane.get(other)).toBeUndefined();
  }
});

test("what has too many values, or such as cannot be compared, is not held", () => {
  const lane = new MixedLane<object>();
  for (let i = 0; i < 300; i++) lane.put({ a: i, b: -i }, {});
  expect(lane.get({ a: 299, b: -299 })).toBeUndefined();
  for (const a of [["x"], Number.NaN, null, undefined, "x".repeat(300)]) {
    const fresh = new MixedLane<object>();
    fresh.put({ a }, {});
    expect(fresh.get({ a })).toBeUndefined();
  }
});
