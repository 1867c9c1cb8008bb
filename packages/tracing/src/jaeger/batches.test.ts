import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createTraceState, type HrTime } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { encodeBatches } from "./batches.ts";
import { binaryThrift } from "./binary-thrift.ts";
import { compactThrift } from "./compact-thrift.ts";
import { createLegacyJaegerExporter } from "./legacy-exporter.ts";
import { readCompactCall, readThriftCall, type ThriftStruct } from "./read-thrift.ts";
import type { ThriftWriter } from "./thrift-writer.ts";

/** Writers are used again, as in an exporter. */
const [binary, compact] = [binaryThrift(), compactThrift()];

function encode(writer: ThriftWriter, spans: readonly ReadableSpan[]): Buffer {
  const steps = encodeBatches(spans, { writer, as: "call", maxBytes: Number.POSITIVE_INFINITY });
  for (;;) {
    const { done, value } = steps.next();
    if (!done) continue;
    expect(value.bodies).toHaveLength(1);
    return Buffer.from(value.bodies[0]!);
  }
}

test("both encodings say the same of whatever spans hold", () => {
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 20 }), (some) => {
      expect(readCompactCall(encode(compact, some))).toEqual(readThriftCall(encode(binary, some)));
    }),
    { numRuns: 200 },
  );
});

test("a batch is that of @opentelemetry/exporter-jaeger, but for what is listed here", async () => {
  const some = fc.sample(spans, { numRuns: 150, seed: 7 });
  const theirs = (await sentByLegacy(some)).flatMap(spansOf);
  const ours = spansOf(encode(binary, some));
  expect(theirs).toHaveLength(some.length);
  for (const [index, span] of ours.entries()) expect(known(span)).toEqual(adjusted(theirs[index]!));
});

/** What we add. */
const ADDED = ["otel.scope.name", "otel.scope.version", "w3c.tracestate"];

/** Our span without what the other one never has. */
function known(span: ThriftStruct): object {
  return {
    ids: [1, 2, 3, 4].map((field) => span.get(field)),
    name: span.get(5),
    references: span.get(6) ?? [],
    flags: span.get(7),
    times: [8, 9].map((field) => span.get(field)),
    tags: tagsOf(span.get(10)).filter(([key]) => !ADDED.includes(key)),
    logs: (((span.get(11) as ThriftStruct[]) ?? []) as ThriftStruct[]).map((log) => [log.get(1), tagsOf(log.get(2))]),
  };
}

/**
 * Their span as ours would be. Theirs has the resource in every span, where ours has it once, in the process; "undefined"
 * for a scope without version; whole numbers as doubles; and the random flag of W3C, which means "debug" to Jaeger.
 */
function adjusted(span: ThriftStruct): object {
  const { tags, logs, ...others } = known(span) as { tags: Tag[]; logs: [bigint, Tag[]][] };
  return {
    ...others,
    flags: 1,
    tags: tags
      .filter(([key]) => !(key in resource.attributes))
      .filter(([, value]) => value !== "undefined")
      .map(whole),
    logs: logs.map(([time, fields]) => [time, fields.map(whole)]),
  };
}

type Tag = readonly [key: string, value: unknown];

function whole([key, value]: Tag): Tag {
  return [key, Number.isSafeInteger(value) ? BigInt(value as number) : value];
}

/** Theirs has all five values in each tag; the type says which one is meant. */
function tagsOf(tags: unknown): Tag[] {
  return (tags as ThriftStruct[]).map((tag) => [String(tag.get(1)), tag.get((tag.get(2) as number) + 3)]);
}

function spansOf(call: Buffer): ThriftStruct[] {
  return (readThriftCall(call).args.get(1) as ThriftStruct).get(2) as ThriftStruct[];
}

async function sentByLegacy(some: ReadableSpan[]): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (packet) => packets.push(packet));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const endpoint = `127.0.0.1:${socket.address().port}`;
  vi.stubEnv("OTEL_EXPORTER_JAEGER_ENDPOINT", "http://127.0.0.1:1/api/traces");
  const protocol = "thrift-legacy";
  const exporter = createLegacyJaegerExporter({ type: "jaeger", protocol, endpoint, headers: {}, timeoutMs: 5_000 });
  for (const span of some) {
    // One by one: a socket holds few packets.
    const arrived = once(socket, "message");
    const result = await new Promise<ExportResult>((resolve) => exporter.export([span], resolve));
    expect(result).toEqual({ code: 0 });
    await arrived;
  }
  await exporter.shutdown();
  vi.unstubAllEnvs();
  socket.close();
  return packets;
}

const hex = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(""));

/** Without control characters, which the reader takes for bytes. */
const texts = fc.oneof(fc.string(), fc.constantFrom("é", "😀", "x".repeat(200)));

/** Maps and lists are not compared: theirs are "[object Object]" and "a,b", ours JSON. */
const values = fc.oneof(
  texts,
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constantFrom(2 ** 60, -1, 2 ** 32, -(2 ** 32), Infinity),
);

const attributes = fc.dictionary(fc.stringMatching(/^[a-z.]{1,20}$/), values, { maxKeys: 20 });

/** Whole microseconds: theirs are cut where ours are rounded. Events in whole milliseconds, which survive theirs. */
const times: fc.Arbitrary<HrTime> = fc
  .tuple(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999 }))
  .map(([seconds, ms]) => [seconds, ms * 1_000_000]);

const contexts = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(1, 3),
  traceState: fc.constantFrom(undefined, createTraceState("ot=th:8")),
});

const counts = fc.oneof(fc.constant(0), fc.nat());
const resource = resourceFromAttributes({ "service.name": "desk", "resource.only": "here" });

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
  events: fc.array(
    fc.record(
      { name: texts, time: times, attributes, droppedAttributesCount: counts },
      { requiredKeys: ["name", "time"] },
    ),
    { maxLength: 18 },
  ),
  links: fc.array(fc.record({ context: contexts }), { maxLength: 3 }),
  resource: fc.constant(resource),
  instrumentationScope: fc.constantFrom({ name: "scope" }, { name: "scope", version: "1.2.3" }),
  droppedAttributesCount: counts,
  droppedEventsCount: counts,
  droppedLinksCount: counts,
}) as unknown as fc.Arbitrary<ReadableSpan>;
