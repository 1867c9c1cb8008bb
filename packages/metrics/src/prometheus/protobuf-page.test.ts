import { fileURLToPath } from "node:url";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ExponentialHistogram, MeterProvider } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import protobuf from "protobufjs";
import { afterEach, expect, test } from "vitest";
import { counter, exponentialHistogram, gauge, histogram, upDownCounter } from "../index.ts";
import type { Instrument } from "../instrument.ts";
import { forgetInstrument } from "../instrument-registry.ts";
import { ProtobufWriter } from "../protobuf-writer.ts";
import { prometheusEndpoint } from "./endpoint.ts";
import { labelPairs } from "./labels.ts";
import { writeNativeBuckets } from "./native-histogram.ts";
import { protobufPageWriter } from "./protobuf-page.ts";

// The official definitions, as they are: github.com/prometheus/client_model v0.6.3.
const root = new protobuf.Root();
root.loadSync(fileURLToPath(new URL("./io.prometheus.client.proto", import.meta.url)), { keepCase: true });
const MetricFamily = root.lookupType("io.prometheus.client.MetricFamily");

const declared: Instrument[] = [];
afterEach(() => {
  for (const instrument of declared.splice(0)) forgetInstrument(instrument);
});

test("a scraper that asks for protobuf gets every kind of metric, with the SDK's, units and when they began", async () => {
  const sinceMs = Date.now();
  const orders = declare(counter({ name: "pb.orders", unit: "By", description: "Orders." }));
  orders.add(0.5, { venue: 'a"\n😀' });
  declare(upDownCounter({ name: "pb.open" })).add(-3);
  declare(gauge({ name: "pb.share", unit: "1" })).record(0.25);
  const latency = declare(histogram({ name: "pb.latency", unit: "s", boundaries: [0.1, 1] }));
  for (const value of [0.1, 0.5, 20]) latency.record(value);
  const sizes = declare(exponentialHistogram({ name: "pb.sizes" }));
  for (const value of [0, 1, 3, 700]) sizes.record(value);
  const endpoint = prometheusEndpoint({ port: 0, scopeLabels: true });
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  provider
    .getMeter("theirs", "1")
    .createCounter("pb.theirs")
    .add(7, { a: [1, 2] });
  const response = await fetch(endpoint.url, {
    headers: {
      accept:
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1",
    },
  });
  const families = decoded([Buffer.from(await response.arrayBuffer())]);
  await provider.shutdown();
  expect(response.headers.get("content-type")).toBe(
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  );
  const scope = [{ name: "otel_scope_name", value: "@telltale/metrics" }];
  const family = (name: string) => families.find((one) => one.name === name);
  expect(family("pb_orders_bytes_total")).toMatchObject({
    help: "Orders.",
    type: "COUNTER",
    unit: "bytes",
    metric: [{ label: [{ name: "venue", value: 'a"\n😀' }, ...scope], counter: { value: 0.5 } }],
  });
  const began = family("pb_orders_bytes_total")?.metric[0]?.counter?.created_timestamp;
  expect(Number(began?.seconds) * 1_000 + Number(began?.nanos) / 1e6).toBeGreaterThanOrEqual(sinceMs);
  expect(family("pb_open")).toMatchObject({ type: "GAUGE", metric: [{ gauge: { value: -3 } }] });
  expect(family("pb_share_ratio")).toMatchObject({ type: "GAUGE", metric: [{ gauge: { value: 0.25 } }] });
  expect(family("pb_latency_seconds")).toMatchObject({
    type: "HISTOGRAM",
    unit: "seconds",
    metric: [
      {
        histogram: {
          sample_count: "3",
          sample_sum: 20.6,
          bucket: [
            { cumulative_count: "1", upper_bound: 0.1 },
            { cumulative_count: "2", upper_bound: 1 },
            { cumulative_count: "3", upper_bound: "Infinity" },
          ],
        },
      },
    ],
  });
  expect(family("pb_latency_seconds")?.metric[0]?.histogram?.schema).toBeUndefined();
  expect(family("pb_sizes")?.metric[0]?.histogram).toMatchObject({
    sample_count: "4",
    sample_sum: 704,
    zero_count: "1",
    zero_threshold: 1e-128,
    bucket: expect.arrayContaining([{ cumulative_count: "3", upper_bound: 4 }]),
  });
  expect(family("pb_theirs_total")?.metric[0]?.label).toContainEqual({ name: "a", value: "[1,2]" });
  expect(family("target_info")).toMatchObject({ type: "GAUGE", metric: [{ gauge: { value: 1 } }] });
});

