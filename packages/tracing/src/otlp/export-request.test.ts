import { createTraceState, type HrTime, type Link, type SpanContext } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace";
import { otlpReceiver } from "@telltale/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ExportedItem, type WriteItem, writeRequest } from "./export-request.ts";
import { writeLogRecord } from "./log-record.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { writeSpan } from "./span.ts";

// One writer for all, as in an exporter: what an earlier request left in it must not show.
const writer = new ProtobufWriter(16);

function encode<T extends ExportedItem>(items: readonly T[], writeItem: WriteItem<T>): Uint8Array {
  for (const _ of writeRequest(writer, items, writeItem));
  return writer.written();
}

function expectSameBytes(ours: Uint8Array, theirs: Uint8Array | undefined): void {
  if (theirs !== undefined && Buffer.compare(ours, theirs) === 0) return;
  expect(Buffer.from(ours).toString("latin1")).toBe(Buffer.from(theirs ?? []).toString("latin1"));
}

test("whatever spans hold, the bytes are those of OpenTelemetry's serializer", () => {
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 8 }), (some) => {
      expectSameBytes(encode(some, writeSpan), ProtobufTraceSerializer.serializeRequest(some));
    }),
    { numRuns: 1_500 },
  );
});

test("whatever log records hold, the bytes are those of OpenTelemetry's serializer", () => {
  fc.assert(
    fc.property(fc.array(logRecords, { maxLength: 8 }), (some) => {
      expectSameBytes(encode(some, writeLogRecord), ProtobufLogsSerializer.serializeRequest(some));
    }),
    { numRuns: 700 },
  );
});

test("texts and lists of every length on both sides of a length's next byte are written right", () => {
  const lengths = [0, 1, 59, 60, 61, 62, 63, 64, 65, 126, 127, 128, 129, 130, 16_383, 16_384, 70_000, 2_097_152];
  for (const length of lengths) {
    for (const text of ["x".repeat(length), "é".repeat(length), `${"x".repeat(length)}\u{1f600}`]) {
      const attributes = { [`key ${length}`]: text, list: [text, text], [text.slice(0, 200)]: { [text]: text } };
      const some = [spanWith({ name: text, attributes, status: { code: 2, message: text } })];
      expectSameBytes(encode(some, writeSpan), ProtobufTraceSerializer.serializeRequest(some));
    }
  }
});

test("keys and values beyond what is remembered are written as the others", () => {
  for (let round = 0; round < 3; round++) {
    const some = Array.from({ length: 1_500 }, (_, i) =>
      spanWith({
        attributes: {
          [`key ${i}`]: `value ${i}`,
          id: `request ${round} ${i}`,
          often: `é ${i % 7}`,
          // A hundred values that come again, and then others.
          mixed: `route ${i < 1_000 ? i % 100 : i}`,
          port: i,
        },
      }),
    );
    expectSameBytes(encode(some, writeSpan), ProtobufTraceSerializer.serializeRequest(some));
  }
});

test("a span that throws when it is read is left out, and the others are not", () => {
  const faulty = spanWith({ name: "faulty" });
  Object.defineProperty(faulty, "attributes", {
    get: () => {
      throw new Error("no attributes");
    },
  });
  const [first, last] = [spanWith({ name: "first" }), spanWith({ name: "last" })];
  const steps = writeRequest(writer, [first, faulty, last], writeSpan);
  expect(steps.next()).toEqual({ done: true, value: 1 });
  expectSameBytes(writer.written(), ProtobufTraceSerializer.serializeRequest([first, last]));
});

test("a receiver that reads by the official definitions finds no fault, and everything that was written", async () => {
  await using receiver = await otlpReceiver();
  const attributes = { map: { a: [1, 2.5, "x", null, true] }, bytes: new Uint8Array([1, 2]), big: 2 ** 60, less: -1 };
  const traceState = createTraceState("ot=th:8");
  const span = spanWith({
    spanContext: () => ({ ...plainSpan.spanContext(), traceState }),
    attributes,
    events: [{ name: "filled", time: [1_700_000_000, 5], attributes: { at: "north" } }],
  });
  const body = encode([span], writeSpan).slice();
  await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body,
  });
  expect(receiver.problems()).toEqual([]);
  expect(receiver.spans()).toMatchObject([
    {
      name: "place",
      kind: "client",
      traceState: "ot=th:8",
      startTimeUnixNano: 1_700_000_000_999_999_999n,
      attributes: { ...attributes, big: 2n ** 60n },
      events: [{ name: "filled", timeUnixNano: 1_700_000_000_000_000_005n, attributes: { at: "north" } }],
    },
  ]);
});

