import { type MeterProvider, ValueType } from "@opentelemetry/api";
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type MetricData,
  MetricReader,
  type MetricReaderOptions,
  MeterProvider as SdkMeterProvider,
} from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { meterProvider } from "./meter-provider.ts";
import { sdkView } from "./sdk-view.ts";
import { readyViews, type View } from "./view.ts";

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

const delta: MetricReaderOptions = {
  aggregationTemporalitySelector: (type) =>
    type === InstrumentType.UP_DOWN_COUNTER ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
};
const exponential: MetricReaderOptions = {
  aggregationSelector: (type) =>
    type === InstrumentType.HISTOGRAM
      ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
      : { type: AggregationType.DEFAULT },
};

const views: readonly View[] = [
  { selector: { instrumentName: "viewed.drop" }, stream: { aggregation: { drop: {} } } },
  {
    selector: { instrumentName: "viewed.rename", unit: "s" },
    stream: { name: "renamed", description: "said anew", attributeKeys: { included: ["a", "list"] } },
  },
  {
    selector: { instrumentName: "viewed.two" },
    stream: { name: "two.one", attributeKeys: { excluded: ["a"] } },
  },
  { selector: { instrumentName: "viewed.two" }, stream: { name: "two.two", attributeKeys: { included: [] } } },
  {
    selector: { instrumentName: "viewed.buckets*", instrumentType: "histogram", meterName: "one" },
    stream: { aggregation: { explicitBucketHistogram: { boundaries: [2, 3] } } },
  },
  {
    selector: { instrumentName: "viewed.expo", instrumentType: "histogram" },
    stream: { aggregation: { base2ExponentialBucketHistogram: {} } },
  },
  { selector: { instrumentName: "viewed.counted" }, stream: { aggregation: { sum: {} } } },
];

const attributeSets = [
  undefined,
  {},
  { a: "x" },
  { a: "y", b: true },
  { b: true, a: "y" },
  { a: 1, b: false },
  { a: "1", b: false },
  { list: ["p", "q"], a: "x" },
  { list: ["q", "p"], a: "x" },
  { a: "x", b: true, c: 2.5, d: "long ".repeat(20) },
] as const;

const instrument = fc.record({
  meter: fc.constantFrom("one", "two"),
  kind: fc.constantFrom("Counter", "UpDownCounter", "Gauge", "Histogram"),
  name: fc.constantFrom(
    "plain",
    "other",
    ...["drop", "rename", "two", "buckets.x", "expo", "counted"].map((name) => `viewed.${name}`),
  ),
  unit: fc.constantFrom(undefined, "s"),
  valueType: fc.constantFrom(undefined, ValueType.INT),
  boundaries: fc.constantFrom(undefined, [], [1, 2, 4]),
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      record: fc.nat(5),
      value: fc.integer({ min: 1, max: 4_096 }),
      attributes: fc.constantFrom(...attributeSets),
    }),
  },
  { weight: 1, arbitrary: fc.record({ collect: fc.nat(2) }) },
);

// Where a view leaves the aggregation open, the specification takes the reader's, and the SDK does not: not tried together.
test.each([
  { label: "without views", views: [], readerKinds: [{}, delta, exponential] },
  { label: "with views", views, readerKinds: [{}, delta, {}] },
])("every reader gets, field by field, what the SDK's own instruments give it, $label", async (set) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(instrument, { minLength: 1, maxLength: 6, selector: ({ meter, name }) => meter + name }),
      fc.array(step, { minLength: 1, maxLength: 60 }),
      async (created, steps) => {
        const theirReaders = set.readerKinds.map((kind) => new Reader(kind));
        const ourReaders = set.readerKinds.map((kind) => new Reader(kind));
        const sdk = new SdkMeterProvider({ readers: theirReaders, views: readyViews(set.views).map(sdkView) });
        const ours = meterProvider({ readers: ourReaders, views: set.views });
        const sides = [
          { record: recorders(sdk, created), readers: theirReaders },
          { record: recorders(ours, created), readers: ourReaders },
        ];
        for (const at of [...steps, { collect: 0 }, { collect: 1 }, { collect: 2 }]) {
          vi.setSystemTime(Date.now() + 1_000);
          if ("collect" in at) {
            const [expected, got] = await Promise.all(
              sides.map(({ readers }) => collected(readers[at.collect] as Reader)),
            );
            expect(got).toEqual(expected);
          } else {
            for (const { record } of sides) record[at.record % record.length]?.(at.value / 64, at.attributes);
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});

type Created = ReturnType<typeof instrument.generate>["value"];
type Recorder = (value: number, attributes: object | undefined) => void;

function recorders(provider: MeterProvider, created: readonly Created[]): readonly Recorder[] {
  return created.map(({ meter: scope, kind, name, unit, valueType, boundaries }) => {
    const meter = provider.getMeter(scope, "1.2.3", { schemaUrl: "https://example.org/schema" });
    const options = {
      description: `A ${kind}.`,
      ...(unit && { unit }),
      ...(valueType !== undefined && { valueType }),
      ...(kind === "Histogram" && boundaries && { advice: { explicitBucketBoundaries: [...boundaries] } }),
    };
    const made = meter[`create${kind}`](name, options) as { add?: Recorder; record?: Recorder };
    return (value, attributes) => {
      const whole = valueType === ValueType.INT ? Math.ceil(value) : value;
      (made.add ?? made.record)?.call(made, whole, attributes);
    };
  });
}

async function collected(reader: Reader) {
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  return resourceMetrics.scopeMetrics
    .map(({ scope, metrics }) => ({ scope, metrics: metrics.map(comparable).sort(by((m) => m.descriptor)) }))
    .sort(by(({ scope }) => scope.name));
}

/** Without what the specification leaves open: orders, and where an interval begins for a series that was quiet before. */
function comparable(metric: MetricData) {
  const { name, description, unit, type, valueType } = metric.descriptor as MetricData["descriptor"] & { type: string };
  const descriptor = { name, description, unit, type, valueType };
  const points = metric.dataPoints.map(({ attributes, startTime, ...point }) => ({
    ...point,
    attributes: Object.fromEntries(Object.entries(attributes).sort()),
    ...(metric.aggregationTemporality === AggregationTemporality.CUMULATIVE && { startTime }),
  }));
  return { ...metric, descriptor, dataPoints: points.sort(by((point) => point.attributes)) };
}

function by<T>(key: (item: T) => unknown): (a: T, b: T) => number {
  return (a, b) => (JSON.stringify(key(a)) < JSON.stringify(key(b)) ? -1 : 1);
}
