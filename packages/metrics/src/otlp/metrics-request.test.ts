import { type Attributes, context, type HrTime, trace, ValueType } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type MetricData,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { otlpReceiver } from "@telltale/testing";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { counter } from "../counter.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { type HistogramSeries, histogram } from "../histogram.ts";
import type { Instrument, InstrumentKind } from "../instrument.ts";
import { forgetInstrument } from "../instrument-registry.ts";
import { instrumentProducer } from "../metric-producer.ts";
import { createStream } from "../provider/stream.ts";
import { upDownCounter } from "../up-down-counter.ts";
import { metricsRequestEncoder } from "./metrics-request.ts";
import { atOnce } from "./slices.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_123 });
});
const declared: Instrument[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const instrument of declared.splice(0)) forgetInstrument(instrument);
});

test("whatever is recorded, bound and let go, the bytes are those of OpenTelemetry's serializer", () => {
  fc.assert(
    fc.property(declarations, fc.array(step, { maxLength: 60 }), sdkMetrics, (kinds, steps, sdk) => {
      const scope = `run${runs++}`;
      const instruments = kinds.map((declaration, i) =>
        declare(declaration, { scope: `${scope}.${i % 2}`, name: `i${i}` }),
      );
      const readers = TEMPORALITIES.map((temporality) => comparison(temporality));
      for (const one of steps) {
        const instrument = instruments[one.instrument % instruments.length] as Recordable;
        switch (one.kind) {
          case "record":
            instrument.record(one.value, one.attributes);
            break;
          case "bind":
            instrument.bind(one.attributes);
            break;
          case "unbind":
            instrument.unbind(one.attributes);
            break;
          case "collect":
            vi.setSystemTime(Date.now() + one.afterMs);
            for (const compare of readers) compare(one.withSdk ? sdk : { ...sdk, scopeMetrics: [] });
        }
      }
      for (const compare of readers) compare(sdk);
      for (const instrument of declared.splice(0)) forgetInstrument(instrument);
    }),
    { numRuns: 300 },
  );
});

test("what comes as OpenTelemetry's objects is written as its serializer does", () => {
  fc.assert(
    fc.property(sdkMetrics, (sdk) => comparison(AggregationTemporality.CUMULATIVE)(sdk)),
    { numRuns: 1_000 },
  );
});

test("a hundred thousand values of a histogram, and counts beyond 32 bits, stay exact in place", () => {
  const big = histogram({ scope: { name: "big" }, name: "big", boundaries: [1, 2] });
  declared.push(big);
  const compare = comparison(AggregationTemporality.CUMULATIVE);
  for (let i = 0; i < 100_000; i++) big.record(i % 4);
  compare(NOTHING);
  const series = big.series()[0] as HistogramSeries;
  // Recording 2^32 values takes a while, so one count begins just before.
  series.slab.counts[1] = -2;
  for (let i = 0; i < 9; i++) big.record(2);
  expect(series.total().buckets.counts[1]).toBe(2 ** 32 + 7);
  compare(NOTHING);
  compare(NOTHING);
});

test("whole numbers of a provider's instrument are written as integers", () => {
  const stream = createStream({
    name: "whole",
    unit: "",
    description: "",
    valueType: ValueType.INT,
    scope: { name: "whole" },
    aggregation: { kind: "upDownCounter" },
    keepKey: undefined,
    maxSeries: 10,
    exemplars: false,
  });
  const source = { instruments: () => [stream], reads: (store: object) => store === stream.store };
  const encoder = metricsRequestEncoder(() => AggregationTemporality.CUMULATIVE);
  encoder.addSource(source);
  const stock = [instrumentProducer(), instrumentProducer({ source })];
  for (const value of [5, -(2 ** 31) - 9, -(2 ** 40), 2 ** 53, 0]) {
    stream.add?.(value, { a: 1 });
    const request = atOnce(encoder.encode(NOTHING));
    request?.release();
    const scopeMetrics = stock.flatMap((producer) => producer.collectNow().resourceMetrics.scopeMetrics);
    expectSameBytes(request?.bytes, { ...NOTHING, scopeMetrics });
  }
});

test("a request that is still being sent is not written over", () => {
  const requests = counter({ scope: { name: "lent" }, name: "lent" });
  declared.push(requests);
  requests.add(1);
  const encoder = metricsRequestEncoder(() => AggregationTemporality.CUMULATIVE);
  const encode = () => {
    const request = atOnce(encoder.encode(NOTHING));
    if (request === undefined) throw new Error("nothing to send");
    return request;
  };
  encode().release();
  const sent = encode();
  const before = Buffer.from(sent.bytes);
  requests.add(1);
  const next = encode();
  expect(Buffer.compare(sent.bytes, before)).toBe(0);
  expect(Buffer.compare(next.bytes, before)).not.toBe(0);
  // Late, and of no consequence for the one that is under way now.
  sent.release();
  const last = encode();
  expect(last.bytes.buffer).not.toBe(next.bytes.buffer);
  last.release();
  expect(encode().bytes.buffer).toBe(last.bytes.buffer);
});