test("whatever the labels and values, what is decoded is what was recorded", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("", "\ud800", "😀", "x".repeat(300)),
  );
  const attributes = fc.dictionary(fc.oneof(text, fc.constantFrom("a.b", "a_b", "le", "9")), text, { maxKeys: 3 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(attributes, fc.double({ min: 0, max: 1e290, noNaN: true, noDefaultInfinity: true }))),
      (sets) => {
        const orders = declare(counter({ name: "any.orders", maxSeries: 1_000 }));
        const latency = declare(histogram({ name: "any.latency", boundaries: [1e-3, 1, 1e3], maxSeries: 1_000 }));
        const expected = new Map<string, { sum: number; count: number }>();
        for (const [set, value] of sets) {
          orders.add(value, set as never);
          latency.record(value, set as never);
        }
        for (const series of orders.series()) {
          const key = keyOf(labelPairs(series.attributes));
          // Of two that come to the same labels, the first stays.
          if (!expected.has(key)) expected.set(key, { sum: series.total() as number, count: 0 });
        }
        const families = decoded(page());
        const metrics = families.find(({ name }) => name === "any_orders_total")?.metric ?? [];
        expect(
          new Map(
            metrics.map((one) => [
              keyOf((one.label ?? []).map(({ name, value }) => [name, value])),
              one.counter?.value,
            ]),
          ),
        ).toEqual(new Map([...expected].map(([key, { sum }]) => [key, sum])));
        const histograms = families.find(({ name }) => name === "any_latency")?.metric ?? [];
        expect(histograms).toHaveLength(expected.size);
        for (const { histogram } of histograms) {
          expect(histogram?.bucket.at(-1)?.cumulative_count).toBe(histogram?.sample_count);
        }
        for (const instrument of declared.splice(0)) forgetInstrument(instrument);
      },
    ),
  );
});

