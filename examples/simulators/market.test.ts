import { instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { simulate } from "./market.ts";

/** The sum of all series of a counter. */
function total(name: string, match: Readonly<Record<string, string>> = {}): number {
  const instrument = Array.from(instruments()).find((one) => one.name === name);
  const series = (instrument?.series() ?? []).filter(({ attributes }) =>
    Object.entries(match).every(([key, value]) => attributes[key] === value),
  );
  return (series.map((one) => one.total()) as number[]).reduce((sum, value) => sum + value, 0);
}

const closed = (status: string) => total("trading.orders.closed", { "trading.order.status": status });

test("the metrics are what the market did, and the same seed does the same again", async () => {
  const count = () => ({
    placed: total("trading.orders.placed"),
    filled: closed("filled"),
    canceled: closed("canceled"),
    rejected: closed("rejected"),
    executions: total("trading.order.executions"),
    messages: total("trading.market_data.messages"),
    reconnects: total("trading.connection.reconnects"),
  });
  const before = count();
  const summary = await simulate({ seed: 7, durationMs: 600_000, faults: [{ name: "flap", atMs: 0 }] });
  const after = count();
  for (const key of Object.keys(before) as (keyof typeof before)[]) {
    // The last orders may be on their way still.
    if (key === "placed") expect(summary.placed - (after.placed - before.placed)).toBeLessThanOrEqual(2);
    else expect([key, after[key] - before[key]]).toEqual([key, summary[key]]);
  }
  expect(summary.reconnects).toBe(11);
  expect(await simulate({ seed: 7, durationMs: 600_000, faults: [{ name: "flap", atMs: 0 }] })).toEqual(summary);
  expect(await simulate({ seed: 8, durationMs: 600_000 })).not.toEqual(summary);
});

test("a fault that there is not is refused with those that there are", async () => {
  await expect(simulate({ faults: ["earthquake" as never] })).rejects.toThrow(
    /no fault "earthquake"; there are disconnect, flap/,
  );
});