test("an exemplar goes out once, beside what OpenTelemetry's serializer writes", async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const scope = { name: "exemplary" };
  const orders = counter({ scope, name: "exemplary.orders", exemplars: true });
  const latency = histogram({ scope, name: "exemplary.latency", exemplars: true });
  const sizes = exponentialHistogram({ scope, name: "exemplary.sizes", exemplars: true });
  declared.push(orders, latency, sizes);
  const source = { instruments: () => declared, reads: () => true };
  const encoder = metricsRequestEncoder(() => AggregationTemporality.CUMULATIVE, source);
  const stock = instrumentProducer({ source });
  context.with(trace.setSpanContext(context.active(), span), () => {
    orders.add(3, { side: "buy" });
    latency.record(1.5);
    sizes.record(5);
  });
  context.disable();
  await using receiver = await otlpReceiver();
  const send = async () => {
    vi.setSystemTime(Date.now() + 1_000);
    const bytes = atOnce(encoder.encode(NOTHING))?.bytes as Uint8Array;
    receiver.clear();
    const headers = { "content-type": "application/x-protobuf" };
    await fetch(`${receiver.url}/v1/metrics`, { method: "POST", headers, body: Buffer.from(bytes) });
    expect(receiver.problems()).toEqual([]);
    return { bytes, exemplars: receiver.metrics().map(({ points }) => points[0]?.exemplars) };
  };
  const first = await send();
  const { traceId, spanId } = span;
  const timeUnixNano = 1_800_000_000_123_000_000n;
  expect(first.exemplars).toMatchObject([3, 1.5, 5].map((value) => [{ value, traceId, spanId, timeUnixNano }]));
  const second = await send();
  expect(second.exemplars).toEqual([[], [], []]);
  expectSameBytes(second.bytes, { ...NOTHING, scopeMetrics: stock.collectNow().resourceMetrics.scopeMetrics });
});

test("large sets are encoded in many small steps, the first time as well as later", () => {
  const latency = histogram({ scope: { name: "steps" }, name: "steps", maxSeries: 50_000 });
  declared.push(latency);
  for (let i = 0; i < 20_000; i++) latency.record(i, { i });
  const source = { instruments: () => declared, reads: () => true };
  const encoder = metricsRequestEncoder(() => AggregationTemporality.CUMULATIVE, source);
  const sdk = instrumentProducer({ source }).collectNow().resourceMetrics;
  for (const what of [NOTHING, NOTHING, { ...NOTHING, scopeMetrics: sdk.scopeMetrics }]) {
    let steps = 0;
    for (const encoding = encoder.encode(what); !encoding.next().done; ) steps++;
    const points = what === NOTHING ? 20_000 : 40_000;
    expect(steps).toBeGreaterThan(points / 300);
  }
});

const TEMPORALITIES = [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA];
const NOTHING: ResourceMetrics = { resource: resourceFromAttributes({}), scopeMetrics: [] };
let runs = 0;

/** Collects with both pipelines and compares what they would send. */
function comparison(temporality: AggregationTemporality): (sdk: ResourceMetrics) => void {
  const selector = (type: InstrumentType) =>
    type === InstrumentType.UP_DOWN_COUNTER ? AggregationTemporality.CUMULATIVE : temporality;
  // Without this package's metrics of its own, since those count what the two readers do.
  const source = { instruments: () => declared, reads: () => true };
  const encoder = metricsRequestEncoder(selector, source);
  const stock = instrumentProducer({ temporality: selector, source });
  return (sdk) => {
    const request = atOnce(encoder.encode(sdk));
    const { scopeMetrics } = stock.collectNow().resourceMetrics;
    expectSameBytes(request?.bytes, { ...sdk, scopeMetrics: [...sdk.scopeMetrics, ...scopeMetrics] });
    // Now and then one is never answered, and its bytes must be left alone.
    if (Date.now() % 3 > 0) request?.release();
  };
}

function expectSameBytes(bytes: Uint8Array | undefined, metrics: ResourceMetrics): void {
  // The periodic reader exports nothing then.
  if (metrics.scopeMetrics.length === 0) {
    expect(bytes).toBeUndefined();
    return;
  }
  const expected = ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array;
  if (bytes !== undefined && Buffer.compare(bytes, expected) === 0) return;
  expect(bytes && Buffer.from(bytes).toString("hex")).toBe(Buffer.from(expected).toString("hex"));
}

interface Declaration {
  readonly kind: InstrumentKind;
  readonly unit: string;
  readonly description: string;
  readonly boundaries: readonly number[];
}

interface Recordable {
  record(value: number, attributes: Attributes): void;
  bind(attributes: Attributes): void;
  unbind(attributes: Attributes): void;
}

