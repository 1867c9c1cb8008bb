import { logs } from "@opentelemetry/api";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Divergence } from "./divergence.ts";
import { KEPT_AFTER_END_MS } from "./live-training.ts";
import { type TrainingOptions, training } from "./training-run.ts";

let models = 0;

/** A model that no other test has, on a clock that the test moves. */
function trained(options: Partial<TrainingOptions> = {}) {
  const clock = { ms: 1_000 };
  const model = `model-${models++}`;
  const start = () => training({ model, now: () => clock.ms, ...options });
  const values = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => attributes["ml.model"] === model)
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  return {
    clock,
    model,
    start,
    values,
    sum: (name: string, match = {}) => (values(name, match) as number[]).reduce((sum, value) => sum + value, 0),
    times: (name: string, match = {}) => {
      const found = values(name, match) as unknown as readonly { readonly count: number; readonly sum?: number }[];
      return {
        count: found.reduce((n, one) => n + one.count, 0),
        sum: found.reduce((n, one) => n + (one.sum ?? 0), 0),
      };
    },
  };
}

test("a step is counted and timed at its end, with what it told", () => {
  const { clock, start, values, sum, times } = trained();
  const result = start().step((step) => {
    clock.ms += 250;
    expect(step.loss(0.7)).toBe(true);
    expect(step.gradientNorm(1.5)).toBe(true);
    step.accuracy(0.8);
    step.learningRate(0.01);
    step.samples(32);
    expect(sum("ml.training.steps")).toBe(0);
    return "updated";
  });
  expect(result).toBe("updated");
  expect(sum("ml.training.steps")).toBe(1);
  expect(times("ml.training.step.duration")).toEqual({ count: 1, sum: 0.25 });
  expect(values("ml.training.loss", { "ml.split": "train" })).toEqual([0.7]);
  expect(values("ml.training.accuracy", { "ml.split": "train" })).toEqual([0.8]);
  expect(values("ml.training.gradient.norm")).toEqual([1.5]);
  expect(values("ml.training.learning_rate")).toEqual([0.01]);
  expect(sum("ml.training.samples")).toBe(32);
});

test("an asynchronous step ends when its work is done; one that fails is no step, and its error comes back", async () => {
  const { clock, start, sum, times } = trained();
  const run = start();
  await run.step(async (step) => {
    await Promise.resolve();
    clock.ms += 40;
    step.loss(0.5);
  });
  expect(times("ml.training.step.duration")).toEqual({ count: 1, sum: 0.04 });
  await expect(run.step(async () => Promise.reject(new Error("out of memory")))).rejects.toThrow("out of memory");
  expect(() =>
    run.step(() => {
      throw new Error("shape");
    }),
  ).toThrow("shape");
  expect(sum("ml.training.steps")).toBe(1);
  expect(sum("ml.training.skipped_steps")).toBe(0);
});

