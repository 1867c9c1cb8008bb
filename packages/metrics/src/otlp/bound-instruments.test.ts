import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  type InstrumentType,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import { type OtlpReceiver, otlpReceiver, type ReceivedMetric } from "@telltale/testing";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { counter } from "../counter.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { histogram } from "../histogram.ts";
import type { Instrument } from "../instrument.ts";
import { forgetInstrument } from "../instrument-registry.ts";
import { upDownCounter } from "../up-down-counter.ts";
import { metricsRequestEncoder } from "./metrics-request.ts";
import { atOnce } from "./slices.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_123 });
});
afterEach(() => {
  vi.useRealTimers();
});

const { CUMULATIVE, DELTA } = AggregationTemporality;
const RESOURCE = resourceFromAttributes({ "service.name": "desk" });
const KINDS = ["counter", "upDownCounter", "gauge", "histogram", "exponentialHistogram"] as const;
const ATTRIBUTES = [{}, { side: "buy" }, { side: "sell", code: 200 }, { ok: true, tags: ["a", "b"] }] as const;

const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom(...KINDS),
      attributes: fc.constantFrom(...ATTRIBUTES),
      // Sums of these are exact, in whatever order. None is zero: a difference of nothing is reported by the SDK alone.
      value: fc.integer({ min: 1, max: 1_000_000 }).map((n) => n / 64),
    }),
  },
  { weight: 1, arbitrary: fc.record({ collect: fc.constantFrom(CUMULATIVE, DELTA) }) },
);

test("what OTLP says of bound instruments is, field by field, what it says of the SDK's", async () => {
  await using receiver = await otlpReceiver();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      const scope = `run${runs++}`;
      const [ours, theirs] = [boundInstruments(scope), sdkInstruments(scope)];
      try {
        for (const one of [...steps, { collect: CUMULATIVE }, { collect: DELTA }]) {
          vi.setSystemTime(Date.now() + 1_000);
          if ("collect" in one) {
            const expected = await received(receiver, await theirs.encoded(one.collect));
            expect(await received(receiver, ours.encoded(one.collect))).toEqual(expected);
          } else {
            for (const { record } of [ours, theirs]) record(one.kind, one.value, one.attributes);
          }
        }
      } finally {
        ours.forget();
      }
    }),
    { numRuns: 60 },
  );
});

type Kind = (typeof KINDS)[number];
interface Bound {
  add?(value: number): void;
  record?(value: number): void;
}

function boundInstruments(name: string) {
  const scope = { name };
  const instruments = {
    counter: counter({ scope, name: "counter", unit: "By", description: "Bytes." }),
    upDownCounter: upDownCounter({ scope, name: "upDownCounter" }),
    gauge: gauge({ scope, name: "gauge" }),
    histogram: histogram({ scope, name: "histogram", unit: "s", boundaries: [1, 100, 10_000] }),
    exponentialHistogram: exponentialHistogram({ scope, name: "exponentialHistogram" }),
  };
  const all: readonly Instrument[] = Object.values(instruments);
  const source = { instruments: () => all, reads: () => true };
  const encoders = {
    [CUMULATIVE]: metricsRequestEncoder(selector(CUMULATIVE), source),
    [DELTA]: metricsRequestEncoder(selector(DELTA), source),
  };
  const bound = new Map<string, Bound>();
  return {
    record(kind: Kind, value: number, attributes: object) {
      const key = `${kind} ${JSON.stringify(attributes)}`;
      const series: Bound = bound.get(key) ?? instruments[kind].bind(attributes);
      bound.set(key, series);
      (series.add ?? series.record)?.call(series, value);
    },
    encoded(temporality: AggregationTemporality) {
      const request = atOnce(encoders[temporality].encode({ resource: RESOURCE, scopeMetrics: [] }));
      const bytes = request && Buffer.from(request.bytes);
      request?.release();
      return bytes;
    },
    forget: () => all.forEach(forgetInstrument),
  };
}

function sdkInstruments(name: string) {
  const readers = { [CUMULATIVE]: new Reader(CUMULATIVE), [DELTA]: new Reader(DELTA) };
  const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const;
  const views = [{ instrumentName: "exponentialHistogram", aggregation }];
  const meter = new MeterProvider({ readers: Object.values(readers), views, resource: RESOURCE }).getMeter(name);
  const advice = { explicitBucketBoundaries: [1, 100, 10_000] };
  const instruments = {
    counter: meter.createCounter("counter", { unit: "By", description: "Bytes." }),
    upDownCounter: meter.createUpDownCounter("upDownCounter"),
    gauge: meter.createGauge("gauge"),
    histogram: meter.createHistogram("histogram", { unit: "s", advice }),
    exponentialHistogram: meter.createHistogram("exponentialHistogram"),
  };
  return {
    record(kind: Kind, value: number, attributes: object) {
      const instrument = instruments[kind] as {
        add?(value: number, a: object): void;
        record?(value: number, a: object): void;
      };
      (instrument.add ?? instrument.record)?.call(instrument, value, attributes);
    },
    async encoded(temporality: AggregationTemporality) {
      const { resourceMetrics } = await readers[temporality].collect();
      return ProtobufMetricsSerializer.serializeRequest(resourceMetrics);
    },
  };
}

/** A reader that collects when it is told to. */
class Reader extends MetricReader {
  constructor(temporality: AggregationTemporality) {
    super({ aggregationTemporalitySelector: selector(temporality) });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** As OpenTelemetry's "delta" preference has it: what goes up and down is cumulative all the same. */
function selector(temporality: AggregationTemporality): (type: InstrumentType) => AggregationTemporality {
  return (type) => (type === "UP_DOWN_COUNTER" ? CUMULATIVE : temporality);
}

/** Without what the specification leaves open: orders, and where an interval begins for a series that was quiet before. */
async function received(receiver: OtlpReceiver, bytes: Uint8Array | undefined): Promise<unknown> {
  if (bytes === undefined) return [];
  receiver.clear();
  const headers = { "content-type": "application/x-protobuf" };
  await fetch(`${receiver.url}/v1/metrics`, { method: "POST", headers, body: Buffer.from(bytes) });
  expect(receiver.problems()).toEqual([]);
  return receiver
    .metrics()
    .map(comparable)
    .sort(by(({ name }) => name));
}

function comparable(metric: ReceivedMetric) {
  const points = metric.points.map(({ startTimeUnixNano, ...point }) => ({
    ...point,
    ...(metric.temporality === "cumulative" && { startTimeUnixNano }),
  }));
  return { ...metric, points: points.sort(by(({ attributes }) => JSON.stringify(Object.entries(attributes).sort()))) };
}

function by<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}
