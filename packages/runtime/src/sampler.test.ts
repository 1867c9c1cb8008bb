import { expect, onTestFinished, test, vi } from "vitest";
import { startHost } from "./host/host.ts";
import { startProcessMetrics } from "./process/process-metrics.ts";
import { sampler } from "./sampler.ts";

test("a sample that never comes is a failure after three intervals, told once, and is not begun again", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let begun = 0;
  const errors: unknown[] = [];
  const take = (): Promise<never> => {
    begun++;
    return new Promise(() => {});
  };
  using _ = sampler(take, { intervalMs: 1_000, onError: (error) => errors.push(error) });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(errors).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(errors.map(String)).toEqual(["Error: no answer for 4 s"]);
  expect(begun).toBe(1);
});

test("a row of failures is told once, and the next row again", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const outcomes = ["no", "no", "yes", "no"];
  const errors: unknown[] = [];
  const take = (): string => {
    if (outcomes.shift() === "no") throw new Error("no");
    return "yes";
  };
  using _ = sampler(take, { intervalMs: 1_000, onError: (error) => errors.push(error) });
  await vi.advanceTimersByTimeAsync(3_500);
  expect(errors).toHaveLength(2);
});

test.each([5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])("an interval of %d ms is refused", (intervalMs) => {
  for (const start of [startHost, startProcessMetrics]) {
    expect(() => start({ intervalMs })[Symbol.dispose]()).toThrow(
      expect.objectContaining({ code: "TELLTALE_BAD_INTERVAL", message: expect.stringContaining(`is ${intervalMs}`) }),
    );
  }
});
