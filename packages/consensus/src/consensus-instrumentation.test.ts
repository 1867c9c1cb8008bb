import { logs } from "@opentelemetry/api";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { instrumentProducer } from "@telltale/metrics";
import { expect, test } from "vitest";
import { chain, createConsensus } from "./consensus.ts";
import { ConsensusInstrumentation } from "./consensus-instrumentation.ts";

test("in a plain NodeSDK a chain is configured by its instrumentation and read by its reader", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [instrumentProducer()] });
  const instrumentation = new ConsensusInstrumentation({ chain: "in-node-sdk", finality: "instant" });
  const sdk = new NodeSDK({
    instrumentations: [instrumentation],
    metricReaders: [reader],
    spanProcessors: [],
    logRecordProcessors: [],
    resourceDetectors: [],
  });
  sdk.start();
  chain("in-node-sdk").height(12).committed();
  await reader.forceFlush();
  await sdk.shutdown();
  const metrics = exporter.getMetrics().flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics));
  const heights = metrics.find(({ descriptor }) => descriptor.name === "consensus.block.height")?.dataPoints ?? [];
  expect(
    heights
      .filter(({ attributes }) => attributes["consensus.chain"] === "in-node-sdk")
      .map(({ attributes, value }) => [attributes["consensus.block.status"], value]),
  ).toEqual([
    ["head", 12],
    ["finalized", 12],
  ]);
  expect(instrumentation.consensus).toBe(chain("in-node-sdk"));
  instrumentation.disable();
  expect(instrumentation.consensus).toBeUndefined();
});

test("a height is a span with a child for each round, and events for what happened in it", () => {
  const spans = new InMemorySpanExporter();
  const instrumentation = new ConsensusInstrumentation({ chain: "traced", spans: true, phases: ["propose", "commit"] });
  instrumentation.setTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
  const height = instrumentation.consensus!.height(40);
  const round = height.round(0);
  round.phase("propose");
  round.proposal("received", { proposer: "validator-7" });
  height.round(1).phase("commit");
  height.committed();
  const [first, second, whole] = spans.getFinishedSpans();
  expect([first?.name, second?.name, whole?.name]).toEqual(["consensus round", "consensus round", "consensus height"]);
  expect(first?.parentSpanContext?.spanId).toBe(whole?.spanContext().spanId);
  expect(whole?.attributes).toEqual({ "consensus.chain": "traced", "consensus.height": 40 });
  expect([first?.attributes["consensus.outcome"], second?.attributes["consensus.outcome"]]).toEqual([
    "timed_out",
    "decided",
  ]);
  expect(first?.events.map(({ name }) => name)).toEqual(["consensus.phase", "consensus.proposal"]);
  expect(first?.events[1]?.attributes?.["consensus.proposer"]).toBe("validator-7");
});

test("spans that are auto are left out while blocks come faster than one a second", () => {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  const clock = { ms: 0 };
  const consensus = createConsensus({ chain: "auto", spans: "auto", tracerProvider, now: () => clock.ms });
  const heights = () =>
    spans
      .getFinishedSpans()
      .flatMap(({ name, attributes }) => (name === "consensus height" ? [attributes["consensus.height"]] : []));
  for (const [height, afterMs] of [
    [1, 0],
    [2, 200],
    [3, 200],
    [4, 3_000],
    [5, 3_000],
  ] as const) {
    const made = consensus.height(height);
    clock.ms += afterMs;
    made.committed();
  }
  expect(heights()).toEqual([1, 2, 5]);
});

test("who was faulty is told in a log record", async () => {
  const exporter = new InMemoryLogRecordExporter();
  logs.disable();
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  createConsensus({ chain: "faulty" }).fault("equivocation", { validator: "validator-3", evidence: "two prevotes" });
  await new Promise((resolve) => setImmediate(resolve));
  logs.disable();
  expect(exporter.getFinishedLogRecords().map(({ eventName, attributes }) => [eventName, attributes])).toEqual([
    [
      "consensus.fault",
      {
        "consensus.chain": "faulty",
        "consensus.fault": "equivocation",
        "consensus.validator": "validator-3",
        "consensus.evidence": "two prevotes",
      },
    ],
  ]);
});

test("an instrumentation that is not enabled makes no chain", () => {
  expect(new ConsensusInstrumentation({ chain: "off", enabled: false }).consensus).toBeUndefined();
  expect(() => new ConsensusInstrumentation({ quorum: 3 })).toThrow(/consensus\.quorum is 3/);
});
