import {
  context,
  type DiagLogger,
  DiagLogLevel,
  diag,
  type Histogram,
  TraceFlags,
  trace,
  ValueType,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  type ExponentialHistogram,
  InMemoryMetricExporter,
  MetricReader,
  type MetricReaderOptions,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test, vi } from "vitest";
import { counter } from "../counter.ts";
import { exemplarOf } from "../exemplar.ts";
import { instrumentProducer } from "../metric-producer.ts";
import { prometheusEndpoint } from "../prometheus/endpoint.ts";
import type { ProvidedInstrument } from "./instrument-face.ts";
import { meterProvider } from "./meter-provider.ts";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

afterEach(() => {
  diag.disable();
  vi.useRealTimers();
});

function told(): string[] {
  const lines: string[] = [];
  const say = (...words: unknown[]): void => void lines.push(words.join(" "));
  diag.setLogger({ error: say, warn: say, info() {}, debug: say, verbose() {} } satisfies DiagLogger, DiagLogLevel.ALL);
  lines.length = 0;
  return lines;
}

/** By metric, by attributes, the value; of a histogram, its count. */
async function seen(reader: MetricReader): Promise<Record<string, Record<string, unknown>>> {
  const { resourceMetrics } = await reader.collect();
  return flat(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics));
}

function flat(
  metrics: Awaited<ReturnType<MetricReader["collect"]>>["resourceMetrics"]["scopeMetrics"][number]["metrics"],
) {
  return Object.fromEntries(
    metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      Object.fromEntries(
        dataPoints.map(({ attributes, value }) => [
          Object.entries(attributes).join(" "),
          typeof value === "number" ? value : value.count,
        ]),
      ),
    ]),
  );
}

test("the same instrument asked for again, in any case, is the one that is there, with the longer description", async () => {
  const reader = new Reader();
  const lines = told();
  const provider = meterProvider({ readers: [reader] });
  const first = provider.getMeter("m", "1").createCounter("Requests", { description: "Short." });
  const again = provider.getMeter("m", "1").createCounter("requests", { description: "Much longer." });
  expect(again).toBe(first);
  first.add(1);
  again.add(2);
  const { resourceMetrics } = await reader.collect();
  expect(resourceMetrics.scopeMetrics[0]?.metrics).toHaveLength(1);
  expect(resourceMetrics.scopeMetrics[0]?.metrics[0]?.descriptor).toMatchObject({
    name: "Requests",
    description: "Much longer.",
  });
  expect(lines.filter((line) => line.includes("different descriptions"))).toHaveLength(1);
});

test.each([
  [
    "unit",
    (m: ReturnType<ReturnType<typeof meterProvider>["getMeter"]>) => m.createCounter("requests", { unit: "By" }),
  ],
  ["kind", (m: ReturnType<ReturnType<typeof meterProvider>["getMeter"]>) => m.createUpDownCounter("requests")],
  [
    "number type",
    (m: ReturnType<ReturnType<typeof meterProvider>["getMeter"]>) =>
      m.createCounter("requests", { valueType: ValueType.INT }),
  ],
  [
    "kind, observable",
    (m: ReturnType<ReturnType<typeof meterProvider>["getMeter"]>) => {
      m.createObservableGauge("requests").addCallback((result) => result.observe(5));
      return { add() {} };
    },
  ],
])("another instrument of the same name is told and kept beside it: %s", async (_, other) => {
  const reader = new Reader();
  const lines = told();
  const meter = meterProvider({ readers: [reader] }).getMeter("m");
  meter.createCounter("requests").add(1);
  other(meter).add(5);
  const { resourceMetrics } = await reader.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  expect(metrics.map(({ dataPoints }) => dataPoints[0]?.value).sort()).toEqual([1, 5]);
  expect(resourceMetrics.scopeMetrics).toHaveLength(1);
  expect(lines.filter((line) => line.includes("requests twice"))).toHaveLength(1);
});

test("what is no number, not finite or negative is dropped and counted, and never thrown", async () => {
  const reader = new Reader();
  const meter = meterProvider({ readers: [reader] }).getMeter("bad.input");
  const requests = meter.createCounter("bad.requests");
  const sizes = meter.createHistogram("bad.sizes");
  const level = meter.createGauge("bad.level");
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, -1, "5", 5n, null, undefined, {}] as number[];
  for (const value of bad) for (const record of [requests.add, sizes.record]) record.call(undefined, value, { a: 1 });
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY, "5" as unknown as number]) level.record(value);
  requests.add(1, { a: 1 });
  sizes.record(1, { a: 1 });
  level.record(-1);
  expect(await seen(reader)).toEqual({
    "bad.requests": { "a,1": 1 },
    "bad.sizes": { "a,1": 1 },
    "bad.level": { "": -1 },
  });
  const own = flat(
    instrumentProducer()
      .collectNow()
      .resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics),
  );
  const drops = Object.entries(own["telltale.dropped.records"] ?? {}).filter(([key]) => key.includes("bad.requests"));
  expect(drops.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(bad.length);
});

