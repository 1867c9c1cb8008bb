import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { AggregationType, MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test } from "vitest";
import { counter } from "../counter.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { histogram } from "../histogram.ts";
import { forgetInstrument, instruments } from "../instrument-registry.ts";
import { observedGauge } from "../observed.ts";
import { nativeHistograms, type SeriesBatch, seriesNews } from "../series-batch.ts";
import { batchCollector } from "./batch-collector.ts";
import { seriesReader, transferables } from "./series-reader.ts";

afterEach(() => {
  for (const instrument of [...instruments()]) forgetInstrument(instrument);
});

test("labels go over once, and from then on ids and numbers", async () => {
  const orders = counter({ name: "reader.orders" });
  const sizes = histogram({ name: "reader.sizes", boundaries: [1, 10] });
  orders.add(1, { side: "buy" });
  sizes.record(3, { side: "buy" });
  const reader = seriesReader();
  const first = await reader.collect(1_000);
  expect(first).toMatchObject({ sequence: 0, timeMs: 1_000, target: {} });
  expect(namesOf(first)).toEqual(
    expect.arrayContaining([
      'reader_orders_total{side="buy"}',
      'reader_sizes_bucket{le="1.0",side="buy"}',
      'reader_sizes_bucket{le="10.0",side="buy"}',
      'reader_sizes_bucket{le="+Inf",side="buy"}',
      'reader_sizes_sum{side="buy"}',
      'reader_sizes_count{side="buy"}',
    ]),
  );
  orders.add(1, { side: "buy" });
  const second = await reader.collect(16_000);
  expect(second).toMatchObject({ sequence: 1, timeMs: 16_000, news: [] });
  expect(second.ids).toEqual(first.ids);
  expect(second.gone).toHaveLength(0);
  const at = second.ids.indexOf(idOf(first, 'reader_orders_total{side="buy"}'));
  expect([first.values[at], second.values[at]]).toEqual([1, 2]);
  orders.add(1, { side: "sell" });
  const third = await reader.collect();
  expect(namesOf(third)).toEqual(['reader_orders_total{side="sell"}']);
});

test("the limits of buckets are written as Prometheus 3 stores them", async () => {
  const boundaries = [0, 1e-7, 0.00005, 0.0001, 0.25, 10, 123_456.5, 999_999, 1e6, 1_234_567, 1.5e21, 1e100];
  histogram({ name: "reader.limits", boundaries }).record(1);
  const news = [...seriesNews(await seriesReader().collect())].flatMap(({ series }) => series);
  const limits = news.flatMap(({ labels }) => (labels["__name__"] === "reader_limits_bucket" ? labels["le"] : []));
  const small = ["0.0", "1e-07", "5e-05", "0.0001", "0.25", "10.0"];
  const large = ["123456.5", "999999.0", "1e+06", "1.234567e+06", "1.5e+21", "1e+100", "+Inf"];
  expect(limits).toEqual([...small, ...large]);
});

test("the families are told with the first series of each", async () => {
  const reader = seriesReader();
  counter({ name: "reader.bytes", unit: "By", description: "What went out." }).add(1);
  const idle = gauge({ name: "reader.idle", unit: "s" });
  const familiesOf = (batch: SeriesBatch) => [...seriesNews(batch)].flatMap(({ families }) => families);
  const told = familiesOf(await reader.collect());
  expect(told).toContainEqual({ name: "reader_bytes_total", type: "counter", help: "What went out.", unit: "By" });
  expect(told.map(({ name }) => name)).not.toContain("reader_idle_seconds");
  idle.record(1);
  const later = familiesOf(await reader.collect());
  expect(later).toEqual([{ name: "reader_idle_seconds", type: "gauge", help: "", unit: "s" }]);
});

test("a series that is there no more is named once, and told of again when it comes back", async () => {
  let regions = ["eu", "us"];
  observedGauge({ name: "reader.regions" }, (observe) => {
    for (const region of regions) observe(1, { region });
  });
  counter({ name: "reader.other" }).add(1);
  const reader = seriesReader();
  const first = await reader.collect();
  const gone = idOf(first, 'reader_regions{region="eu"}');
  regions = ["us"];
  const second = await reader.collect();
  expect([...second.gone]).toEqual([gone]);
  expect(second.ids).not.toContain(gone);
  expect((await reader.collect()).gone).toHaveLength(0);
  regions = ["asia", "eu", "us"];
  const fourth = await reader.collect();
  expect(namesOf(fourth)).toEqual(['reader_regions{region="eu"}', 'reader_regions{region="asia"}']);
  expect(fourth.ids).toContain(gone);
});

