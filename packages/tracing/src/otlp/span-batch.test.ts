import { setImmediate } from "node:timers/promises";
import { DiagLogLevel, diag, ROOT_CONTEXT } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { reportOutages } from "../outage.ts";
import { SpanBatch } from "./span-batch.ts";

const ended: ReadableSpan[] = [];
const tracers = ["shop", "desk"].flatMap((service) => {
  const resource = resourceFromAttributes({ "service.name": service });
  const provider = createTracerProvider({
    resource,
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void ended.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  return [
    provider.getTracer("http"),
    provider.getTracer("pg", "1.0", { schemaUrl: "https://example.com/1" }),
    provider.getTracer("empty"),
  ];
});

/** Spans of tracers that are named by their places, 0 to 5. */
function spansOf(places: readonly number[]): ReadableSpan[] {
  ended.length = 0;
  for (const [i, place] of places.entries()) {
    tracers[place]!.startSpan(`span ${i}`, { attributes: { place, text: "x".repeat(i) } }, ROOT_CONTEXT).end();
  }
  return [...ended];
}

function requestOf(batch: SpanBatch) {
  const steps = batch.request();
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

test("whenever its spans came, a batch is the request that they are together", async () => {
  const places = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 40 }), fc.boolean()), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(places, async (runs) => {
      const all: ReadableSpan[] = [];
      const batch = new SpanBatch();
      for (const [place, count, isTurn] of [...runs, [0, 1, false] as const]) {
        for (const span of spansOf(new Array(count).fill(place))) {
          all.push(span);
          batch.add(span);
        }
        if (isTurn) await setImmediate();
      }
      expect(batch.length).toBe(all.length);
      const { bytes, leftOut, release } = requestOf(batch);
      expect(leftOut).toBe(0);
      expect(Buffer.from(bytes).equals(ProtobufTraceSerializer.serializeRequest(all)!)).toBe(true);
      release();
    }),
    { numRuns: 150 },
  );
});

test("a batch keeps few spans as objects, and what nobody has delivered is all in it", async () => {
  const all = spansOf(Array.from({ length: 100 }, (_, i) => i % 2));
  const batch = new SpanBatch();
  for (const span of all.slice(0, 70)) batch.add(span);
  expect(batch.undelivered()).toEqual(all.slice(0, 70));
  // In slices, of which each has as many spans as the machine is fast.
  while (batch.undelivered().length > 1) await setImmediate();
  for (const span of all.slice(70)) batch.add(span);
  const [bytes, ...rest] = batch.undelivered();
  expect(rest).toEqual(all.slice(70));
  const encoded = ProtobufTraceSerializer.serializeRequest(all.slice(0, 70))!;
  expect(Buffer.from(bytes as Uint8Array).equals(encoded)).toBe(true);
  // Asking changes nothing.
  expect(Buffer.from(requestOf(batch).bytes).equals(ProtobufTraceSerializer.serializeRequest(all)!)).toBe(true);
});

test("while attributes of the resource are awaited, spans stay what they are", async () => {
  let settle = (_host: string): void => {};
  const host = new Promise<string>((resolve) => {
    settle = resolve;
  });
  const resource = resourceFromAttributes({ "service.name": "shop", "host.name": host });
  const all = spansOf(new Array(64).fill(0)).map((span) =>
    Object.defineProperty(span, "resource", { value: resource }),
  );
  const batch = new SpanBatch();
  for (const span of all) batch.add(span);
  await setImmediate();
  expect(batch.undelivered()).toEqual(all);
  settle("node-1");
  await batch.resource?.waitForAsyncAttributes?.();
  expect(Buffer.from(requestOf(batch).bytes).equals(ProtobufTraceSerializer.serializeRequest(all)!)).toBe(true);
});

test("a span that throws when it is read is left out, and the others are not", async () => {
  const all = spansOf(new Array(64).fill(0));
  Object.defineProperty(all[10], "attributes", {
    get() {
      throw new Error("no attributes");
    },
  });
  const batch = new SpanBatch();
  for (const span of all) batch.add(span);
  await setImmediate();
  const { bytes, leftOut } = requestOf(batch);
  expect(leftOut).toBe(1);
  const others = ProtobufTraceSerializer.serializeRequest(all.filter((_, i) => i !== 10))!;
  expect(Buffer.from(bytes).equals(others)).toBe(true);
});

test("of a batch that is lost in an outage all spans are counted", async () => {
  const warned: string[] = [];
  const ignore = (): void => {};
  diag.setLogger(
    { error: ignore, warn: (text) => void warned.push(text), info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  let code = 1;
  const exporter = reportOutages<SpanBatch>(
    "spans",
    {
      export: (_batch, done) => done({ code }),
      forceFlush: async () => {},
      shutdown: async () => {},
    },
    { endpoint: "http://collector:4318", timeoutMs: 1_000 },
  );
  const batch = new SpanBatch();
  for (const span of spansOf([0, 1, 2])) batch.add(span);
  for (code of [1, 0]) await new Promise((resolve) => exporter.export(batch, resolve));
  diag.disable();
  expect(warned.at(-1)).toContain("3 spans were lost");
});
