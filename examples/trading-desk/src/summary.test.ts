import { expect, test } from "vitest";
import { summary } from "./summary.ts";

test("rate and quantiles are of the last ten seconds, totals of all time", () => {
  let nowMs = 0;
  const trades = summary(() => nowMs);
  for (let i = 0; i < 50; i += 1) trades.add({ type: "trade", status: "rejected", durationMs: 9_000 });
  nowMs = 15_000;
  for (let i = 1; i <= 100; i += 1) trades.add({ type: "trade", status: "filled", durationMs: i });
  trades.add({ type: "trade", status: "failed", durationMs: 500 });
  expect(trades.line(7)).toBe("10.1 orders/s, p50 51, p99 100 ms · 100 filled, 50 rejected, 1 failed · 7 traces");
});

test("nothing recent is a dash, not a number", () => {
  expect(summary(() => 0).line(0)).toBe("0.0 orders/s, p50 –, p99 – ms · 0 filled, 0 rejected, 0 failed · 0 traces");
});
