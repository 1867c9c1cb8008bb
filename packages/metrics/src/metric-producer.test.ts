import { ValueType } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type AggregationTemporalitySelector,
  AggregationType,
  DataPointType,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  type MetricData,
  MetricReader,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { counter } from "./counter.ts";
import { addDeltaReader, takePendingInSteps } from "./delta-readers.ts";
import { exponentialHistogram } from "./exponential-histogram.ts";
import { gauge } from "./gauge.ts";
import { histogram } from "./histogram.ts";
import { instrumentProducer } from "./metric-producer.ts";
import { observedCounter, observedGauge } from "./observed.ts";
import { atOnce } from "./otlp/slices.ts";
import { upDownCounter } from "./up-down-counter.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_123 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A reader that collects when it is told to. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

test.each([
  ["cumulative", AggregationTemporality.CUMULATIVE],
  ["delta", AggregationTemporality.DELTA],
])("bound instruments report, field by field, what the SDK's own do: %s", async (label, temporality) => {
  const selector: AggregationTemporalitySelector = (type) =>
    type === InstrumentType.UP_DOWN_COUNTER ? AggregationTemporality.CUMULATIVE : temporality;
  const reader = new Reader({
    aggregationTemporalitySelector: selector,
    metricProducers: [instrumentProducer({ temporality: selector })],
  });
  const provider = new MeterProvider({
    readers: [reader],
    views: [{ instrumentName: "*.expo", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter("sdk");
  const scope = { name: `ours.${label}` };
  const boundaries = [1, 2, 4];
  const theirs = {
    counter: meter.createCounter("same.counter", { unit: "{order}", description: "d" }),
    updown: meter.createUpDownCounter("same.updown"),
    gauge: meter.createGauge("same.gauge"),
    histogram: meter.createHistogram("same.histogram", { advice: { explicitBucketBoundaries: boundaries } }),
    expo: meter.createHistogram("same.expo", { unit: "s" }),
  };
  const ours = {
    counter: counter({ scope, name: "same.counter", unit: "{order}", description: "d" }),
    updown: upDownCounter({ scope, name: "same.updown" }),
    gauge: gauge({ scope, name: "same.gauge" }),
    histogram: histogram({ scope, name: "same.histogram", boundaries }),
    expo: exponentialHistogram({ scope, name: "same.expo", unit: "s" }),
  };
  const random = generator(7);
  for (let interval = 0; interval < 4; interval++) {
    for (let i = 0; i < 300; i++) {
      const attributes = { venue: `v${Math.floor(random() * 3)}`, side: random() < 0.5 ? "buy" : "sell" };
      // Dyadic, so that sums are exact in whatever order they are taken.
      const value = Math.floor(random() * 4_096) / 512;
      const wide = value * 2 ** Math.floor(random() * 10 * interval);
      for (const set of [theirs, ours]) {
        set.counter.add(value, attributes);
        set.updown.add(value - 4, attributes);
        set.gauge.record(value, attributes);
        set.histogram.record(value, attributes);
        set.expo.record(wide, attributes);
      }
    }
    vi.setSystemTime(Date.now() + 10_000);
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const metrics = (name: string) =>
      comparable(resourceMetrics.scopeMetrics.find((s) => s.scope.name === name)?.metrics);
    expect(metrics(scope.name)).toHaveLength(5);
    expect(metrics(scope.name)).toEqual(metrics("sdk"));
  }
});

test("readers with different intervals and temporalities each get every record once", async () => {
  const scope = { name: "ours.readers" };
  const requests = counter({ scope, name: "readers.requests" });
  const sizes = histogram({ scope, name: "readers.sizes", boundaries: [10] });
  requests.add(1);
  sizes.record(5);
  const delta = () => AggregationTemporality.DELTA;
  const [fast, slow, total] = [
    instrumentProducer({ temporality: delta }),
    instrumentProducer({ temporality: delta }),
    instrumentProducer(),
  ];
  const read = async (producer: typeof fast) => {
    const { resourceMetrics } = await producer.collect();
    const own = resourceMetrics.scopeMetrics.find((s) => s.scope.name === scope.name)?.metrics ?? [];
    return own.map((m) => m.dataPoints[0]?.value).map((v) => (typeof v === "number" ? v : [v?.count, v?.sum]));
  };
  expect(await read(fast)).toEqual([1, [1, 5]]);
  requests.add(2);
  sizes.record(20);
  expect(await read(fast)).toEqual([2, [1, 20]]);
  expect(await read(fast)).toEqual([]);
  expect(await read(total)).toEqual([3, [2, 25]]);
  expect(await read(slow)).toEqual([3, [2, 25]]);
  expect(await read(total)).toEqual([3, [2, 25]]);
  const late = instrumentProducer({ temporality: delta });
  requests.add(4);
  expect(await read(late)).toEqual([7, [2, 25]]);
  expect(await read(slow)).toEqual([4]);
});

test("a delta reader gets what a series recorded before it was let go, as one point with what came after", async () => {
  const scope = { name: "ours.unbind" };
  const requests = counter({ scope, name: "unbind.requests" });
  const reader = instrumentProducer({ temporality: () => AggregationTemporality.DELTA });
  const first = requests.bind({ id: 1 });
  first.add(2);
  first.unbind();
  requests.add(3, { id: 1 });
  requests.add(5, { id: 2 });
  const { resourceMetrics } = await reader.collect();
  const [metric] = resourceMetrics.scopeMetrics.find((s) => s.scope.name === scope.name)?.metrics ?? [];
  expect(metric?.dataPoints.map((p) => [p.attributes, p.value])).toEqual([
    [{ id: 1 }, 3 + 2],
    [{ id: 2 }, 5],
  ]);
});

test("a series that is let go while differences are taken gives its own, and the others theirs", () => {
  const many = counter({ name: "leaving", maxSeries: 2_001 });
  const bound = Array.from({ length: 2_000 }, (_, id) => many.bind({ id }));
  const reader = { pending: new Map(), wants: () => true, reads: () => true };
  addDeltaReader(reader);
  for (const [id, one] of bound.entries()) one.add(id + 1);
  const steps = takePendingInSteps(reader, many);
  steps.next();
  bound[0]?.add(10_000);
  bound[0]?.unbind();
  bound[1_500]?.unbind();
  const { series, value } = atOnce(steps);
  const got = new Map(series.map(({ attributes }, i) => [attributes["id"], value(i)]));
  const left = atOnce(takePendingInSteps(reader, many));
  for (const [i, { attributes }] of left.series.entries()) {
    const id = attributes["id"];
    got.set(id, ((got.get(id) as number | undefined) ?? 0) + (left.value(i) as number));
  }
  expect(got).toEqual(new Map(bound.map((_, id) => [id, id === 0 ? 10_001 : id + 1])));
});

test("series that nobody touched for the chosen time leave, those that are bound or stand above zero stay", async () => {
  const scope = { name: "ours.expiry" };
  const common = { scope, expireAfterMs: 60_000 };
  const requests = counter({ ...common, name: "expiry.requests" });
  const open = upDownCounter({ ...common, name: "expiry.open" });
  requests.add(1, { id: "old" });
  requests.bind({ id: "bound" }).add(1);
  open.add(1, { id: "open" });
  open.add(1, { id: "closed" });
  open.add(-1, { id: "closed" });
  const reader = instrumentProducer();
  for (let minute = 0; minute < 3; minute++) {
    requests.add(1, { id: "busy" });
    await reader.collect();
    vi.setSystemTime(Date.now() + 60_000);
  }
  expect(requests.series().map((s) => s.attributes["id"])).toEqual(["bound", "busy"]);
  expect(open.series().map((s) => s.attributes["id"])).toEqual(["open"]);
});

test("observed instruments are asked at each collection, and one that throws is left out", async () => {
  const scope = { name: "ours.observed" };
  let sampled: number | undefined = 4;
  observedGauge({ scope, name: "observed.level" }, (observe) => {
    if (sampled !== undefined) observe(sampled, { tank: "a" });
  });
  observedCounter({ scope, name: "observed.bad" }, (observe) => {
    observe(1);
    throw new Error("no driver");
  });
  const reader = instrumentProducer();
  const read = async () =>
    (await reader.collect()).resourceMetrics.scopeMetrics.find((s) => s.scope.name === scope.name)?.metrics.map(brief);
  expect(await read()).toEqual([["observed.level", [4]]]);
  sampled = undefined;
  expect(await read()).toBeUndefined();
  sampled = 5;
  expect(await read()).toEqual([["observed.level", [5]]]);
});

test("refused values, overflowing instruments and left out attributes are counted in metrics of their own", async () => {
  const requests = counter({ name: "self.requests", maxSeries: 2, attributes: { id: ["a", "b"] } });
  for (const value of [Number.NaN, -1, "1" as never, -2]) requests.add(value);
  requests.add(1, { id: "a", extra: 1 } as never);
  const { resourceMetrics } = await instrumentProducer().collect();
  const points = (name: string) =>
    resourceMetrics.scopeMetrics
      .flatMap((s) => s.metrics)
      .find((m) => m.descriptor.name === name)
      ?.dataPoints.filter((p) => p.attributes["telltale.instrument"] === "self.requests")
      .map((p) => [p.attributes["reason"], p.value]);
  expect(points("telltale.dropped.records")).toEqual([
    ["not_finite", 1],
    ["negative", 2],
    ["type", 1],
  ]);
  expect(points("telltale.dropped.attributes")).toEqual([["undeclared", 1]]);
  expect(points("telltale.instrument.series")).toEqual([[undefined, 2]]);
});

test("in a plain NodeSDK the producer is all that is needed, also for what was recorded before", async () => {
  vi.useRealTimers();
  counter({ name: "plain.requests" }).add(3);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [instrumentProducer()] });
  const sdk = new NodeSDK({ metricReaders: [reader], traceExporter: undefined, autoDetectResources: false } as never);
  sdk.start();
  await reader.forceFlush();
  const names = exporter.getMetrics().flatMap((m) => m.scopeMetrics.flatMap((s) => s.metrics.map(brief)));
  expect(names).toContainEqual(["plain.requests", [3]]);
  await sdk.shutdown();
});

test("the numbers written out for the SDK's enums are the SDK's", async () => {
  const scope = { name: "ours.enums" };
  counter({ scope, name: "enums.counter" }).add(1);
  gauge({ scope, name: "enums.gauge" }).record(1);
  histogram({ scope, name: "enums.histogram" }).record(1);
  exponentialHistogram({ scope, name: "enums.exponential" }).record(1);
  const { resourceMetrics } = await instrumentProducer().collect();
  const own = resourceMetrics.scopeMetrics.find((s) => s.scope.name === scope.name)?.metrics ?? [];
  const { SUM, GAUGE, HISTOGRAM, EXPONENTIAL_HISTOGRAM } = DataPointType;
  expect(own.map((m) => m.dataPointType)).toEqual([SUM, GAUGE, HISTOGRAM, EXPONENTIAL_HISTOGRAM]);
  expect(own.map((m) => m.aggregationTemporality)).toEqual(new Array(4).fill(AggregationTemporality.CUMULATIVE));
  expect(own.map((m) => m.descriptor.valueType)).toEqual(new Array(4).fill(ValueType.DOUBLE));
});

/** In one order, since series are kept by other means here and there, and without what is no part of the data model. */
function comparable(metrics: MetricData[] | undefined): unknown[] {
  const sorted = [...(metrics ?? [])].sort((a, b) => (a.descriptor.name < b.descriptor.name ? -1 : 1));
  return sorted.map((metric) => ({
    ...metric,
    descriptor: { ...metric.descriptor, advice: undefined },
    dataPoints: [...metric.dataPoints].sort((a, b) => (text(a.attributes) < text(b.attributes) ? -1 : 1)),
  }));
}

function brief(metric: MetricData): unknown {
  return [metric.descriptor.name, metric.dataPoints.map((point) => point.value)];
}

function text(value: object): string {
  return JSON.stringify(Object.entries(value).sort());
}

/** Numbers from 0 to 1 that are the same at every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