test("a loss that is no number is a signal: the gauge keeps its last value, and the step is skipped", () => {
  const { start, values, sum } = trained();
  const run = start();
  const lossOf = (loss: number) => run.step((step) => step.loss(loss));
  expect([0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(lossOf)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(values("ml.training.loss")).toEqual([0.5]);
  expect(sum("ml.training.skipped_steps", { "ml.reason": "nan_loss" })).toBe(1);
  expect(sum("ml.training.skipped_steps", { "ml.reason": "inf_loss" })).toBe(2);
  expect(sum("ml.training.steps")).toBe(1);
});

test("a gradient that is NaN or overflows skips the step, and the first reason of a step counts", () => {
  const { start, sum } = trained();
  const run = start();
  run.step((step) => step.gradientNorm(Number.NaN));
  run.step((step) => step.gradientNorm(Number.POSITIVE_INFINITY));
  run.step((step) => step.skip());
  run.step((step) => {
    step.loss(Number.NaN);
    step.gradientNorm(Number.NaN);
  });
  const reasons = ["nan_gradient", "overflow", "manual", "nan_loss"];
  expect(reasons.map((reason) => sum("ml.training.skipped_steps", { "ml.reason": reason }))).toEqual([1, 1, 1, 1]);
  expect(sum("ml.training.steps")).toBe(0);
});

test("counts that rules ask for an increase of are 0 from the start", () => {
  const { start, values } = trained();
  start();
  expect(values("ml.training.skipped_steps")).toEqual([0, 0, 0, 0, 0]);
  expect(values("ml.training.steps")).toEqual([0]);
});

test("divergence is told once, until a step is well again: to the application, the log and the span of the run", async () => {
  const exporter = new InMemoryLogRecordExporter();
  logs.disable();
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  const spans = new InMemorySpanExporter();
  const told: Divergence[] = [];
  const { model, start } = trained({
    runId: "run-7",
    tracerProvider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
    onDivergence: (divergence) => void told.push(divergence),
  });
  const run = start();
  for (const loss of [0.5, Number.NaN, Number.NaN, 0.4, Number.NaN]) run.step((step) => step.loss(loss));
  run.step((step) => step.gradientNorm(Number.POSITIVE_INFINITY));
  run.failed(new Error("diverged"));
  await new Promise((resolve) => setImmediate(resolve));
  logs.disable();
  expect(told.map(({ reason, step }) => [reason, step])).toEqual([
    ["nan_loss", 1],
    ["nan_loss", 2],
  ]);
  const records = exporter.getFinishedLogRecords();
  expect(records.map(({ eventName, severityText }) => [eventName, severityText])).toEqual([
    ["ml.divergence", "WARN"],
    ["ml.divergence", "WARN"],
  ]);
  const [span] = spans.getFinishedSpans();
  expect(span?.name).toBe(`train ${model}`);
  expect(records[0]?.spanContext?.spanId).toBe(span?.spanContext().spanId);
  expect(span?.attributes).toMatchObject({ "ml.model": model, "ml.run.id": "run-7", "ml.outcome": "failed" });
  expect(span?.events.map(({ name }) => name)).toEqual(["ml.divergence", "ml.divergence", "exception"]);
});

test("a loss that rises and stays finite is told where a factor is given, and the steps count", () => {
  const told: string[] = [];
  const { start, sum } = trained({ risingLossFactor: 3, onDivergence: ({ reason }) => void told.push(reason) });
  const run = start();
  for (let i = 0; i < 50; i++) run.step((step) => step.loss(1));
  for (let i = 0; i < 20; i++) run.step((step) => step.loss(100));
  expect(told).toEqual(["rising_loss"]);
  expect(sum("ml.training.steps")).toBe(70);
});

test("what onDivergence throws does not come to the step", () => {
  const { start } = trained({
    onDivergence: () => {
      throw new Error("mine");
    },
  });
  expect(start().step((step) => step.loss(Number.NaN))).toBe(false);
});

test("the rate of convergence of a loss that falls by 1 % a step is 1 % of it, and there is none before 100 steps", () => {
  const { start, values } = trained();
  const run = start();
  for (let i = 0; i < 100; i++) run.step((step) => step.loss(0.99 ** i));
  expect(values("ml.training.convergence.rate")).toEqual([]);
  for (let i = 100; i < 900; i++) run.step((step) => step.loss(0.99 ** i));
  expect((values("ml.training.convergence.rate") as number[])[0]).toBeCloseTo(-Math.log(0.99), 6);
  run.step((step) => step.loss(-1));
  expect(values("ml.training.convergence.rate")).toEqual([]);
});

test("a validation is timed, and its numbers have their own split", async () => {
  const { clock, start, values, times } = trained();
  const run = start();
  await run.validate(async (validation) => {
    clock.ms += 2_000;
    validation.loss(0.6);
    validation.accuracy(0.91);
  });
  run.validate((validation) => validation.accuracy(0.9), { split: "test" });
  expect(values("ml.training.loss", { "ml.split": "validation" })).toEqual([0.6]);
  expect(values("ml.training.accuracy", { "ml.split": "validation" })).toEqual([0.91]);
  expect(values("ml.training.accuracy", { "ml.split": "test" })).toEqual([0.9]);
  expect(times("ml.training.validation.duration")).toEqual({ count: 2, sum: 2 });
  expect(() =>
    run.validate(() => {
      throw new Error("no data");
    }),
  ).toThrow("no data");
  expect(times("ml.training.validation.duration").count).toBe(2);
});

test("an accuracy of 97 is refused, with a hint", () => {
  const { start, values, sum } = trained();
  start().validate((validation) => {
    validation.accuracy(97);
    validation.accuracy(Number.NaN);
  });
  expect(values("ml.training.accuracy")).toEqual([]);
  expect(sum("ml.anomalies", { "ml.anomaly": "bad_value" })).toBe(2);
});

test("two runs of one model at a time have their own series, without the id of a run", () => {
  const { start, values, sum } = trained();
  const [first, second] = [start(), start()];
  first.step((step) => step.loss(0.1));
  second.step((step) => step.loss(0.2));
  second.step((step) => step.loss(0.2));
  expect(values("ml.training.loss")).toEqual([0.1, 0.2]);
  expect(values("ml.training.steps", { "ml.run.slot": "1" })).toEqual([2]);
  first.completed();
  start().step((step) => step.loss(0.3));
  // The slot of the first one, whose steps go on: a counter never goes back.
  expect(values("ml.training.loss")).toEqual([0.3, 0.2]);
  expect(values("ml.training.steps")).toEqual([2, 2]);
  expect(sum("ml.training.steps")).toBe(4);
});

test("ten runs of one model at a time are counted, those beyond the eighth together", () => {
  const { start, sum } = trained();
  for (let i = 0; i < 10; i++) start().step((step) => step.loss(1));
  expect(sum("ml.training.steps")).toBe(10);
  expect(sum("ml.training.steps", { "ml.run.slot": "other" })).toBe(2);
});

test("a run that is over leaves the metrics before its silence looks like a stall", () => {
  const { clock, start, values, times } = trained();
  const run = start();
  run.step((step) => step.loss(0.1));
  clock.ms += 59_000;
  run.completed();
  expect(times("ml.training.duration", { "ml.outcome": "completed" })).toEqual({ count: 1, sum: 59 });
  clock.ms += KEPT_AFTER_END_MS;
  expect(values("ml.training.loss")).toEqual([0.1]);
  clock.ms += 1;
  expect(values("ml.training.loss")).toEqual([]);
  expect(values("ml.training.steps")).toEqual([]);
  expect(values("ml.training.skipped_steps").length).toBe(5);
});

test("what is told of a run that is over is an anomaly and changes nothing", () => {
  const { start, values, sum, times } = trained();
  const run = start();
  const late = run.startStep();
  run.step((step) => step.loss(0.1));
  run.stopped("enough");
  run.completed();
  run.epoch();
  late.loss(0.9);
  late.end();
  run.validate((validation) => validation.loss(5));
  expect(values("ml.training.loss")).toEqual([0.1]);
  expect(sum("ml.training.steps")).toBe(1);
  expect(sum("ml.training.epochs")).toBe(0);
  expect(times("ml.training.duration").count).toBe(1);
  expect(sum("ml.anomalies", { "ml.anomaly": "closed_run" })).toBe(6);
  expect(run.summary).toMatchObject({ outcome: "stopped", steps: 1, loss: 0.1 });
});

test("epochs count once each", () => {
  const { start, sum } = trained();
  const run = start();
  run.epoch();
  run.epoch(2);
  run.epoch(2);
  run.epoch(Number.NaN);
  expect(sum("ml.training.epochs")).toBe(2);
  expect(run.summary.epochs).toBe(2);
});

test("a clock that runs backwards records no time", () => {
  const { clock, start, sum, times } = trained();
  const step = start().startStep();
  clock.ms -= 500;
  step.end();
  expect(times("ml.training.step.duration").count).toBe(0);
  expect(sum("ml.training.steps")).toBe(1);
  expect(sum("ml.anomalies", { "ml.anomaly": "clock" })).toBe(1);
});

test("values that are none are left out and nothing is thrown", () => {
  const { start, values, sum } = trained();
  start().step((step) => {
    for (const bad of ["0.5", undefined, null, {}, 5n]) {
      expect(step.loss(bad as never)).toBe(false);
      step.accuracy(bad as never);
      step.gradientNorm(bad as never);
      step.learningRate(bad as never);
      step.samples(bad as never);
    }
    step.gradientNorm(-1);
    step.learningRate(Number.POSITIVE_INFINITY);
    step.samples(-4);
  });
  for (const name of ["loss", "accuracy", "gradient.norm", "learning_rate"]) {
    expect(values(`ml.training.${name}`)).toEqual([]);
  }
  expect(sum("ml.training.samples")).toBe(0);
  expect(sum("ml.training.steps")).toBe(1);
  expect(sum("ml.anomalies", { "ml.anomaly": "bad_value" })).toBe(28);
});

test("wrong options throw at once and say what to give", () => {
  const code = { code: "TELLTALE_BAD_ML_OPTION" };
  expect(() => training({ model: "" })).toThrow(/ml\.model is ""; give a name/);
  expect(() => training({ model: "a", runId: 7 as never })).toThrow(expect.objectContaining(code));
  expect(() => training({ model: "a", risingLossFactor: 0.5 })).toThrow(
    /risingLossFactor is 0\.5; give a number above 1/,
  );
  expect(() => training({ model: "a", span: true } as never)).toThrow(/ml\.span is not an option/);
  expect(() => training({ model: "a", spans: "yes" as never })).toThrow(/ml\.spans is "yes"/);
  expect(() => training({ model: "a", onDivergence: 5 as never })).toThrow(/ml\.onDivergence is of type number/);
});

test("whatever is told in whatever order, the counts agree with what was done", () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant("step" as const), loss: fc.double(), gradient: fc.double() }),
    fc.constant({ kind: "throw" as const }),
    fc.constant({ kind: "epoch" as const }),
    fc.constant({ kind: "end" as const }),
  );
  // Of one model: no more than 50 are told apart.
  const { start, sum, times } = trained({ spans: false });
  const counts = () => ({
    steps: sum("ml.training.steps") + sum("ml.training.skipped_steps"),
    timedSteps: times("ml.training.step.duration").count,
    runs: times("ml.training.duration").count,
    epochs: sum("ml.training.epochs"),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const before = counts();
      let run = start();
      for (const one of actions) {
        if (one.kind === "step") {
          run.step((step) => {
            step.loss(one.loss);
            step.gradientNorm(one.gradient);
          });
        } else if (one.kind === "throw") {
          expect(() =>
            run.step(() => {
              throw new Error("no step");
            }),
          ).toThrow();
        } else if (one.kind === "epoch") run.epoch();
        else {
          run.completed();
          run = start();
        }
      }
      run.stopped();
      const done = (kind: string) => actions.filter((one) => one.kind === kind).length;
      expect(counts()).toEqual({
        steps: before.steps + done("step"),
        timedSteps: before.timedSteps + done("step"),
        runs: before.runs + done("end") + 1,
        epochs: before.epochs + done("epoch"),
      });
    }),
    { numRuns: 100 },
  );
});