const hex = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(""));

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  // Lone surrogates.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom("GET", "é", "x".repeat(64), "x".repeat(65), "\ud800", "", "😀"),
);

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    -0,
    2 ** 31,
    2 ** 32,
    2 ** 32 - 1,
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    2 ** 64,
    -1,
    Number.NaN,
    -Infinity,
  ),
);

const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    texts,
    numbers,
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.uint8Array({ maxLength: 200 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(texts, tie("value"), { maxKeys: 5 }),
  ),
}));

const attributes = fc.dictionary(
  fc.oneof(texts, fc.constantFrom("http.route", "http.request.method", "server.port", "code")),
  values,
  { maxKeys: 12 },
);

const seconds = fc.integer({ min: 0, max: 2 ** 32 });
const times: fc.Arbitrary<HrTime> = fc.tuple(seconds, fc.integer({ min: 0, max: 999_999_999 }));

const contexts: fc.Arbitrary<SpanContext> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.integer({ min: 0, max: 255 }),
  isRemote: fc.constantFrom(true, false, undefined),
  traceState: fc.constantFrom(undefined, createTraceState(""), createTraceState("ot=th:c;rv:0123,vendor=x")),
}) as fc.Arbitrary<SpanContext>;

const counts = fc.oneof(fc.constant(0), fc.nat());
const scopes: fc.Arbitrary<InstrumentationScope> = fc.record({
  name: texts,
  version: fc.option(texts, { nil: undefined }),
  schemaUrl: fc.option(texts, { nil: undefined }),
  attributes: fc.option(attributes, { nil: undefined }),
  droppedAttributesCount: fc.option(counts, { nil: undefined }),
}) as fc.Arbitrary<InstrumentationScope>;
const resources: fc.Arbitrary<Resource> = fc.record({
  attributes,
  schemaUrl: fc.option(texts, { nil: undefined }),
}) as unknown as fc.Arbitrary<Resource>;
// A few, so that groups have several members and come again in later requests.
const resourcePool = fc.sample(resources, { numRuns: 3, seed: 1 });
const scopePool = fc.sample(scopes, { numRuns: 5, seed: 1 });

const events: fc.Arbitrary<TimedEvent> = fc.record(
  { name: texts, time: times, attributes, droppedAttributesCount: counts },
  { requiredKeys: ["name", "time"] },
) as fc.Arbitrary<TimedEvent>;
const links: fc.Arbitrary<Link> = fc.record(
  { context: contexts, attributes, droppedAttributesCount: counts },
  { requiredKeys: ["context"] },
) as fc.Arbitrary<Link>;

const spans = fc.record({
  name: texts,
  kind: fc.integer({ min: 0, max: 4 }),
  spanContext: contexts.map((context) => () => context),
  parentSpanContext: fc.option(contexts, { nil: undefined }),
  startTime: times,
  endTime: times,
  duration: times,
  ended: fc.constant(true),
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: texts }, { requiredKeys: ["code"] }),
  attributes,
  events: fc.array(events, { maxLength: 4 }),
  links: fc.array(links, { maxLength: 4 }),
  resource: fc.constantFrom(...resourcePool),
  instrumentationScope: fc.constantFrom(...scopePool),
  droppedAttributesCount: counts,
  droppedEventsCount: counts,
  droppedLinksCount: counts,
}) as unknown as fc.Arbitrary<ReadableSpan>;

const logRecords = fc.record(
  {
    hrTime: times,
    hrTimeObserved: times,
    severityNumber: fc.integer({ min: 0, max: 24 }),
    severityText: texts,
    body: values,
    eventName: texts,
    attributes,
    spanContext: contexts,
    resource: fc.constantFrom(...resourcePool),
    instrumentationScope: fc.constantFrom(...scopePool),
    droppedAttributesCount: counts,
  },
  {
    requiredKeys: [
      "hrTime",
      "hrTimeObserved",
      "attributes",
      "resource",
      "instrumentationScope",
      "droppedAttributesCount",
    ],
  },
) as unknown as fc.Arbitrary<ReadableLogRecord>;

const plainSpan = {
  name: "place",
  kind: 2,
  spanContext: () => ({ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 }),
  startTime: [1_700_000_000, 999_999_999],
  endTime: [1_700_000_001, 0],
  duration: [0, 1],
  ended: true,
  status: { code: 0 },
  attributes: {},
  events: [],
  links: [],
  resource: resourceFromAttributes({ "service.name": "desk" }),
  instrumentationScope: { name: "desk-tracer" },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
} as const;

function spanWith(fields: Partial<ReadableSpan>): ReadableSpan {
  return { ...(plainSpan as unknown as ReadableSpan), ...fields };
}
