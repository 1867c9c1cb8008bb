import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { counter } from "../counter.ts";
import { exactPercentiles } from "../exact-percentiles.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { histogram } from "../histogram.ts";
import { forgetInstrument, instruments } from "../instrument-registry.ts";
import { observedCounter, observedGauge } from "../observed.ts";
import { percentileGauge } from "../percentiles.ts";
import { prometheusEndpoint } from "../prometheus/endpoint.ts";
import { type MeterProviderOptions, meterProvider } from "../provider/meter-provider.ts";
import { nativeHistograms, type SeriesBatch, seriesNews } from "../series-batch.ts";
import { upDownCounter } from "../up-down-counter.ts";
import { seriesReader } from "./series-reader.ts";

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
  for (const instrument of [...instruments()]) forgetInstrument(instrument);
});

test("a batch has the series of the page of the same process, with the same values", async () => {
  const { provider, page, collect } = process({
    views: [
      {
        selector: { instrumentName: "parity.viewed" },
        stream: {
          aggregation: { explicitBucketHistogram: { boundaries: [3, 1e9, 1e21] } },
          attributeKeys: { excluded: ["user.*"] },
        },
      },
    ],
  });
  counter({ name: "parity.orders", unit: "{order}", description: 'back\\slash "quote"\nline' }).add(3, { side: "buy" });
  counter({ name: "parity.fractions", unit: "By" }).add(0.1 + 0.2, { "http.route": "/a", ok: true, status: 200 });
  counter({ name: "parity.untouched" });
  upDownCounter({ name: "parity.open" }).add(-4);
  const level = gauge({ name: "parity.level", unit: "1" });
  level.bind({ tank: "never recorded" });
  level.record(-0, { tank: "zero" });
  level.record(1.7e308, { tank: "large" });
  level.record(5e-324, { tank: 'odd "\\\n 😀' });
  const sizes = histogram({ name: "parity.sizes", unit: "s", boundaries: [-1, 0, 0.25, 10, 1e21] });
  for (const size of [0, 0.25, 3, 1e300]) sizes.record(size, { le: "mine", quantile: "mine" });
  sizes.bind({ le: "nothing recorded" });
  const wide = exponentialHistogram({ name: "parity.wide", exemplars: true });
  for (const value of [0, 0.001, 5, 1e9]) wide.record(value, { region: "eu" });
  const viewed = histogram({ name: "parity.viewed" });
  for (const user of ["a", "b"]) viewed.record(2, { "user.id": user, path: "/" });
  const window = exactPercentiles({ maxSamples: 10 });
  for (const value of [1, 2, 3]) window.record(value);
  percentileGauge({ name: "parity.window" }, window);
  observedGauge({ name: "parity.observed" }, (observe) => {
    observe(1.5, { "a.b": "1" });
    observe(2.5, { "größe ": "2" });
  });
  observedCounter({ name: "parity.observed.count" }, (observe) => observe(9));
  const meter = provider.getMeter("parity.meter", "1.0");
  meter.createCounter("parity.sdk.counter").add(2, { b: 1, a: [1, "x"] });
  meter.createUpDownCounter("parity.sdk.updown").add(-2);
  meter.createHistogram("parity.sdk.histogram", { unit: "ms" }).record(12);
  meter.createObservableGauge("parity.sdk.gauge").addCallback((result) => {
    result.observe(Number.NaN, { is: "nan" });
    result.observe(Number.POSITIVE_INFINITY, { is: "inf" });
    result.observe(Number.NEGATIVE_INFINITY, { is: "minus inf" });
  });
  await expectSame(page, collect);
  await expectSame(page, collect);
});

test("names and labels that fall together are resolved as on the page", async () => {
  const { provider, page, collect } = process();
  counter({ name: "clash.first_total" }).add(1);
  counter({ name: "clash.first" }).add(2, { of: "the same family" });
  gauge({ name: "clash.first.total" }).record(3);
  histogram({ name: "clash.parts" }).record(1);
  counter({ name: "clash.parts.sum" }).add(1);
  gauge({ name: "clash.parts.count" }).record(1);
  const labels = counter({ name: "clash.labels" });
  labels.add(1, { code: 1 });
  labels.add(2, { code: "1" });
  labels.add(4, { code: "\ud800" });
  labels.add(8, { code: "\udfff" });
  labels.add(16, { code: "" });
  labels.add(32, {});
  const keys = counter({ name: "clash.keys" });
  keys.add(1, { a_b: "1" });
  keys.add(2, { "a.b": "1" });
  keys.add(4, { "a.b": "2", a_b: "3" });
  keys.add(8, { "!!": "no label at all" });
  for (const version of ["1", "2"])
    provider.getMeter("clash", version).createCounter("clash.meter").add(1, { version });
  for (const version of ["3", "4"]) provider.getMeter("clash", version).createCounter("clash.meter").add(1);
  await expectSame(page, collect);
});

