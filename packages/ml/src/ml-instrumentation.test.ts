import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { type Instrument, instrumentProducer, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { deployedModel, predict } from "./deployed-model.ts";
import { gradientNorm } from "./gradient-norm.ts";
import { MlInstrumentation } from "./ml-instrumentation.ts";
import { training } from "./training-run.ts";

test("in a plain NodeSDK runs have the options of the instrumentation, and its reader and tracer provider", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [instrumentProducer()] });
  const spans = new InMemorySpanExporter();
  const told: string[] = [];
  const instrumentation = new MlInstrumentation({ onDivergence: ({ reason }) => void told.push(reason) });
  const sdk = new NodeSDK({
    instrumentations: [instrumentation],
    metricReaders: [reader],
    spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
    logRecordProcessors: [],
    resourceDetectors: [],
  });
  sdk.start();
  const run = training({ model: "in-node-sdk" });
  run.step((step) => step.loss(0.4));
  run.step((step) => step.loss(Number.NaN));
  run.validate((validation) => validation.accuracy(0.9));
  run.completed();
  const names = spans.getFinishedSpans().map(({ name }) => name);
  await reader.forceFlush();
  await sdk.shutdown();
  expect(told).toEqual(["nan_loss"]);
  expect(names).toEqual(["validate in-node-sdk", "train in-node-sdk"]);
  const metrics = exporter.getMetrics().flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics));
  const valuesOf = (name: string) =>
    metrics
      .find(({ descriptor }) => descriptor.name === name)
      ?.dataPoints.filter(({ attributes }) => attributes["ml.model"] === "in-node-sdk")
      .map(({ attributes, value }) => [attributes["ml.reason"] ?? attributes["ml.split"], value]);
  expect(valuesOf("ml.training.steps")).toEqual([[undefined, 1]]);
  expect(valuesOf("ml.training.loss")).toEqual([["train", 0.4]]);
  expect(valuesOf("ml.training.accuracy")).toEqual([["validation", 0.9]]);
  expect(valuesOf("ml.training.skipped_steps")).toContainEqual(["nan_loss", 1]);
  instrumentation.disable();
  training({ model: "in-node-sdk" }).step((step) => step.loss(Number.NaN));
  expect(told.length).toBe(1);
});

test("a configuration that is wrong throws, and one that is not enabled changes nothing", () => {
  expect(() => new MlInstrumentation({ risingLossFactor: -1 })).toThrow(/ml\.risingLossFactor is -1/);
  const told: string[] = [];
  new MlInstrumentation({ enabled: false, onDivergence: ({ reason }) => void told.push(reason) });
  training({ model: "not-enabled" }).step((step) => step.loss(Number.NaN));
  expect(told).toEqual([]);
});

test("a prediction is timed until it is there, and its result or error comes back", async () => {
  const predictions = (outcome: string) =>
    totals("ml.prediction.duration", { "ml.model": "vain-lm", "ml.outcome": outcome });
  expect(predict("vain-lm", () => 7)).toBe(7);
  expect(await predict("vain-lm", async () => 8)).toBe(8);
  await expect(predict("vain-lm", async () => Promise.reject(new Error("no memory")))).rejects.toThrow("no memory");
  expect(predict("" as string, () => 9)).toBe(9);
  deployedModel("vain-lm").predicted(0.5);
  deployedModel("vain-lm").predicted(-1);
  expect(predictions("completed")).toMatchObject([{ count: 3 }]);
  expect(predictions("failed")).toMatchObject([{ count: 1 }]);
});

test("the accuracy of a deployed model is a share", () => {
  const model = deployedModel("digits");
  model.accuracy(0.97);
  model.accuracy(97);
  expect(totals("ml.model.accuracy", { "ml.model": "digits" })).toEqual([0.97]);
  expect(() => deployedModel("")).toThrow(/ml\.model is ""/);
});

test("the norm of gradients is that of all of them as one vector", () => {
  expect(gradientNorm([new Float32Array([3]), [4, 12]])).toBe(13);
  expect(gradientNorm([])).toBe(0);
  expect(gradientNorm([[1, Number.NaN]])).toBeNaN();
  expect(gradientNorm([[1e200]])).toBe(Number.POSITIVE_INFINITY);
});

function totals(name: string, match: Readonly<Record<string, string>>) {
  const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
  return instrument
    .series()
    .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
    .map((one) => one.total());
}
