import { expect, test, vi } from "vitest";
import { counter } from "./counter.ts";
import { bounded } from "./declaration.ts";
import { gauge } from "./gauge.ts";
import type { Instrument } from "./instrument.ts";
import { upDownCounter } from "./up-down-counter.ts";

test("a bound counter adds whole numbers, fractions and numbers beyond 31 bits", () => {
  const bound = counter({ name: "counter.sums" }).bind({ side: "buy" });
  for (const value of [1, 0.5, 2 ** 31, 2, 0.25, 0]) bound.add(value);
  expect(totals(counter({ name: "counter.sums" }))).toEqual([[{ side: "buy" }, 2 ** 31 + 3.75]]);
});

test("an add without binding reaches the same series, in whatever order the attributes are written", () => {
  const requests = counter({ name: "counter.unbound" });
  requests.bind({ a: "1", b: "2" }).add(1);
  for (let i = 0; i < 3; i++) {
    requests.add(1, { a: "1", b: "2" });
    requests.add(1, { b: "2", a: "1" });
    requests.add(1, { b: "2", a: "1", c: undefined });
  }
  expect(totals(requests)).toEqual([[{ a: "1", b: "2" }, 10]]);
});

test("an attributes object that is changed afterwards changes no series", () => {
  const requests = counter({ name: "counter.mutated" });
  const attributes = { side: "buy" };
  requests.add(1, attributes);
  attributes.side = "sell";
  requests.add(2, attributes);
  attributes.side = "buy";
  requests.add(4, attributes);
  expect(totals(requests)).toEqual([
    [{ side: "buy" }, 5],
    [{ side: "sell" }, 2],
  ]);
});

test("a list is compared by what it holds now", () => {
  const requests = counter({ name: "counter.lists" });
  const tags = ["a"];
  requests.add(1, { tags });
  tags.push("b");
  requests.add(2, { tags });
  requests.add(4, { tags: ["a"] });
  expect(totals(requests)).toEqual([
    [{ tags: ["a"] }, 5],
    [{ tags: ["a", "b"] }, 2],
  ]);
});

test("values that are equal in text only stay apart", () => {
  const requests = counter({ name: "counter.types" });
  requests.add(1, { code: 200 });
  requests.add(2, { code: "200" });
  expect(totals(requests)).toEqual([
    [{ code: 200 }, 1],
    [{ code: "200" }, 2],
  ]);
});

test("a value outside a closed set is other, and so is one beyond a bounded number of them", () => {
  const requests = counter({ name: "counter.closed", attributes: { venue: bounded(2), side: ["buy", "sell"] } });
  requests.add(1, { venue: "a", side: "buy" });
  requests.add(1, { venue: "b", side: "hold" as "buy" });
  for (const venue of ["c", "d", "c", "a"]) requests.add(1, { venue, side: "sell" });
  expect(totals(requests)).toEqual([
    [{ venue: "a", side: "buy" }, 1],
    [{ venue: "b", side: "other" }, 1],
    [{ venue: "other", side: "sell" }, 3],
    [{ venue: "a", side: "sell" }, 1],
  ]);
});

test("the editor knows the attributes of a declaration", () => {
  const requests = counter({ name: "counter.typed", attributes: { side: ["buy", "sell"], code: [200, 500] } });
  requests.add(1, { side: "buy", code: 200 });
  // @ts-expect-error a value that was not declared
  requests.add(1, { side: "hold" });
  // @ts-expect-error a key that was not declared
  requests.add(1, { sides: "buy" });
  expect(requests.size).toBe(3);
});

test("what cannot be counted is dropped and never thrown", () => {
  const requests = counter({ name: "counter.guard" });
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, -1, 1n, "1", null, undefined, Symbol("x"), {}, () => 1];
  for (const value of bad) requests.add(value as number, { side: "buy" });
  requests.add(1, { side: "buy" });
  expect(totals(requests)).toEqual([[{ side: "buy" }, 1]]);
});

test("attributes that no exporter can write are left out, and the value is counted", () => {
  const requests = counter({ name: "counter.attributes" });
  const thrower = {
    get side(): string {
      throw new Error("no");
    },
  };
  const odd = [thrower, { a: Symbol("x") }, { a: () => 1 }, { a: {} }, { a: [{}] }, { a: null }, 7, "text", null];
  for (const attributes of odd) requests.add(1, attributes as never);
  requests.add(1, { a: 12n } as never);
  expect(totals(requests)).toEqual([
    [{}, odd.length],
    [{ a: "12" }, 1],
  ]);
});

