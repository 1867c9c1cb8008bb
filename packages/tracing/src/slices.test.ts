import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { inSlices } from "./slices.ts";

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function* work(steps: number, log: string[] = [], name = ""): Generator<void, string> {
  for (let i = 0; i < steps; i++) {
    busy(0.25);
    log.push(name);
    yield;
  }
  return name;
}

test("what is short is done at once", async () => {
  // Of a turn that nobody has used any of.
  await setImmediate();
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  let steps = 0;
  void inSlices(
    (function* () {
      while (++steps < 3) yield;
    })(),
  );
  clock.mockRestore();
  expect(steps).toBe(3);
});

test("however much there is, and from however many callers, the event loop runs in between", async () => {
  // What is left of the turn of the test before does not count.
  await setImmediate();
  const log: string[] = [];
  let longest = 0;
  let before = 0;
  let watching = true;
  const watched = (async () => {
    while (watching) {
      longest = Math.max(longest, log.length - before);
      before = log.length;
      await setImmediate();
    }
  })();
  await Promise.all(Array.from({ length: 8 }, () => inSlices(work(40, log))));
  watching = false;
  await watched;
  expect(log).toHaveLength(320);
  // 1 ms is four steps of a quarter, or fewer on a busy machine.
  expect(longest).toBeLessThanOrEqual(5);
});

test("callers are served in the order they came", async () => {
  const log: string[] = [];
  const results = await Promise.all(["a", "b", "c"].map((name) => inSlices(work(20, log, name))));
  expect(results).toEqual(["a", "b", "c"]);
  expect(log.join("")).toBe("a".repeat(20) + "b".repeat(20) + "c".repeat(20));
});

test("a step that throws fails its own work and no other", async () => {
  const faulty = inSlices(
    (function* (): Generator<void, string> {
      yield;
      throw new Error("cannot be encoded");
    })(),
  );
  const good = inSlices(work(1, [], "good"));
  await expect(faulty).rejects.toThrow("cannot be encoded");
  expect(await good).toBe("good");
});