test("hostile attributes neither throw nor spoil others, and one object changed between calls counts as what it is", async () => {
  const reader = new Reader();
  const requests = meterProvider({ readers: [reader] })
    .getMeter("hostile")
    .createCounter("hostile.requests");
  const throwing = Object.defineProperty({}, "a", { enumerable: true, get: () => expect.fail("read") });
  const changing: Record<string, string> = { a: "x" };
  for (const attributes of [throwing, null, 5, { a: Symbol("s") }, { a: () => 1 }, { a: undefined }]) {
    requests.add(1, attributes as never);
  }
  requests.add(1, changing);
  changing["a"] = "y";
  requests.add(10, changing);
  requests.add(100, { a: "x" });
  expect(await seen(reader)).toEqual({ "hostile.requests": { "": 6, "a,x": 101, "a,y": 10 } });
});

test("each reader's limit holds for the life of the process, and what comes later is counted together", async () => {
  const readers = [new Reader({ cardinalitySelector: () => 3 }), new Reader()];
  const requests = meterProvider({ readers }).getMeter("limits").createCounter("limits.requests");
  for (const a of [1, 2, 3, 4, 1]) requests.add(1, { a });
  const [few, all] = await Promise.all(readers.map(seen));
  expect(few).toEqual({ "limits.requests": { "a,1": 2, "a,2": 1, "otel.metric.overflow,true": 2 } });
  expect(all).toEqual({ "limits.requests": { "a,1": 2, "a,2": 1, "a,3": 1, "a,4": 1 } });
});

test("a callback that rejects, throws or hangs takes nothing else along", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  told();
  const hanging = { collect: () => new Promise<never>(() => {}) };
  const failing = { collect: () => Promise.reject(new Error("no")) };
  const reader = new Reader({ metricProducers: [hanging, failing] });
  const meter = meterProvider({ readers: [reader] }).getMeter("m");
  meter.createCounter("ours").add(1);
  meter.createObservableGauge("fine").addCallback((result) => result.observe(2));
  meter.createObservableGauge("hanging").addCallback(() => new Promise(() => {}));
  meter.createObservableGauge("rejecting").addCallback(() => Promise.reject(new Error("no")));
  meter.createObservableGauge("throwing").addCallback(() => {
    throw new Error("no");
  });
  const collecting = reader.collect();
  await vi.advanceTimersByTimeAsync(5_000);
  const { resourceMetrics, errors } = await collecting;
  expect(flat(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics))).toEqual({
    ours: { "": 1 },
    fine: { "": 2 },
  });
  expect(errors).toHaveLength(5);
});

test("the last values are there at once, inside a promise too, and are reported once", async () => {
  const temporality: MetricReaderOptions = { aggregationTemporalitySelector: () => AggregationTemporality.DELTA };
  const declared = counter({ name: "now.declared", scope: { name: "now" } });
  const options = {
    ...temporality,
    metricProducers: [instrumentProducer({ temporality: () => AggregationTemporality.DELTA })],
  };
  const reader = new Reader(options);
  const provider = meterProvider({ readers: [reader], resource: resourceFromAttributes({ "service.name": "s" }) });
  const requests = provider.getMeter("now").createCounter("now.requests");
  requests.add(5);
  declared.add(6);
  await Promise.resolve().then(() => {
    const unfinished = reader.collect();
    const { resource, scopeMetrics } = provider.collectNow(reader);
    const theirs = scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .filter(({ descriptor }) => /^now/.test(descriptor.name));
    expect(flat(theirs)).toEqual({ "now.requests": { "": 5 }, "now.declared": { "": 6 } });
    expect(resource.attributes["service.name"]).toBe("s");
    return unfinished;
  });
});

test("periodic readers export, flush and shut down through the provider, and a shut down one makes no instruments", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
  const provider = meterProvider({ readers: [reader], selfObservability: true });
  const requests = provider.getMeter("m").createCounter("requests");
  requests.add(1);
  await provider.forceFlush();
  requests.add(1);
  await provider.forceFlush();
  const last =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
  expect(flat(last)["requests"]).toEqual({ "": 2 });
  expect(Object.keys(flat(last))).toContain("otel.sdk.metric_reader.collection.duration");
  const lines = told();
  await provider.shutdown();
  provider.getMeter("late").createCounter("late").add(1);
  expect(lines.join()).toContain("shutdown");
});

test("series keep the trace of a sampled span, by the context given or the active one, where they are asked to", async () => {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const reader = new Reader();
  const meter = meterProvider({ readers: [reader], exemplars: ["kept.*"] }).getMeter("exemplars");
  const within = (digit: string, traceFlags = TraceFlags.SAMPLED) =>
    trace.setSpanContext(context.active(), { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags });
  const [kept, not] = [meter.createHistogram("kept.sizes"), meter.createHistogram("not.sizes")];
  context.with(within("a"), () => {
    kept.record(1, { n: 1 });
    kept.record(2, { n: 2 }, within("b"));
    kept.record(3, { n: 3 }, within("c", TraceFlags.NONE));
    not.record(4);
  });
  const { resourceMetrics } = await reader.collect();
  const points = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap((m) => m.dataPoints as object[]),
  );
  expect(points.map((point) => (point as { exemplar?: { traceId: string } }).exemplar?.traceId)).toEqual([
    "a".repeat(32),
    "b".repeat(32),
    undefined,
    undefined,
  ]);
  context.disable();
});

