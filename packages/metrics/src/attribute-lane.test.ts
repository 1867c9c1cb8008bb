import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AttributeLane, attributeLane } from "./attribute-lane.ts";

const value = fc.oneof(
  fc.constantFrom("GET", "POST", "", "1", "true", "venue-1", "venue-11", "1-venue", 1, 200, 404, 8_080, 2.5, -0, true),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: 0, max: 40 }),
);

/** Puts in what is not found, so often that all that fits is found by code. */
function filled<T extends object>(lane: AttributeLane<T>, sets: readonly object[], targetOf: (set: object) => T): void {
  for (let calls = 0, round = 0; round < 3 || calls < 1_500; round++) {
    for (const set of sets) {
      calls++;
      const target = targetOf(set);
      const found = lane.get?.({ ...set });
      if (found === undefined) lane.put(set, target);
      else expect(found).toBe(target);
    }
  }
}

function targetsBy(textOf: (set: object) => string): (set: object) => object {
  const targets = new Map<string, object>();
  return (set) => {
    const text = textOf(set);
    const target = targets.get(text) ?? {};
    targets.set(text, target);
    return target;
  };
}

// 0 and -0 are one value of an attribute.
const typed = (one: unknown): string => `${typeof one} ${String(one)}`;
const bySet = (set: object) =>
  Object.entries(set)
    .map(([key, one]) => `${key} ${typed(one)}`)
    .sort()
    .join();

test("the lane finds what was put in for just these attributes, or nothing", () => {
  const attributes = fc.record({ a: value, b: value, c: fc.constant("http") }, { requiredKeys: ["c"] });
  fc.assert(
    fc.property(fc.array(attributes, { minLength: 1, maxLength: 60 }), (sets) => {
      const lane = attributeLane<object>(sets[0] as object, undefined);
      if (lane !== undefined) filled(lane, sets, targetsBy(bySet));
    }),
    { numRuns: 60 },
  );
});

test("of declared keys, what else the attributes have makes no difference", () => {
  const attributes = fc.record({ a: value, b: value, other: value }, { requiredKeys: ["a"] });
  const declared = ["a", "b"];
  const byDeclared = targetsBy((set) =>
    bySet(Object.fromEntries(Object.entries(set).filter(([key]) => declared.includes(key)))),
  );
  fc.assert(
    fc.property(fc.array(attributes, { minLength: 1, maxLength: 60 }), (sets) => {
      const lane = attributeLane<object>(sets[0] as object, declared);
      if (lane !== undefined) filled(lane, sets, byDeclared);
    }),
    { numRuns: 60 },
  );
});

test("three keys with dozens of values all fit, in whatever order they are written", () => {
  const attributesOf = (i: number) => ({
    venue: `venue-${i & 31}`,
    side: i & 32 ? "buy" : "sell",
    kind: `kind-${i >> 6}`,
  });
  const sets = Array.from({ length: 1_024 }, (_, i) => attributesOf(i));
  const targetOf = targetsBy(bySet);
  const lane = attributeLane<object>(attributesOf(0), undefined) as AttributeLane<object>;
  filled(lane, sets, targetOf);
  for (const { venue, side, kind } of sets) {
    expect(lane.get?.({ kind, venue, side })).toBe(targetOf({ kind, venue, side }));
  }
  expect(lane.get?.({ ...attributesOf(1), more: "x" })).toBeUndefined();
  for (const other of [{ venue: "venue-1" }, {}, undefined, null, "venue"]) expect(lane.get?.(other)).toBeUndefined();
  lane.clear();
  expect(lane.get?.(attributesOf(1))).toBeUndefined();
});

test("attributes that most calls have are found, whatever the types of their values", () => {
  const sets = Array.from({ length: 20 }, (_, i) => ({
    method: "GET",
    status: 200 + (i % 4),
    route: `/${i % 5}`,
    tls: i % 3 === 0,
  }));
  const targetOf = targetsBy(bySet);
  const lane = attributeLane<object>(sets[0] as object, undefined) as AttributeLane<object>;
  filled(lane, sets, targetOf);
  expect(sets.map((set) => lane.get?.({ ...set }))).toEqual(sets.map(targetOf));
});

test("a throwing getter finds nothing and breaks nothing", () => {
  const lane = attributeLane<object>({ a: "x" }, ["a"]) as AttributeLane<object>;
  filled(lane, [{ a: "x" }, { a: "y" }], targetsBy(bySet));
  const attributes = Object.defineProperty({}, "a", {
    get() {
      throw new Error("not now");
    },
  });
  expect(lane.get?.(attributes)).toBeUndefined();
});

test("what cannot be compared, and what has too many values, is not held", () => {
  for (const a of [["x"], Number.NaN, null, undefined, "x".repeat(300)])
    expect(attributeLane({ a }, undefined)).toBeUndefined();
  const lane = attributeLane<object>({ id: "id" }, undefined) as AttributeLane<object>;
  for (let id = 0; id < 5_000; id++) lane.put({ id: `id-${id}` }, {});
  lane.put({ id: "id-4999" }, {});
  expect(lane.get?.({ id: "id-4999" })).toBeUndefined();
});

test("where Node makes no code from strings, everything counts all the same", () => {
  const script = `import { counter } from ${JSON.stringify(join(import.meta.dirname, "counter.ts"))};
    const orders = counter({ name: "orders" });
    for (let i = 0; i < 5_000; i++) orders.add(1, { venue: "v" + (i % 50), side: i % 2 });
    console.log(orders.series().map((series) => series.total()).join());`;
  const flags = ["--conditions=telltale-source", "--disallow-code-generation-from-strings", "--no-warnings"];
  const output = execFileSync(process.execPath, [...flags, "--input-type=module", "-e", script], { encoding: "utf8" });
  expect(output.trim()).toBe(new Array(50).fill(100).join());
});
