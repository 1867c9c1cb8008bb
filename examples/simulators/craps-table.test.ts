import { type Instrument, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { simulate } from "./craps-table.ts";

const HOUR_MS = 3_600_000;

test("the metrics are what was played, and the same seed plays the same", async () => {
  const before = counts();
  const first = await simulate({ seed: 5 });
  const after = counts();
  expect(after.wagered - before.wagered).toBe(first.wagered);
  expect(after.paidOut - before.paidOut).toBe(first.paidOut);
  expect(after.throws - before.throws).toBe(first.throws);
  expect(after.rounds - before.rounds).toBe(first.rounds);
  expect(await simulate({ seed: 5 })).toEqual(first);
  expect(await simulate({ seed: 6 })).not.toEqual(first);
});

// One look in ten thousand finds fair dice unfair: with seed 1 it happens in these twelve hours.
test.each([2, 3, 4])("fair dice give back less than was wagered, and are not suspected, with seed %i", async (seed) => {
  const { returnToPlayer, pValue, unfair } = await simulate({ seed, durationMs: 12 * HOUR_MS });
  expect(returnToPlayer).toBeGreaterThan(0.95);
  expect(returnToPlayer).toBeLessThan(1.02);
  expect(pValue).toBeGreaterThan(1e-4);
  expect(unfair).toBe(0);
});

test("loaded dice are told once, and give back more than was wagered", async () => {
  const fair = await simulate({ durationMs: HOUR_MS });
  const loaded = await simulate({ durationMs: 3 * HOUR_MS, faults: [{ name: "loaded", atMs: HOUR_MS }] });
  expect(loaded.unfair).toBe(1);
  expect(loaded.pValue).toBeLessThan(1e-12);
  const sinceThen = (loaded.paidOut - fair.paidOut) / (loaded.wagered - fair.wagered);
  expect(sinceThen).toBeGreaterThan(1.15);
});

function counts() {
  return {
    wagered: sum("game.wagered"),
    paidOut: sum("game.paid_out"),
    throws: sum("game.draws"),
    rounds: sum("game.rounds"),
  };
}

function sum(name: string): number {
  const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
  instrument.refresh();
  return instrument.series().reduce((total, one) => total + Number(one.total()), 0);
}