test("an instrument that is forgotten takes its series along, histograms with all of theirs", async () => {
  const reader = seriesReader();
  const sizes = histogram({ name: "reader.sizes", boundaries: [1, 2] });
  for (const side of ["buy", "sell"]) sizes.record(1, { side });
  const first = await reader.collect();
  forgetInstrument(sizes);
  const second = await reader.collect();
  const ids = [...seriesNews(first)].flatMap(({ series }) =>
    series.filter(({ labels }) => (labels["__name__"] as string).startsWith("reader_sizes")).map(({ id }) => id),
  );
  expect(ids).toHaveLength(10);
  expect([...second.gone].sort((a, b) => a - b)).toEqual(expect.arrayContaining(ids));
});

test("a series keeps labels that are the target's as exported ones", async () => {
  const reader = seriesReader({ targetLabels: { job: "desk", instance: "desk-1", zone: "" } });
  const orders = counter({ name: "reader.orders" });
  orders.add(1, { job: "own" });
  orders.add(1, { job: "own", exported_job: "taken", zone: "a" });
  const batch = await reader.collect();
  expect(batch.target).toEqual({ job: "desk", instance: "desk-1" });
  expect(namesOf(batch)).toEqual(
    expect.arrayContaining([
      'reader_orders_total{exported_job="own",instance="desk-1",job="desk"}',
      'reader_orders_total{exported_exported_job="own",exported_job="taken",instance="desk-1",job="desk",zone="a"}',
    ]),
  );
});