function declare({ kind, boundaries, ...text }: Declaration, place: { scope: string; name: string }): Recordable {
  const common = { ...text, name: place.name, scope: { name: place.scope, version: "1", schemaUrl: "https://s" } };
  const made = {
    counter: () => counter(common),
    upDownCounter: () => upDownCounter(common),
    gauge: () => gauge(common),
    histogram: () => histogram({ ...common, boundaries }),
    exponentialHistogram: () => exponentialHistogram(common),
  }[kind]();
  declared.push(made);
  return {
    record: (value, attributes) =>
      "add" in made ? made.add(value, attributes as never) : made.record(value, attributes as never),
    bind: (attributes) => void made.bind(attributes as never),
    unbind: (attributes) => made.bind(attributes as never).unbind(),
  };
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom("", "😀", "\ud800", "x\udfff\ud800y", "é".repeat(70)),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 2 ** 31, 2 ** 32, -(2 ** 32), 2 ** 53, -(2 ** 63), 2 ** 63, 1e300, -1, 0.1),
);
const list = fc.oneof(
  fc.array(fc.option(text), { maxLength: 3 }),
  fc.array(fc.option(number), { maxLength: 3 }),
  fc.array(fc.option(fc.boolean()), { maxLength: 3 }),
);
const attributes = fc.dictionary(text, fc.oneof(text, number, fc.boolean(), list), {
  maxKeys: 3,
}) as fc.Arbitrary<Attributes>;
/** Few, so that they come again; and any. */
const reused = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<Attributes>(
      {},
      { a: 1 },
      { a: "b", c: true },
      { l: ["x", "y"] },
      { long: "z".repeat(200) },
    ),
  },
  { weight: 1, arbitrary: attributes },
);

const declarations = fc.array(
  fc.record({
    kind: fc.constantFrom<InstrumentKind>("counter", "upDownCounter", "gauge", "histogram", "exponentialHistogram"),
    unit: fc.constantFrom("", "s", "{order}"),
    description: text,
    boundaries: fc.constantFrom(
      [],
      [1],
      [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000],
    ),
  }),
  { minLength: 1, maxLength: 5 },
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("record" as const),
      instrument: fc.nat(),
      attributes: reused,
      value: fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 1e-300, 2 ** 40)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("bind" as const, "unbind" as const),
      instrument: fc.nat(),
      attributes: reused,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("collect" as const),
      instrument: fc.nat(),
      afterMs: fc.nat(10_000),
      withSdk: fc.boolean(),
    }),
  },
);

const hrTime = fc.tuple(fc.nat(4_000_000_000), fc.nat(999_999_999)) as fc.Arbitrary<HrTime>;
const count = fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: 2 ** 50 }));
const optional = fc.option(fc.double(), { nil: undefined });
const buckets = fc.record({
  offset: fc.integer({ min: -2_000, max: 2_000 }),
  bucketCounts: fc.array(count, { maxLength: 40 }),
});
const point = <V>(value: fc.Arbitrary<V>) =>
  fc.array(fc.record({ attributes, startTime: hrTime, endTime: hrTime, value }), { maxLength: 4 });
const common = {
  descriptor: fc.record({
    name: text,
    description: text,
    unit: text,
    valueType: fc.constantFrom(ValueType.INT, ValueType.DOUBLE),
    type: fc.constant(InstrumentType.COUNTER),
  }),
  aggregationTemporality: fc.constantFrom(...TEMPORALITIES),
};
const metric = fc.oneof(
  fc.record({
    ...common,
    dataPointType: fc.constant(DataPointType.SUM),
    isMonotonic: fc.boolean(),
    dataPoints: point(number),
  }),
  fc.record({ ...common, dataPointType: fc.constant(DataPointType.GAUGE), dataPoints: point(number) }),
  fc.record({
    ...common,
    dataPointType: fc.constant(DataPointType.HISTOGRAM),
    dataPoints: point(
      fc.record({
        buckets: fc.record({ boundaries: fc.array(fc.double()), counts: fc.array(count) }),
        count,
        sum: optional,
        min: optional,
        max: optional,
      }),
    ),
  }),
  fc.record({
    ...common,
    dataPointType: fc.constant(DataPointType.EXPONENTIAL_HISTOGRAM),
    dataPoints: point(
      fc.record({
        count,
        sum: optional,
        min: optional,
        max: optional,
        scale: fc.integer({ min: -10, max: 20 }),
        zeroCount: count,
        positive: buckets,
        negative: buckets,
      }),
    ),
  }),
) as unknown as fc.Arbitrary<MetricData>;
const scope = fc.record({
  name: text,
  version: fc.option(text, { nil: undefined }),
  schemaUrl: fc.option(text, { nil: undefined }),
});
const sdkMetrics: fc.Arbitrary<ResourceMetrics> = fc
  .record({
    attributes,
    schemaUrl: fc.option(text, { nil: undefined }),
    scopeMetrics: fc.array(fc.record({ scope, metrics: fc.array(metric, { maxLength: 3 }) }), { maxLength: 3 }),
  })
  .map(({ attributes, schemaUrl, scopeMetrics }) => ({
    resource: resourceFromAttributes(attributes, schemaUrl === undefined ? {} : { schemaUrl }),
    scopeMetrics: scopeMetrics as ResourceMetrics["scopeMetrics"],
  }));