test("whatever is recorded and let go between collections, a batch has the series of the page", async () => {
  const { page, collect } = process();
  let names = 0;
  const value = fc.oneof(fc.nat(1_200), fc.double({ min: 0, max: 1e25, noNaN: true }));
  const label = fc.constantFrom<string | number>("a", "b", "😀", "1", "", 1, 2, "\ud800", "\udbff", 'q"');
  const record = fc.record({ value, label, key: fc.constantFrom("k", "k.k", "k_k"), unbind: fc.boolean() });
  const rounds = fc.array(fc.array(record, { maxLength: 12 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => {
      const seen: [string, string | number, number][] = [];
      const declared = [
        counter({ name: `any.counter.${names}`, maxSeries: 9 }),
        gauge({ name: `any.gauge.${names}`, maxSeries: 9 }),
        histogram({ name: `any.histogram.${names}`, maxSeries: 9, boundaries: [1, 10, 1_000] }),
        exponentialHistogram({ name: `any.wide.${names}`, maxSeries: 9 }),
        observedGauge({ name: `any.observed.${names++}` }, (observe) => {
          for (const [key, text, number] of seen) observe(number, { [key]: text });
        }),
      ] as const;
      try {
        for (const round of given) {
          seen.length = 0;
          for (const one of round) {
            const attributes = { [one.key]: one.label };
            const bound = [0, 2, 3].map((i) => (declared[i] as (typeof declared)[0]).bind(attributes));
            declared[0].add(one.value, attributes);
            if (one.unbind) declared[1].record(one.value, attributes);
            else declared[1].bind(attributes);
            declared[2].record(one.value, attributes);
            declared[3].record(one.value, attributes);
            if (one.unbind) for (const each of bound) each.unbind();
            seen.push([one.key, one.label, one.value]);
          }
          await expectSame(page, collect);
        }
      } finally {
        for (const instrument of declared) forgetInstrument(instrument);
      }
    }),
    { numRuns: 30 },
  );
});

/** A page and a series reader on one provider. */
function process(options: MeterProviderOptions = {}) {
  const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0 });
  const series = seriesReader();
  const provider = meterProvider({ ...options, readers: [endpoint.reader, series.reader] });
  opened.push(() => provider.shutdown());
  const known = new Map<number, string>();
  return {
    provider,
    page: async () => {
      await endpoint.ready;
      return (await fetch(endpoint.url, { headers: { accept: "application/openmetrics-text; version=1.0.0" } })).text();
    },
    collect: async () => valuesOf(structuredClone(await series.collect()), known),
  };
}

async function expectSame(page: () => Promise<string>, collect: () => Promise<Map<string, number>>): Promise<void> {
  // Before callbacks were asked their series are not counted, and how many there are is a metric too.
  await page();
  const [written, collected] = [samplesOf(await page()), await collect()];
  expect(Object.fromEntries(collected)).toEqual(Object.fromEntries(written));
}

/** What a store would have by now, native histograms as the page writes them: with limits that are powers of two. */
function valuesOf(batch: SeriesBatch, known: Map<number, string>): Map<string, number> {
  const values = new Map<string, number>();
  for (const { series } of seriesNews(batch)) for (const { id, labels } of series) known.set(id, keyOf(labels));
  const put = (key: string, value: number) => {
    if (values.has(key)) throw new Error(`${key} is there twice`);
    // The page has no zero below zero.
    values.set(key, value + 0);
  };
  for (const [i, id] of batch.ids.entries()) put(known.get(id) as string, batch.values[i] as number);
  for (const { id, schema, zeroCount, count, sum, positive, negative } of nativeHistograms(batch)) {
    const { __name__: name, ...labels } = JSON.parse(known.get(id) as string);
    expect(negative.counts).toHaveLength(0);
    const buckets = new Map([[0, zeroCount]]);
    positive.counts.forEach((inBucket, i) => {
      const limit = 2 ** Math.ceil((positive.offset + i) / 2 ** schema);
      buckets.set(limit, (buckets.get(limit) ?? 0) + inBucket);
    });
    let below = 0;
    for (const [limit, inBucket] of buckets) {
      below += inBucket;
      put(keyOf({ ...labels, __name__: `${name}_bucket`, le: `${limit}` }), below);
    }
    put(keyOf({ ...labels, __name__: `${name}_bucket`, le: "+Inf" }), count);
    put(keyOf({ ...labels, __name__: `${name}_sum` }), sum);
    put(keyOf({ ...labels, __name__: `${name}_count` }), count);
  }
  for (const id of batch.gone) expect(known.delete(id)).toBe(true);
  expect([...known.values()].sort()).toEqual([...new Set(known.values())].sort());
  return values;
}

function samplesOf(page: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of page.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels = "", value] = /^([\w:]+)(?:\{(.*)\})? (\S+)(?: # .*)?$/u.exec(line) as unknown as string[];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gu)].map(([, label, text]) => [
      label,
      (text as string).replace(/\\(.)/gu, (_, escaped) => (escaped === "n" ? "\n" : escaped)),
    ]);
    const number =
      value === "+Inf" ? Number.POSITIVE_INFINITY : value === "-Inf" ? Number.NEGATIVE_INFINITY : Number(value);
    samples.set(keyOf({ __name__: name as string, ...Object.fromEntries(pairs) }), number);
  }
  return samples;
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  // No label is the same as an empty one, and a limit is a number, in whatever form.
  const entries = Object.entries(labels)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => [name, name === "le" ? String(Number(value.replace("+Inf", "Infinity"))) : value] as const);
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}