test("an up-down counter takes both signs, and a gauge keeps the last value", () => {
  const connections = upDownCounter({ name: "updown.sums" });
  for (const value of [5, -2, 0.5, -(2 ** 31), 2 ** 31, Number.NaN]) connections.add(value);
  expect(totals(connections)).toEqual([[{}, 3.5]]);
  const price = gauge({ name: "gauge.last" });
  for (const value of [5, -2, 0.5, Number.POSITIVE_INFINITY]) price.record(value);
  price.bind({ never: "recorded" });
  expect(totals(price)).toEqual([
    [{}, 0.5],
    [{ never: "recorded" }, undefined],
  ]);
});

test("the limit holds for life: admitted series stay exact, the rest is counted together", () => {
  const requests = counter({ name: "counter.limit", maxSeries: 4 });
  for (let round = 0; round < 3; round++) for (let id = 0; id < 10; id++) requests.add(1, { id });
  expect(totals(requests)).toEqual([
    [{ id: 0 }, 3],
    [{ id: 1 }, 3],
    [{ id: 2 }, 3],
    [{ "otel.metric.overflow": true }, 21],
  ]);
  expect(requests.size).toBe(4);
});

test("a series that everybody let go is forgotten and makes room", () => {
  const requests = counter({ name: "counter.unbind", maxSeries: 3 });
  const [first, second] = [requests.bind({ id: 1 }), requests.bind({ id: 1 })];
  first.add(1);
  first.unbind();
  second.add(1);
  expect(totals(requests)).toEqual([[{ id: 1 }, 2]]);
  second.unbind();
  second.unbind();
  expect(totals(requests)).toEqual([]);
  requests.add(1, { id: 1 });
  requests.add(1, { id: 2 });
  expect(totals(requests)).toEqual([
    [{ id: 1 }, 1],
    [{ id: 2 }, 1],
  ]);
});

test("a series that readers know of is reported with its last numbers before it leaves", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
  const requests = counter({ name: "counter.departing", maxSeries: 3 });
  const collect = (afterMs: number) => {
    vi.advanceTimersByTime(afterMs);
    requests.refresh();
    return totals(requests);
  };
  const bound = requests.bind({ id: 1 });
  expect(collect(15_000)).toEqual([[{ id: 1 }, 0]]);
  bound.add(7);
  bound.unbind();
  // One reader after 15 seconds, another one after 60.
  expect(collect(15_000)).toEqual([[{ id: 1 }, 7]]);
  expect(collect(45_000)).toEqual([[{ id: 1 }, 7]]);
  requests.add(1, { id: 1 });
  expect(collect(60_000)).toEqual([[{ id: 1 }, 8]]);
  expect(collect(60_000)).toEqual([[{ id: 1 }, 8]]);
  expect(collect(60_000)).toEqual([]);
  vi.useRealTimers();
});

test("what is leaving makes room where room is needed, and what is bound again stays", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
  const requests = counter({ name: "counter.makes.room", maxSeries: 4 });
  requests.refresh();
  for (const id of [1, 2, 3]) {
    const bound = requests.bind({ id });
    bound.add(id);
    bound.unbind();
  }
  requests.bind({ id: 1 });
  requests.add(4, { id: 4 });
  expect(totals(requests)).toEqual([
    [{ id: 1 }, 1],
    [{ id: 3 }, 3],
    [{ id: 4 }, 4],
  ]);
  vi.advanceTimersByTime(120_000);
  requests.refresh();
  expect(totals(requests)).toEqual([
    [{ id: 1 }, 1],
    [{ id: 4 }, 4],
  ]);
  vi.useRealTimers();
});

test("the same declaration gives the same counter, another one of the name throws with both places", () => {
  const declare = () => counter({ name: "counter.twice", unit: "1", attributes: { side: ["buy"] } });
  expect(declare()).toBe(declare());
  expect(() => counter({ name: "counter.twice", unit: "s" })).toThrow(
    /counter\.twice is declared twice, with different attributes, unit: at .*counter\.test\.ts:\d+:\d+.* and at .*counter\.test\.ts/,
  );
  expect(() => gauge({ name: "counter.twice", unit: "1" })).toThrow(
    expect.objectContaining({ code: "TELLTALE_DUPLICATE_INSTRUMENT" }),
  );
});

test("a name, unit or attribute that no exporter could write is refused at once", () => {
  const bad = { code: "TELLTALE_BAD_INSTRUMENT" };
  expect(() => counter({ name: "" })).toThrow(expect.objectContaining(bad));
  expect(() => counter({ name: "9lives" })).toThrow(expect.objectContaining(bad));
  expect(() => counter({ name: "x.unit", unit: "µs" })).toThrow(expect.objectContaining(bad));
  expect(() => counter({ name: "x.empty", attributes: { side: [] } })).toThrow(expect.objectContaining(bad));
  expect(() => bounded(0)).toThrow(expect.objectContaining(bad));
});

function totals(instrument: Instrument): unknown[] {
  return instrument.series().map((series) => [series.attributes, series.total()]);
}
