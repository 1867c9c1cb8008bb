import { type DiagLogger, diag } from "@opentelemetry/api";
import { AggregationTemporality, type Histogram } from "@opentelemetry/sdk-metrics";
import { expect, test, vi } from "vitest";
import { counter } from "../counter.ts";
import { bounded } from "../declaration.ts";
import { DEPARTURE_MS } from "../departures.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { histogram } from "../histogram.ts";
import { type InstrumentProducer, instrumentProducer } from "../metric-producer.ts";
import { observedGauge } from "../observed.ts";
import { upDownCounter } from "../up-down-counter.ts";
import { viewDeclaredInstruments } from "./declared-views.ts";
import { readyViews, type View } from "./view.ts";

let count = 0;

/** A name of its own for each test: declared instruments and their views are of the whole process. */
function names(): { readonly scope: { readonly name: string }; name(short: string): string } {
  const scope = `declared.views.${++count}`;
  return { scope: { name: scope }, name: (short) => `${scope}.${short}` };
}

function view(...views: readonly View[]): void {
  viewDeclaredInstruments(readyViews(views));
}

/** What one reader sees of a scope: by metric, by attributes, the value or count and sum. */
function seen(producer: InstrumentProducer, scope: { readonly name: string }): Record<string, Record<string, unknown>> {
  const { scopeMetrics } = producer.collectNow().resourceMetrics;
  const metrics = scopeMetrics.filter((one) => one.scope.name === scope.name).flatMap((one) => one.metrics);
  return Object.fromEntries(
    metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name.slice(scope.name.length + 1),
      Object.fromEntries(
        dataPoints.map(({ attributes, value }) => [
          Object.entries(attributes).join(" "),
          typeof value === "number" ? value : [value.count, value.sum],
        ]),
      ),
    ]),
  );
}

const deltas = () => instrumentProducer({ temporality: () => AggregationTemporality.DELTA });

test("a view that leaves an attribute out joins the series, bound before and after it, and what they held", () => {
  const { scope, name } = names();
  const requests = counter({ scope, name: name("requests"), attributes: { venue: bounded(9), side: ["buy", "sell"] } });
  const stock = upDownCounter({ scope, name: name("stock") });
  const price = gauge({ scope, name: name("price") });
  const sizes = histogram({ scope, name: name("sizes"), boundaries: [10] });
  const [total, delta] = [instrumentProducer(), deltas()];
  const buys = requests.bind({ venue: "x", side: "buy" });
  const small = sizes.bind({ venue: "x", side: "buy" });
  buys.add(1);
  small.record(5);
  stock.add(-2, { venue: "x", side: "buy" });
  price.record(7, { venue: "x", side: "buy" });
  view({ selector: { instrumentName: name("*") }, stream: { attributeKeys: { excluded: ["side"] } } });
  const sells = requests.bind({ venue: "x", side: "sell" });
  buys.add(10);
  sells.add(100);
  requests.add(1_000, { venue: "x", side: "sell" });
  requests.add(1, { venue: "y", side: "sell" });
  small.record(50);
  sizes.record(500, { side: "sell", venue: "x" });
  stock.add(5, { side: "sell", venue: "x" });
  price.record(8, { venue: "x", side: "sell" });
  const expected = {
    requests: { "venue,x": 1_111, "venue,y": 1 },
    stock: { "venue,x": 3 },
    price: { "venue,x": 8 },
    sizes: { "venue,x": [3, 555] },
  };
  expect(seen(total, scope)).toEqual(expected);
  expect(seen(delta, scope)).toEqual(expected);
  buys.add(1);
  expect(seen(total, scope)).toMatchObject({ requests: { "venue,x": 1_112, "venue,y": 1 } });
  expect(seen(delta, scope)).toEqual({ requests: { "venue,x": 1 } });
});

test("a high-cardinality attribute that a view leaves out does not reach the limit", () => {
  const { scope, name } = names();
  view({ selector: { instrumentName: name("requests") }, stream: { attributeKeys: { included: ["venue"] } } });
  const requests = counter({ scope, name: name("requests"), maxSeries: 10 });
  for (let id = 0; id < 1_000; id++) requests.add(1, { id, venue: id % 2 === 0 ? "x" : "y" });
  expect(seen(instrumentProducer(), scope)).toEqual({ requests: { "venue,x": 500, "venue,y": 500 } });
});

test("a view renames, describes, drops and limits", () => {
  const { scope, name } = names();
  view(
    { selector: { instrumentName: name("old") }, stream: { name: name("new"), description: "said anew" } },
    { selector: { instrumentName: name("gone") }, stream: { aggregation: { drop: {} } } },
    { selector: { instrumentName: name("few") }, stream: { aggregationCardinalityLimit: 2 } },
  );
  counter({ scope, name: name("old"), description: "said" }).add(3);
  const gone = counter({ scope, name: name("gone") });
  gone.add(1);
  gone.bind({ a: 1 }).add(1);
  const few = counter({ scope, name: name("few") });
  for (const a of [1, 2, 3]) few.add(1, { a });
  const producer = instrumentProducer();
  expect(seen(producer, scope)).toEqual({
    new: { "": 3 },
    few: { "a,1": 1, "otel.metric.overflow,true": 2 },
  });
  const { scopeMetrics } = producer.collectNow().resourceMetrics;
  const metrics = scopeMetrics.find((one) => one.scope.name === scope.name)?.metrics;
  expect(metrics?.[0]?.descriptor.description).toBe("said anew");
});