test.each([
  [{ "service.name": "x" }, '"service.name" in targetLabels cannot be the label of a target'],
  [{ __name__: "x" }, '"__name__" in targetLabels cannot be the label of a target'],
  [{ le: "1" }, '"le" in targetLabels cannot be the label of a target'],
  [{ port: 9464 as unknown as string }, 'targetLabels.port is 9464; give a text, such as "9464"'],
])("labels that no target can have are refused: %j", (targetLabels, message) => {
  const code = "TELLTALE_BAD_TARGET_LABEL";
  expect(() => seriesReader({ targetLabels })).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test("two readers beside each other have each all series and their own ids", async () => {
  const orders = counter({ name: "reader.orders" });
  orders.add(1, { side: "buy" });
  const [one, other] = [seriesReader(), seriesReader()];
  await one.collect();
  orders.add(1, { side: "sell" });
  const [later, first] = await Promise.all([one.collect(), other.collect()]);
  expect(namesOf(later)).toEqual(['reader_orders_total{side="sell"}']);
  expect(namesOf(first)).toEqual(
    expect.arrayContaining(['reader_orders_total{side="buy"}', 'reader_orders_total{side="sell"}']),
  );
  expect([...later.values].sort()).toEqual([...first.values].sort());
});

test("collections that are asked for at once come one after the other, and a new beginning tells everything", async () => {
  counter({ name: "reader.orders" }).add(1);
  const reader = seriesReader();
  const [first, second] = await Promise.all([reader.collect(), reader.collect()]);
  expect([first.sequence, second.sequence]).toEqual([0, 1]);
  reader.tellAnew();
  const anew = await reader.collect();
  expect(anew.sequence).toBe(0);
  expect(namesOf(anew)).toEqual(namesOf(first));
  const ongoing = reader.collect();
  reader.tellAnew();
  expect((await ongoing).sequence).toBe(0);
});

test("a batch is handed over to another thread, and nothing of it is copied", async () => {
  counter({ name: "reader.orders" }).add(1);
  exponentialHistogram({ name: "reader.wide" }).record(5);
  const reader = seriesReader();
  const { port1, port2 } = new MessageChannel();
  for (const _ of [1, 2]) {
    const batch = await reader.collect();
    const before = structuredClone(batch);
    port1.postMessage(batch, transferables(batch));
    const [received] = (await once(port2, "message")) as [SeriesBatch];
    expect(received).toEqual(before);
    for (const part of [...batch.news, batch.ids, batch.values, batch.histograms]) expect(part.byteLength).toBe(0);
  }
  port1.close();
});

test("an exponential histogram is a native one, in Prometheus' terms", async () => {
  const wide = exponentialHistogram({ name: "reader.wide", unit: "s" });
  for (const value of [0, 1, 1.5, 4, 4]) wide.record(value);
  const batch = await seriesReader().collect();
  const [native, ...others] = nativeHistograms(batch);
  expect(others).toEqual([]);
  expect(native).toMatchObject({ schema: 6, zeroThreshold: 1e-128, zeroCount: 1, count: 5, sum: 10.5 });
  expect(namesOf(batch)).toContain("reader_wide_seconds");
  const { offset, counts } = native?.positive ?? { offset: Number.NaN, counts: [] };
  const buckets = Array.from(counts).flatMap((count, i) => (count > 0 ? [[offset + i, count]] : []));
  // The upper limit of bucket i is 2^(i / 64).
  expect(buckets).toEqual([
    [0, 1],
    [Math.ceil(64 * Math.log2(1.5)), 1],
    [128, 2],
  ]);
});

test("metrics of the SDK's own provider are in the batch, and a callback that fails takes nothing along", async () => {
  const reader = seriesReader();
  const provider = new MeterProvider({
    readers: [reader.reader],
    views: [
      { instrumentName: "reader.sdk.fine", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
      {
        instrumentName: "reader.sdk.coarse",
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 2, recordMinMax: true } },
      },
    ],
  });
  const meter = provider.getMeter("sdk");
  meter.createCounter("reader.sdk.orders").add(3, { side: "buy" });
  meter.createObservableGauge("reader.sdk.broken").addCallback(() => {
    throw new Error("no value today");
  });
  const fine = meter.createHistogram("reader.sdk.fine");
  fine.record(1);
  const coarse = meter.createHistogram("reader.sdk.coarse");
  for (const value of [1e-300, 1e300]) coarse.record(value);
  const batch = await reader.collect();
  const at = batch.ids.indexOf(idOf(batch, 'reader_sdk_orders_total{side="buy"}'));
  expect(batch.values[at]).toBe(3);
  const [native, ...others] = nativeHistograms(batch);
  // The SDK begins with a scale of 20, which is finer than Prometheus knows.
  expect(native).toMatchObject({ id: idOf(batch, "reader_sdk_fine"), schema: 8, count: 1 });
  expect([...(native?.positive.counts ?? [])]).toEqual([1]);
  // And one that is coarser has classic buckets.
  expect(others).toEqual([]);
  expect(namesOf(batch)).toContain('reader_sdk_coarse_bucket{le="+Inf"}');
  await provider.shutdown();
  counter({ name: "reader.after" }).add(1);
  expect(namesOf(await reader.collect())).toContain("reader_after_total");
});

test("the event loop may run after every few series, and no series is lost while some are let go meanwhile", () => {
  const orders = counter({ name: "reader.many", maxSeries: 4_001 });
  const bound = Array.from({ length: 4_000 }, (_, id) => orders.bind({ id: `${id}` }));
  for (const [id, one] of bound.entries()) one.add(id);
  const collector = batchCollector();
  const collect = (meanwhile: (step: number) => void) => {
    const steps = collector.collect({ resource: {}, scopes: [], instruments: [orders] });
    for (let step = 0; ; step++) {
      const { done, value } = steps.next();
      if (done) return { steps: step, batch: value };
      meanwhile(step);
    }
  };
  const first = collect((step) => {
    bound[step * 10]?.unbind();
    orders.add(0.5, { id: `new while collecting ${step}` });
  });
  expect(first.steps).toBeGreaterThan(60);
  const ids = new Map(
    [...seriesNews({ ...EMPTY, ...first.batch })].flatMap(({ series }) => series.map((one) => [one.id, one])),
  );
  const wrong = Array.from(first.batch.ids).filter((id, i) => ids.get(id)?.labels["id"] !== `${first.batch.values[i]}`);
  expect(wrong).toEqual([]);
  expect(first.batch.ids.length).toBeGreaterThan(3_900);
  const second = collect(() => {});
  expect(second.batch.ids.length).toBe(orders.size);
});

const EMPTY = { sequence: 0, timeMs: 0, durationMs: 0, target: {} };

function namesOf(batch: SeriesBatch): string[] {
  return [...seriesNews(batch)].flatMap(({ series }) => series.map(({ labels }) => nameOf(labels))).filter(isOfTest);
}

function idOf(batch: SeriesBatch, name: string): number {
  const all = [...seriesNews(batch)].flatMap(({ series }) => series);
  return all.find(({ labels }) => nameOf(labels) === name)?.id as number;
}

function nameOf({ __name__: name, ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? (name as string) : `${name}{${pairs.map(([key, value]) => `${key}="${value}"`).join()}}`;
}

/** Not what this package tells of itself. */
function isOfTest(name: string): boolean {
  return name.startsWith("reader_");
}
