import { labelsOf, type Sample, toRecord } from "@telltale/promql";
import { expect, test } from "vitest";
import { Baselines } from "./baselines.ts";

const START = Date.UTC(2026, 0, 5);
const errors = labelsOf({ __name__: "errors_total", job: "desk" });
const heap = labelsOf({ __name__: "heap_bytes", job: "desk" });

const minute = (labels: Sample["labels"], i: number, value: number): Sample => ({
  labels,
  timeMs: START + i * 60_000,
  value,
});

test("the baseline of a series is four series with its labels and its name in a label", () => {
  const baselines = new Baselines();
  const published = Array.from({ length: 10 }, (_, i) => baselines.feed([minute(heap, i, 100)])).at(-1)!;
  expect(published.map(({ labels }) => toRecord(labels))).toEqual(
    ["telltale_baseline", "telltale_baseline_lower", "telltale_baseline_upper", "telltale_anomaly_score"].map(
      (name) => ({
        __name__: name,
        job: "desk",
        telltale_metric: "heap_bytes",
      }),
    ),
  );
  expect(published[0]!.value).toBe(100);
  expect(published[3]!.value).toBe(0);
});

test("of a counter the rate is learned, and its new beginning is no fall", () => {
  const baselines = new Baselines();
  let total = 0;
  const scores: number[] = [];
  for (let i = 0; i < 600; i++) {
    total = i === 400 ? 60 : total + 60;
    const [baseline, , , score] = baselines.feed([minute(errors, i, total)]);
    if (baseline !== undefined) expect(baseline.value).toBeCloseTo(1);
    if (score !== undefined) scores.push(score.value);
  }
  expect(scores.length).toBeGreaterThan(500);
  expect(Math.max(...scores)).toBeLessThan(1);
});

test("where a series ends, what is said of it ends as well", () => {
  const baselines = new Baselines();
  baselines.feed([minute(heap, 0, 1)]);
  const ended = baselines.feed([{ ...minute(heap, 1, Number.NaN), stale: true }]);
  expect(ended.map(({ stale }) => stale)).toEqual([true, true, true, true]);
});

test("beyond the limit a series is refused and counted, until one that is gone has been forgotten", () => {
  const baselines = new Baselines({ maxSeries: 1, forgetAfterMs: 3_600_000 });
  baselines.feed([minute(heap, 0, 1)]);
  baselines.feed([minute(errors, 1, 1)]);
  expect(baselines.refused).toBe(1);
  baselines.feed([minute(errors, 90, 1)]);
  expect(baselines.refused).toBe(1);
});

test("all of them go on after a restart", () => {
  const baselines = new Baselines();
  for (let i = 0; i < 200; i++) baselines.feed([minute(heap, i, 100 + (i % 7)), minute(errors, i, i * i)]);
  const restored = new Baselines({}, baselines.save());
  const next = [minute(heap, 200, 900), minute(errors, 200, 40_000)];
  expect(restored.feed(next)).toEqual(baselines.feed(next));
  expect(new Baselines({}, "no JSON").feed(next)).toEqual([]);
});

test("a clock that was far ahead and is put back is no reason to learn nothing until it is that time again", () => {
  const year = 525_600;
  const baselines = new Baselines();
  for (let i = 0; i < 10; i++) baselines.feed([minute(heap, i, 100)]);
  baselines.feed([minute(heap, year, 100)]);
  const after = Array.from({ length: 10 }, (_, i) => baselines.feed([minute(heap, 11 + i, 200)])).at(-1)!;
  expect(after[0]!.value).toBe(200);
});