test("native buckets are where Prometheus' own formula puts the values, at every schema it knows", () => {
  const magnitude = fc.oneof(
    fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    fc.integer({ min: -30, max: 30 }).map((n) => 2 ** n),
    fc.constant(0),
  );
  fc.assert(
    fc.property(fc.array(magnitude, { minLength: 1, maxLength: 100 }), (values) => {
      const sizes = declare(exponentialHistogram({ name: "native.sizes" }));
      for (const value of values) sizes.record(value);
      const scales = sizes.series().map((series) => (series.total() as ExponentialHistogram).scale);
      const got = decoded(page()).find(({ name }) => name === "native_sizes")?.metric[0]?.histogram;
      for (const instrument of declared.splice(0)) forgetInstrument(instrument);
      const schema = Math.min(...scales, 8);
      const expected = new Map<number, number>();
      for (const value of values) {
        if (value > 0) expected.set(bucketOf(value, schema), (expected.get(bucketOf(value, schema)) ?? 0) + 1);
      }
      expect(got?.schema).toBe(schema);
      expect(Number(got?.zero_count)).toBe(values.filter((value) => value === 0).length);
      expect(expanded(got)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("long gaps begin another span, and counts of 2^40 are exact", () => {
  const writer = new ProtobufWriter();
  writeNativeBuckets(writer, {
    scale: 0,
    count: 0,
    zeroCount: 2 ** 40,
    positive: { offset: -3, bucketCounts: [2 ** 40, 0, 0, 5, 0, 0, 0, 1] },
    negative: { offset: 0, bucketCounts: [] },
  });
  const histogram = root
    .lookupType("io.prometheus.client.Histogram")
    .toObject(root.lookupType("io.prometheus.client.Histogram").decode(writer.written()), { longs: String });
  expect(histogram["positive_span"]).toEqual([
    { offset: -2, length: 4 },
    { offset: 3, length: 1 },
  ]);
  expect(histogram["zero_count"]).toBe(String(2 ** 40));
  expect(expanded(histogram as DecodedHistogram)).toEqual(
    new Map([
      [-2, 2 ** 40],
      [1, 5],
      [5, 1],
    ]),
  );
});

test("exemplars stand with the count, in their bucket, and with the native histogram, with their time", () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const orders = declare(counter({ name: "exemplary.orders", exemplars: true }));
  const latency = declare(histogram({ name: "exemplary.latency", boundaries: [1, 2], exemplars: true }));
  const sizes = declare(exponentialHistogram({ name: "exemplary.sizes", exemplars: true }));
  context.with(trace.setSpanContext(context.active(), span), () => {
    orders.add(3);
    latency.record(1.5);
    sizes.record(5);
  });
  context.disable();
  const families = decoded(page());
  const first = (name: string) => families.find((one) => one.name === name)?.metric[0];
  const exemplar = (value: number) =>
    expect.objectContaining({
      label: [
        { name: "trace_id", value: span.traceId },
        { name: "span_id", value: span.spanId },
      ],
      value,
      timestamp: expect.objectContaining({ seconds: expect.stringMatching(/^\d{10}$/) }),
    });
  expect(first("exemplary_orders_total")?.counter?.exemplar).toEqual(exemplar(3));
  expect(first("exemplary_latency")?.histogram?.bucket.map((one) => one.exemplar)).toEqual([
    undefined,
    exemplar(1.5),
    undefined,
  ]);
  expect(first("exemplary_sizes")?.histogram?.exemplars).toEqual([exemplar(5)]);
});

function declare<I extends Instrument>(instrument: I): I {
  declared.push(instrument);
  return instrument;
}

/** Of what the test declared alone. */
function page(): Uint8Array[] {
  const writer = protobufPageWriter({ scopeLabels: false, constants: {}, told: new Set() });
  const sources = { resource: {}, scopes: [], instruments: declared, only: undefined };
  return Array.from(writer.pieces(sources), (piece) => Buffer.from(piece));
}

interface DecodedHistogram {
  readonly sample_count: string;
  readonly bucket: readonly { readonly cumulative_count: string; readonly exemplar?: object }[];
  readonly schema?: number;
  readonly zero_count?: string;
  readonly positive_span?: readonly { readonly offset: number; readonly length: number }[];
  readonly positive_delta?: readonly string[];
  readonly exemplars?: readonly object[];
}

interface DecodedFamily {
  readonly name: string;
  readonly metric: readonly {
    readonly label?: readonly { readonly name: string; readonly value: string }[];
    readonly counter?: {
      readonly value: number;
      readonly exemplar?: object;
      readonly created_timestamp?: { readonly seconds: string; readonly nanos: number };
    };
    readonly histogram?: DecodedHistogram;
  }[];
}

function decoded(pieces: readonly Uint8Array[]): DecodedFamily[] {
  const reader = protobuf.Reader.create(Buffer.concat(pieces));
  const families: DecodedFamily[] = [];
  while (reader.pos < reader.len) {
    const family = MetricFamily.decodeDelimited(reader);
    families.push(MetricFamily.toObject(family, { longs: String, enums: String, json: true }) as DecodedFamily);
  }
  return families;
}

/** The buckets of a native histogram that are not empty, by index. */
function expanded(histogram: DecodedHistogram | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  const deltas = [...(histogram?.positive_delta ?? [])];
  let index = 0;
  let count = 0;
  for (const { offset, length } of histogram?.positive_span ?? []) {
    index += offset;
    for (let i = 0; i < length; i++, index++) {
      count += Number(deltas.shift());
      if (count > 0) counts.set(index, count);
    }
  }
  expect(deltas).toEqual([]);
  return counts;
}

/** The smallest i with value <= 2^(i * 2^-schema), by comparison with powers and not by a logarithm alone. */
function bucketOf(value: number, schema: number): number {
  let index = Math.ceil(Math.log2(value) * 2 ** schema);
  while (upper(index - 1, schema) >= value) index--;
  while (upper(index, schema) < value) index++;
  return index;
}

function upper(index: number, schema: number): number {
  const steps = 2 ** schema;
  if (schema <= 0) return 2 ** (index / steps);
  const octave = Math.floor(index / steps);
  return 2 ** ((index - octave * steps) / steps) * 2 ** octave;
}

function keyOf(labels: Iterable<readonly [string, string]>): string {
  // No label is the same as an empty one.
  const written = [...labels].filter(([, value]) => value !== "");
  return JSON.stringify(written.map(([name, value]) => [name, value.replace(/\p{Surrogate}/gu, "\ufffd")]).sort());
}
