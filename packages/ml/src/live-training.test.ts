import { type Instrument, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { KEPT_AFTER_END_MS } from "./live-training.ts";
import { training } from "./training-run.ts";

const steps = (): Record<string, number> => {
  const instrument = Array.from(instruments()).find(({ name }) => name === "ml.training.steps") as Instrument;
  instrument.refresh();
  const series = instrument.series().map((one) => [JSON.stringify(one.attributes), Number(one.total())] as const);
  return Object.fromEntries(series);
};
const sum = () => Object.values(steps()).reduce((total, count) => total + count, 0);

test("the steps of more runs and models than can be told apart are counted all the same, and all leave when they are over", () => {
  const clock = { ms: 0 };
  const start = (model: string) => training({ model, spans: false, now: () => clock.ms });
  const runs = [
    ...Array.from({ length: 500 }, () => start("crowded")),
    ...Array.from({ length: 500 }, (_, i) => start(`model-${i}`)),
  ];
  for (const run of runs) run.step((step) => step.loss(1));
  expect(sum()).toBe(1_000);
  expect(steps()['{"ml.model":"crowded","ml.run.slot":"other"}']).toBe(492);
  for (const run of runs.slice(1)) run.completed();
  clock.ms = KEPT_AFTER_END_MS + 1;
  expect(steps()).toEqual({ '{"ml.model":"crowded"}': 1 });
  runs[0]!.completed();
  clock.ms *= 3;
  expect(steps()).toEqual({});
});
