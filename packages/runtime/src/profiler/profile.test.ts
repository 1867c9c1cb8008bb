import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, expect, test } from "vitest";
import { profile } from "./profile.ts";
import { ScopeTimes } from "./scope-times.ts";

beforeEach(() => profile.reset());

test("a block is timed to its end, also when it throws", () => {
  {
    using _ = profile("block");
    spin(10);
  }
  expect(() => {
    using _ = profile("block");
    spin(5);
    throw new Error("x");
  }).toThrow("x");
  const block = profile.report().scope("block")!;
  expect(block.count).toBe(2);
  expect(block.maxMs).toBeGreaterThanOrEqual(9.9);
  expect(block.totalMs).toBeGreaterThanOrEqual(14.9);
  expect(block.avgMs).toBeCloseTo(block.totalMs / 2, 6);
  expect(block.p50Ms).toBeLessThanOrEqual(block.p99Ms);
  expect(profile.report().scope("never")).toBeUndefined();
});

test("the time of scopes inside is not a scope's own", () => {
  {
    using _ = profile("outer");
    spin(6);
    for (let i = 0; i < 2; i++) {
      using __ = profile("inner");
      spin(5);
    }
  }
  const report = profile.report();
  const [outer, inner] = [report.scope("outer")!, report.scope("inner")!];
  expect(outer.selfMs).toBeGreaterThanOrEqual(5.9);
  expect(outer.selfMs).toBeCloseTo(outer.totalMs - inner.totalMs, 3);
  expect(inner.selfMs).toBeCloseTo(inner.totalMs, 9);
  expect(report.scopes.map(({ name }) => name)).toEqual(["outer", "inner"]);
  expect(String(report)).toMatch(/^scope +count +avg.*\nouter +1 /);
});

test("a function is timed at each call, its promise included, and keeps this, arguments and result", async () => {
  const account = {
    factor: 2,
    double: profile.fn("double", function (this: { factor: number }, n: number) {
      return n * this.factor;
    }),
  };
  expect(account.double(21)).toBe(42);
  const later = profile.fn("later", async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 12));
    if (text === "fail") throw new Error(text);
    return text;
  });
  expect(await later("fine")).toBe("fine");
  await expect(later("fail")).rejects.toThrow("fail");
  expect(profile.report().scope("double")!.count).toBe(1);
  expect(profile.report().scope("later")).toMatchObject({ count: 2 });
  expect(profile.report().scope("later")!.p50Ms).toBeGreaterThan(10);
});

test("asynchronous scopes that end in any order are each timed, and none stays the parent of others", async () => {
  const first = profile("first");
  const second = profile("second");
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  {
    using _ = profile("third");
    spin(2);
  }
  const report = profile.report();
  expect(report.scopes.map(({ count }) => count)).toEqual([1, 1, 1]);
  for (const { selfMs } of report.scopes) expect(selfMs).toBeGreaterThanOrEqual(0);
  expect(report.scope("third")!.selfMs).toBeGreaterThan(1.9);
});

test("scopes that always overlap do not keep each other", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  let running = profile("overlapping");
  const first = new WeakRef(running);
  for (let i = 0; i < 5; i++) {
    const next = profile("overlapping");
    running[Symbol.dispose]();
    running = next;
  }
  // What a WeakRef was asked for stays until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(first.deref()).toBeUndefined();
  running[Symbol.dispose]();
});

test("percentiles are within two percent of the sorted values", () => {
  const times = new ScopeTimes();
  const values = Array.from({ length: 5_000 }, (_, i) => 1e-7 * 1.003 ** i);
  for (const value of values) times.record(value, value);
  for (const q of [0.5, 0.9, 0.99]) {
    const exact = values[Math.ceil(q * values.length) - 1]!;
    expect(Math.abs(times.quantile(q)! / exact - 1)).toBeLessThan(0.02);
  }
  expect(times.quantile(1)).toBeLessThanOrEqual(values.at(-1)!);
  expect(new ScopeTimes().quantile(0.5)).toBeUndefined();
  const extreme = new ScopeTimes();
  for (const value of [0, 1e-12, 1e9]) extreme.record(value, value);
  expect(extreme.quantile(0.01)).toBeGreaterThanOrEqual(0);
});

function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