test.each([
  ["trace_based", ["a".repeat(32), undefined, undefined]],
  ["always_on", ["a".repeat(32), "c".repeat(32), ""]],
  ["always_off", [undefined, undefined, undefined]],
] as const)(
  "of values in a sampled span, another span and none, the filter %s keeps the exemplars it says",
  async (exemplarFilter, kept) => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const reader = new Reader();
    const provider = meterProvider({ readers: [reader], exemplars: ["*"], exemplarFilter });
    const theirs = provider.getMeter("filters").createHistogram("filtered.theirs");
    const declared = counter({ name: `filtered.${exemplarFilter}`, exemplars: true });
    const within = (digit: string, traceFlags: TraceFlags, run: () => void) =>
      context.with(
        trace.setSpanContext(context.active(), { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags }),
        run,
      );
    const record = (n: number) => () => {
      theirs.record(n, { n });
      declared.add(n, { n });
      declared.add(-n, { n });
    };
    within("a", TraceFlags.SAMPLED, record(1));
    within("c", TraceFlags.NONE, record(2));
    record(3)();
    const points = (await reader.collect()).resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap((m) => m.dataPoints as { exemplar?: { traceId: string; value: number } }[]),
    );
    const ids = kept.map((id, i) =>
      id === undefined ? undefined : expect.objectContaining({ traceId: id, value: i + 1 }),
    );
    expect(points.map(({ exemplar }) => exemplar)).toEqual(ids);
    expect(declared.series().map(exemplarOf)).toEqual(ids);
    meterProvider();
    context.disable();
  },
);

test("attributes may be bound once, as the specification will have it", async () => {
  const readers = [new Reader(), new Reader({ aggregationSelector: () => ({ type: AggregationType.DEFAULT }) })];
  const meter = meterProvider({ readers }).getMeter("bind");
  const requests = meter.createCounter("bind.requests", { valueType: ValueType.INT }) as unknown as ProvidedInstrument;
  const bound = requests.bind({ a: "x" });
  bound.add(1);
  bound.add(2.9);
  requests.add(1, { a: "x" });
  expect(await seen(readers[0] as Reader)).toEqual({ "bind.requests": { "a,x": 4 } });
});

test("what only the SDK can sum up is left to the SDK", async () => {
  const lines = told();
  const reader = new Reader();
  const aggregation = { base2ExponentialBucketHistogram: { maxSize: 20 } };
  const provider = meterProvider({
    readers: [reader],
    views: [{ selector: { instrumentName: "stock.*" }, stream: { aggregation } }],
  });
  const sizes: Histogram = provider.getMeter("m").createHistogram("stock.sizes");
  for (let i = 1; i < 1_000; i++) sizes.record(i);
  const { resourceMetrics } = await reader.collect();
  const value = resourceMetrics.scopeMetrics[0]?.metrics[0]?.dataPoints[0]?.value as ExponentialHistogram;
  expect(value.positive.bucketCounts.length).toBeLessThanOrEqual(20);
  expect(lines.filter((line) => line.includes("left to the SDK"))).toHaveLength(1);
});

test("the Prometheus endpoint writes a provider's series itself, once, beside the SDK's", async () => {
  const endpoint = prometheusEndpoint({ port: 0 });
  await endpoint.ready;
  const provider = meterProvider({ readers: [endpoint.reader] });
  const meter = provider.getMeter("page");
  const requests = meter.createCounter("page.requests");
  requests.add(1, { a: "x" });
  meter.createHistogram("page.sizes", { unit: "s", advice: { explicitBucketBoundaries: [1] } }).record(0.5);
  meter.createObservableGauge("page.level").addCallback((result) => result.observe(2));
  const collected = await endpoint.reader.collect();
  const names = collected.resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map((m) => m.descriptor.name));
  expect(names).toEqual(["page.level"]);
  const text = await (await fetch(endpoint.url)).text();
  expect(text.split("\n").filter((line) => line.startsWith("page_"))).toEqual([
    "page_level 2",
    'page_requests_total{a="x"} 1',
    'page_sizes_seconds_bucket{le="1"} 1',
    'page_sizes_seconds_bucket{le="+Inf"} 1',
    "page_sizes_seconds_sum 0.5",
    "page_sizes_seconds_count 1",
  ]);
  await provider.shutdown();
});

test("views reach the SDK's observable instruments, by any pattern", async () => {
  const reader = new Reader();
  const provider = meterProvider({
    readers: [reader],
    views: [{ selector: { instrumentName: "views.?.*.x" }, stream: { attributeKeys: { included: ["a"] } } }],
  });
  const meter = provider.getMeter("m");
  for (const name of ["views.1.load.x", "views.22.load.x"]) {
    meter.createObservableGauge(name).addCallback((result) => result.observe(1, { a: 1, b: 2 }));
  }
  expect(await seen(reader)).toEqual({ "views.1.load.x": { "a,1": 1 }, "views.22.load.x": { "a,1 b,2": 1 } });
});
