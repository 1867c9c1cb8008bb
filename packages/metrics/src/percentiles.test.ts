import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exactPercentiles } from "./exact-percentiles.ts";
import { instrumentProducer } from "./metric-producer.ts";
import { percentileGauge } from "./percentiles.ts";
import { rollingPercentiles } from "./rolling-percentiles.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("an empty window has no percentiles", () => {
  using rolling = rollingPercentiles();
  for (const empty of [rolling, exactPercentiles()]) {
    expect(empty.summary()).toBeUndefined();
    expect(empty.percentile(99)).toBeUndefined();
  }
});

test("the exact ones are interpolated: the 90th of 15 20 35 40 50 is 46", () => {
  const exact = exactPercentiles();
  for (const value of [50, 15, 40, 20, 35]) exact.record(value);
  expect(exact.percentile(90)).toBe(46);
  expect([exact.percentile(0), exact.percentile(50), exact.percentile(100)]).toEqual([15, 35, 50]);
  expect(exact.summary()).toMatchObject({ count: 5, min: 15, max: 50, mean: 32, p50: 35 });
});

test("the rolling ones are within 0.55 % of the true ones, over twelve orders of magnitude", () => {
  using rolling = rollingPercentiles();
  const values = Array.from({ length: 20_000 }, (_, i) => 10 ** (((i * 7_919) % 20_000) / 1_666 - 6));
  for (const value of values) rolling.record(value);
  values.sort((a, b) => a - b);
  for (const p of [0, 1, 10, 50, 90, 99, 99.9, 100]) {
    const exact = values[Math.floor((p / 100) * (values.length - 1))] as number;
    expect(Math.abs((rolling.percentile(p) as number) / exact - 1)).toBeLessThan(0.0055);
  }
  expect(rolling.summary()).toMatchObject({ count: 20_000, min: values[0], max: values.at(-1) });
});

test("values leave when the window has moved past them", () => {
  using rolling = rollingPercentiles({ windowSeconds: 60, steps: 6 });
  const exact = exactPercentiles({ maxAgeMs: 60_000 });
  for (let second = 0; second < 120; second += 10) {
    for (const window of [rolling, exact]) window.record(second + 1);
    vi.advanceTimersByTime(10_000);
  }
  expect(rolling.summary()).toMatchObject({ count: 6, min: 61, max: 111 });
  expect(exact.summary()).toMatchObject({ count: 6, min: 61, max: 111 });
  vi.advanceTimersByTime(300_000);
  expect(rolling.summary()).toBeUndefined();
  expect(exact.summary()).toBeUndefined();
});

test("only the latest samples are kept, and zero counts", () => {
  const exact = exactPercentiles({ maxSamples: 3 });
  for (const value of [9, 0, 1, 2]) exact.record(value);
  expect(exact.summary()).toMatchObject({ count: 3, min: 0, max: 2 });
  using rolling = rollingPercentiles();
  for (const value of [0, 0, 0, 5]) rolling.record(value);
  expect(rolling.summary()).toMatchObject({ count: 4, min: 0, p50: 0, max: 5 });
});

test("what is no latency is ignored and counted, and a percentage outside 0 to 100 throws", () => {
  using rolling = rollingPercentiles();
  for (const window of [rolling, exactPercentiles()]) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, "1", 1n]) window.record(value as number);
    expect([window.ignored, window.summary()]).toEqual([5, undefined]);
    expect(() => window.percentile(101)).toThrow(RangeError);
    expect(() => window.percentile(Number.NaN)).toThrow(RangeError);
  }
});

test("a window is exported as a gauge by quantile", async () => {
  const exact = exactPercentiles();
  percentileGauge({ name: "window.latency", unit: "s" }, exact);
  for (let i = 0; i <= 1_000; i++) exact.record(i);
  const { resourceMetrics } = await instrumentProducer().collect();
  const metric = resourceMetrics.scopeMetrics
    .flatMap((s) => s.metrics)
    .find((m) => m.descriptor.name === "window.latency");
  expect(metric?.dataPoints.map((p) => [p.attributes["telltale.quantile"], p.value])).toEqual([
    ["0.5", 500.5],
    ["0.9", 900.1],
    ["0.95", 950.05],
    ["0.99", 990.01],
    ["0.999", 999.001],
  ]);
});
