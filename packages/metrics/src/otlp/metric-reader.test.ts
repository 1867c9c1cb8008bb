import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ExportResult, isTracingSuppressed } from "@opentelemetry/core";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { counter } from "../counter.ts";
import { histogram } from "../histogram.ts";
import type { Instrument } from "../instrument.ts";
import { forgetInstrument } from "../instrument-registry.ts";
import { instrumentProducer } from "../metric-producer.ts";
import { meterProvider } from "../provider/meter-provider.ts";
import { type MetricsRequestExporter, otlpMetricReader } from "./metric-reader.ts";
import { inSlices } from "./slices.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval", "setTimeout", "clearTimeout"], now: NOW });
});
const declared: Instrument[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const instrument of declared.splice(0)) forgetInstrument(instrument);
});

test.each([
  ["cumulative", AggregationTemporality.CUMULATIVE],
  ["delta", AggregationTemporality.DELTA],
])("it sends what a stock reader, exporter and producer send, at the same times: %s", async (name, temporality) => {
  const selectAggregationTemporality = () => temporality;
  const ours = collecting({ selectAggregationTemporality });
  const theirs: Uint8Array[] = [];
  const stockExporter: PushMetricExporter = {
    export(metrics, done) {
      theirs.push(ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array);
      done({ code: 0 });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    selectAggregationTemporality,
  };
  const orders = counter({ scope: { name }, name: `${name}.orders` });
  const latency = histogram({ scope: { name }, name: `${name}.latency` });
  declared.push(orders, latency);
  const stock = new PeriodicExportingMetricReader({
    exporter: stockExporter,
    exportIntervalMillis: 1_000,
    exportTimeoutMillis: 1_000,
    metricProducers: [instrumentProducer({ temporality: selectAggregationTemporality })],
  });
  const reader = otlpMetricReader({ exporter: ours, exportIntervalMs: 1_000, exportTimeoutMs: 1_000 });
  const provider = provide(stock, reader);
  const theirCounter = provider.getMeter("sdk", "2").createCounter("sdk.requests");
  for (let interval = 0; interval < 5; interval++) {
    orders.add(interval, { venue: "a" });
    latency.record(interval * 100, { venue: `v${interval}` });
    theirCounter.add(1, { path: "/é" });
    await tick(1_000);
  }
  orders.add(1, { venue: "a" });
  await provider.shutdown();
  expect(ours.requests).toHaveLength(6);
  expect(ours.requests.map(hex)).toEqual(theirs.map(hex));
});

test("an export in progress is waited for, not doubled, and a flush sends once more", async () => {
  const orders = counter({ name: "ongoing" });
  declared.push(orders);
  orders.add(1);
  const exporter = collecting({ answer: "later" });
  const reader = otlpMetricReader({ exporter, exportIntervalMs: 1_000, exportTimeoutMs: 5_000 });
  const provider = provide(reader);
  await tick(1_000);
  await tick(1_000);
  expect(exporter.requests).toHaveLength(1);
  const flushed = provider.forceFlush();
  await turns();
  exporter.answer?.({ code: 0 });
  await turns();
  expect(exporter.requests).toHaveLength(2);
  exporter.answer?.({ code: 0 });
  await flushed;
  await shutDown(provider, exporter);
});

test("an export that is never answered is given up at its time-out, and its bytes are left alone", async () => {
  const orders = counter({ name: "unanswered" });
  declared.push(orders);
  orders.add(1);
  const exporter = collecting({ answer: "later" });
  const reader = otlpMetricReader({ exporter, exportIntervalMs: 2_000, exportTimeoutMs: 1_000 });
  const provider = provide(reader);
  await tick(2_000);
  const [bytes] = exporter.lent as [Uint8Array];
  const before = hex(bytes);
  orders.add(1);
  await tick(1_000);
  await tick(1_000);
  expect(exporter.lent).toHaveLength(2);
  expect(hex(bytes)).toBe(before);
  expect(hex(exporter.lent[1] as Uint8Array)).not.toBe(before);
  await shutDown(provider, exporter);
});

test("a producer that rejects costs its own metrics only", async () => {
  const orders = counter({ name: "beside" });
  declared.push(orders);
  orders.add(1);
  const exporter = collecting();
  const reader = otlpMetricReader({
    exporter,
    metricProducers: [{ collect: () => Promise.reject(new Error("down")) }],
  });
  const provider = provide(reader);
  await provider.forceFlush();
  expect(hex(exporter.requests[0] as Uint8Array)).toContain(hex(Buffer.from("telltale.instrument.series")));
  await provider.shutdown();
  await provider.forceFlush();
  expect(exporter.requests).toHaveLength(2);
});

test("the last requests have what an unfinished export had taken, and what came since", async () => {
  vi.useRealTimers();
  const orders = counter({ name: "last", maxSeries: 100_000 });
  declared.push(orders);
  for (let i = 0; i < 50_000; i++) orders.add(1, { i: i % 20_000, j: "x" });
  const exporter = collecting({ selectAggregationTemporality: () => AggregationTemporality.DELTA });
  const reader = otlpMetricReader({ exporter });
  const provider = provide(reader);
  void provider.forceFlush();
  // Far enough that it has taken the differences, and not to its end.
  for (let i = 0; i < 3; i++) await new Promise(setImmediate);
  expect(exporter.requests).toHaveLength(0);
  orders.add(1, { late: true });
  const [unfinished, last] = reader.lastRequests({ resource: resourceFromAttributes({}), scopeMetrics: [] });
  expect(unfinished?.length).toBeGreaterThan(20_000 * 40);
  expect(hex(last ?? new Uint8Array())).toContain(hex(Buffer.from("late")));
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  expect(exporter.requests).toHaveLength(0);
});

test("what a MeterProvider of this package counts is encoded from its series, in place from the second time on", async () => {
  const exporter = collecting();
  const reader = otlpMetricReader({ exporter });
  const provider = meterProvider({ readers: [reader], resource: resourceFromAttributes({ "service.name": "desk" }) });
  const requests = provider.getMeter("http", "1").createCounter("http.requests");
  const observed = provider.getMeter("http", "1").createObservableGauge("http.level");
  observed.addCallback((result) => result.observe(1.5));
  for (let i = 1; i <= 3; i++) {
    requests.add(1, { route: "/a" });
    await provider.forceFlush();
  }
  await provider.shutdown();
  const counted = [1, 2, 3, 3].map((n) => hex(Buffer.from(new Float64Array([n]).buffer)));
  exporter.requests.forEach((request, i) => {
    expect(hex(request)).toContain(`21${counted[i]}${hex(Buffer.from("3a0d0a05726f757465", "hex"))}`);
    expect(hex(request)).toContain(hex(Buffer.from("http.level")));
  });
  expect(exporter.requests).toHaveLength(4);
  expect(new Set(exporter.lent.map(({ buffer }) => buffer)).size).toBe(1);
});

test("exports run where nothing is traced", async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const orders = counter({ name: "untraced" });
  declared.push(orders);
  orders.add(1);
  const suppressed: boolean[] = [];
  const exporter = collecting({
    export(_, done) {
      suppressed.push(isTracingSuppressed(context.active()));
      done({ code: 0 });
    },
  });
  const provider = provide(otlpMetricReader({ exporter }));
  await provider.shutdown();
  context.disable();
  expect(suppressed).toEqual([true]);
});

