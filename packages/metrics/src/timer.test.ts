import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { histogram } from "./histogram.ts";
import type { Instrument } from "./instrument.ts";

test("a timer records once, in the instrument's unit", async () => {
  const seconds = histogram({ name: "timer.seconds", unit: "s", attributes: { venue: ["a"] } });
  const milliseconds = histogram({ name: "timer.milliseconds", unit: "ms" });
  const timers = [seconds.start({ venue: "a" }), milliseconds.bind().start()] as const;
  await wait(20);
  const [inSeconds, inMilliseconds] = [timers[0].stop(), timers[1].stop()];
  expect(timers[0].stop()).toBe(inSeconds);
  expect(recorded(seconds)).toEqual([{ venue: "a" }, 1, inSeconds]);
  expect(recorded(milliseconds)).toEqual([{}, 1, inMilliseconds]);
  expect(inSeconds).toBeGreaterThan(0.015);
  expect(inMilliseconds).toBeGreaterThan(15);
});

test("time() returns what the function returns, and records also when it throws or rejects", async () => {
  const latency = histogram({ name: "timer.time", unit: "s" });
  expect(latency.time(() => 7)).toBe(7);
  expect(await latency.time(async () => 8)).toBe(8);
  const fail = (): never => {
    throw new Error("no");
  };
  expect(() => latency.time(fail)).toThrow("no");
  await expect(latency.time(async () => fail())).rejects.toThrow("no");
  expect(recorded(latency)[1]).toBe(4);
});

test("what has no unit of time is not timed, and nothing is thrown", () => {
  const sizes = histogram({ name: "timer.sizes", unit: "By" });
  expect(sizes.time(() => 1)).toBe(1);
  sizes.start().stop();
  expect(sizes.series()).toEqual([]);
});

function recorded(instrument: Instrument): unknown[] {
  const [series] = instrument.series();
  const value = series?.total() as { readonly count: number; readonly sum: number };
  return [series?.attributes, value.count, value.sum];
}
