import { type Instrument, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { simulate } from "./training-run.ts";

const MINUTE_MS = 60_000;

test("the metrics are what was done, and the same seed does the same", async () => {
  const before = counts();
  const first = await simulate({ seed: 3, durationMs: 100 * MINUTE_MS });
  const after = counts();
  expect(after.steps - before.steps).toBe(first.steps);
  expect(after.skipped - before.skipped).toBe(first.skippedSteps);
  expect(after.predictions - before.predictions).toBe(first.predictions);
  // A hundred minutes hold three whole runs.
  expect(after.completed - before.completed).toBe(3);
  expect(first.loss).toBeLessThan(4.5);
  expect(await simulate({ seed: 3, durationMs: 100 * MINUTE_MS })).toEqual(first);
  expect(await simulate({ seed: 4, durationMs: 100 * MINUTE_MS })).not.toEqual(first);
});

test.each([1, 2, 3, 4])(
  "without a fault no step is lost and hardly an update is suspect, with seed %i",
  async (seed) => {
    const { steps, skippedSteps, suspects, failedRuns } = await simulate({ seed, durationMs: 240 * MINUTE_MS });
    expect(steps).toBeGreaterThan(7_000);
    expect([skippedSteps, failedRuns]).toEqual([0, 0]);
    expect(suspects).toBeLessThan(8);
  },
);

test("a training that diverges loses steps, and goes on from its checkpoint until it does so again", async () => {
  const { failedRuns, skippedSteps, steps } = await simulate({ faults: ["diverge"] });
  expect(failedRuns).toBeGreaterThan(2);
  expect(skippedSteps).toBeGreaterThanOrEqual(10 * failedRuns);
  expect(steps).toBeGreaterThan(600);
});

test("a training that stalls does no step from then on", async () => {
  const { steps } = await simulate({ durationMs: 21 * MINUTE_MS });
  const stalled = await simulate({ durationMs: 60 * MINUTE_MS, faults: ["stall"] });
  expect(stalled.steps).toBeLessThan(steps);
  expect(stalled.steps).toBeGreaterThan(500);
});

test("the byzantine client is suspect in every round, by each rule", async () => {
  const before = counts();
  const { suspects } = await simulate({ durationMs: 30 * MINUTE_MS, faults: ["byzantine"] });
  const after = counts();
  expect(suspects).toBeGreaterThanOrEqual(10);
  expect(after.norm - before.norm).toBeGreaterThanOrEqual(10);
  expect(after.cosine - before.cosine).toBeGreaterThanOrEqual(10);
});

function counts() {
  return {
    steps: sum("ml.training.steps"),
    skipped: sum("ml.training.skipped_steps"),
    completed: count("ml.training.duration", { "ml.outcome": "completed" }),
    predictions: count("ml.prediction.duration"),
    norm: sum("ml.training.byzantine.detections", { "ml.rule": "norm", "ml.action": "excluded" }),
    cosine: sum("ml.training.byzantine.detections", { "ml.rule": "cosine", "ml.action": "excluded" }),
  };
}

function sum(name: string, match: Readonly<Record<string, string>> = {}): number {
  return (totals(name, match) as number[]).reduce((total, value) => total + value, 0);
}

function count(name: string, match: Readonly<Record<string, string>> = {}): number {
  const histograms = totals(name, match) as unknown as readonly { readonly count: number }[];
  return histograms.reduce((total, one) => total + one.count, 0);
}

function totals(name: string, match: Readonly<Record<string, string>>): readonly unknown[] {
  const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
  instrument.refresh();
  return instrument
    .series()
    .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
    .map((one) => one.total());
}