test("between slices of a long export the event loop runs", async () => {
  vi.useRealTimers();
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const result = await inSlices(steps(40));
  clearInterval(timer);
  expect(result).toBe("done");
  // Two milliseconds at a stretch: at least ten stretches, of which a busy machine may let one or two run together.
  expect(turns).toBeGreaterThan(7);

  function* steps(count: number): Generator<void, string> {
    for (let i = 0; i < count; i++) {
      const untilMs = performance.now() + 1;
      while (performance.now() < untilMs);
      yield;
    }
    return "done";
  }
});

const NOW = 1_800_000_000_000;

interface Collecting extends MetricsRequestExporter {
  /** Copies, as they were when they were handed out. */
  readonly requests: Uint8Array[];
  readonly lent: Uint8Array[];
  answer: ((result: ExportResult) => void) | undefined;
}

function collecting(options: Partial<MetricsRequestExporter> & { answer?: "later" } = {}): Collecting {
  const { answer, ...rest } = options;
  const self: Collecting = {
    requests: [],
    lent: [],
    answer: undefined,
    export(bytes, done) {
      self.requests.push(Buffer.from(bytes));
      self.lent.push(bytes);
      if (answer === "later") self.answer = done;
      else done({ code: 0 });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    ...rest,
  };
  return self;
}

function provide(...readers: IMetricReader[]): MeterProvider {
  return new MeterProvider({ readers, resource: resourceFromAttributes({ "service.name": "desk" }) });
}

async function shutDown(provider: MeterProvider, exporter: Collecting): Promise<void> {
  const ended = provider.shutdown();
  for (let i = 0; i < 3; i++) {
    await turns();
    exporter.answer?.({ code: 0 });
  }
  await ended;
}

async function tick(timeMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(timeMs);
  await turns();
}

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise(setImmediate);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
