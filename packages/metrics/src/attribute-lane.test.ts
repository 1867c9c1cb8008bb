import fc from "fast-check";
import { expect, test } from "vitest";
import { AttributeLane } from "./attribute-lane.ts";

test("the lane finds what was put in, or nothing, and never what belongs to other attributes", () => {
  const value = fc.oneof(
    fc.constantFrom("buy", "sell", "", "venue-1", "venue-11", "venue-21", "1-venue"),
    fc.string(),
    fc.nat(3),
  );
  const attributes = fc.record({ venue: value, side: value }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 60 }), (list) => {
      const lane = new AttributeLane<{ readonly text: string }>();
      for (const one of [...list, ...list, ...list]) {
        const text = JSON.stringify(one);
        const found = lane.get(one);
        if (found === undefined) lane.put(one, { text });
        else expect(found.text).toBe(text);
      }
    }),
  );
});

test("three keys with dozens of values all fit", () => {
  const lane = new AttributeLane<{ readonly i: number }>();
  const attributesOf = (i: number) => ({
    venue: `venue-${i & 31}`,
    side: i & 32 ? "buy" : "sell",
    kind: `kind-${i >> 6}`,
  });
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 1_024; i++) if (lane.get(attributesOf(i)) === undefined) lane.put(attributesOf(i), { i });
  }
  for (let i = 0; i < 1_024; i++) expect(lane.get(attributesOf(i))).toEqual({ i });
  expect(lane.get({ ...attributesOf(1), more: "x" })).toBeUndefined();
  expect(lane.get({ venue: "venue-1" })).toBeUndefined();
  expect(lane.get(undefined)).toBeUndefined();
});

test("what never fits is not tried for ever", () => {
  const lane = new AttributeLane<object>();
  for (let id = 0; id < 5_000; id++) lane.put({ id: `id-${id}` }, {});
  const before = lane.get({ id: "id-1" });
  lane.put({ id: "id-1" }, {});
  expect(lane.get({ id: "id-1" })).toBe(before);
});