test("a view changes buckets, and what was counted before goes where its old bucket ends", () => {
  const { scope, name } = names();
  const sizes = histogram({ scope, name: name("sizes"), boundaries: [1, 10, 100] });
  const spread = histogram({ scope, name: name("spread"), boundaries: [1, 10, 100] });
  const fine = exponentialHistogram({ scope, name: name("fine") });
  for (const value of [0.5, 5, 50]) for (const one of [sizes, spread, fine]) one.record(value);
  view(
    {
      selector: { instrumentName: name("s???*") },
      stream: { aggregation: { explicitBucketHistogram: { boundaries: [4, 40] } } },
    },
    { selector: { instrumentName: name("spread") }, stream: { aggregation: { base2ExponentialBucketHistogram: {} } } },
    {
      selector: { instrumentName: name("fine") },
      stream: { aggregation: { explicitBucketHistogram: { boundaries: [4, 40] } } },
    },
  );
  for (const value of [0.5, 5, 50]) for (const one of [sizes, spread, fine]) one.record(value);
  const { scopeMetrics } = instrumentProducer().collectNow().resourceMetrics;
  const values = (scopeMetrics.find((one) => one.scope.name === scope.name)?.metrics ?? []).map(
    ({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.value as Histogram] as const,
  );
  const sums = { count: 6, sum: 111, min: 0.5, max: 50 };
  const explicit = { ...sums, buckets: { boundaries: [4, 40], counts: [2, 2, 2] } };
  expect(values).toEqual([
    [name("sizes"), explicit],
    [name("spread"), explicit],
    [name("spread"), expect.objectContaining({ ...sums, zeroCount: 0 })],
    [name("fine"), explicit],
  ]);
});

test("two views make two streams, bound or not, and a refused value is counted once", () => {
  const { scope, name } = names();
  const requests = counter({ scope, name: name("requests") });
  const before = requests.bind({ a: 1, b: 1 });
  view(
    {
      selector: { instrumentName: name("requests") },
      stream: { name: name("by.a"), attributeKeys: { included: ["a"] } },
    },
    {
      selector: { instrumentName: name("requests") },
      stream: { name: name("by.b"), attributeKeys: { included: ["b"] } },
    },
  );
  const after = requests.bind({ a: 1, b: 2 });
  before.add(1);
  after.add(10);
  requests.add(100, { a: 2, b: 1 });
  requests.add(Number.NaN, { a: 2, b: 1 });
  const producer = instrumentProducer();
  expect(seen(producer, scope)).toEqual({ "by.a": { "a,1": 11, "a,2": 100 }, "by.b": { "b,1": 101, "b,2": 10 } });
  after.unbind();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DEPARTURE_MS });
  expect(seen(producer, scope)).toEqual({ "by.a": { "a,1": 11, "a,2": 100 }, "by.b": { "b,1": 101 } });
  vi.useRealTimers();
  const drops = producer.collectNow().resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  const dropped = drops.find(({ descriptor }) => descriptor.name === "telltale.dropped.records");
  const own = dropped?.dataPoints.filter(({ attributes }) =>
    String(attributes["telltale.instrument"]).startsWith(scope.name),
  );
  expect(own?.map(({ value }) => value)).toEqual([1]);
});

test("a view reaches observed instruments, and series that fall together are one", () => {
  const { scope, name } = names();
  view({
    selector: { instrumentName: name("*"), instrumentType: "observable_gauge" },
    stream: { attributeKeys: { included: ["host"] } },
  });
  observedGauge({ scope, name: name("load") }, (observe) => {
    observe(1, { host: "x", core: "0" });
    observe(2, { host: "y", core: "0" });
  });
  expect(seen(instrumentProducer(), scope)).toEqual({ load: { "host,x": 1, "host,y": 2 } });
});

test("an aggregation that an instrument cannot have is told, and the instrument is reported as it is", () => {
  const { scope, name } = names();
  const warnings: string[] = [];
  const logger = { warn: (text: string) => warnings.push(text), error() {}, info() {}, debug() {}, verbose() {} };
  diag.setLogger(logger as unknown as DiagLogger);
  view({ selector: { instrumentName: name("requests") }, stream: { aggregation: { lastValue: {} } } });
  counter({ scope, name: name("requests") }).add(1);
  diag.disable();
  expect(seen(instrumentProducer(), scope)).toEqual({ requests: { "": 1 } });
  expect(warnings.join()).toContain("lastValue");
});

test.each([
  [{ selector: {}, stream: {} }, /selects nothing/],
  [{ selector: { instrumentName: "a.*" }, stream: { name: "b" } }, /whole name of one instrument/],
  [{ selector: { instrumentName: "a" }, stream: { aggregation: { sum: {}, drop: {} } } }, /give one of/],
  [
    { selector: { instrumentName: "a" }, stream: { aggregation: { explicitBucketHistogram: { boundaries: [2, 1] } } } },
    /ascending/,
  ],
  [{ selector: { instrumentName: "a" }, stream: { aggregationCardinalityLimit: 0 } }, /above 0/],
])("a view that cannot be is refused: %j", (bad, message) => {
  expect(() => readyViews([bad as View])).toThrow(message);
});
