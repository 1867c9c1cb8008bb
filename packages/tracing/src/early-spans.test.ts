import { createRequire } from "node:module";
import { context, DiagLogLevel, diag, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  RandomIdGenerator,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test } from "vitest";
import { currentSpanId, currentTraceId } from "./active-span.ts";
import { keepEarlyIds } from "./early-ids.ts";
import { MAX_EARLY_SPANS, replayEarlySpans } from "./early-spans.ts";
import { withSpan } from "./with-span.ts";

const exporter = new InMemorySpanExporter();

beforeEach(() => exporter.reset());
afterEach(() => {
  trace.disable();
  context.disable();
  diag.disable();
});

function registerProvider(options: { readonly sampler?: Sampler } = {}, api = trace): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new TracerProvider({
    ...options,
    idGenerator: keepEarlyIds(new RandomIdGenerator()),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  api.setGlobalTracerProvider(provider);
}

function finished(name: string) {
  const spans = exporter.getFinishedSpans().filter((span) => span.name === name);
  expect(spans).toHaveLength(1);
  return spans[0]!;
}

const milliseconds = ([seconds, nanoseconds]: readonly [number, number]): number => seconds * 1e3 + nanoseconds / 1e6;

test("spans that started and ended before the provider are exported, with their times and parents", async () => {
  const before = Date.now();
  await withSpan(
    "load",
    { attributes: { file: "desk.json" }, kind: SpanKind.PRODUCER, tracer: "desk" },
    async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      span.setAttribute("bytes", 12).addEvent("parsed", { lines: 3 }).updateName("load file");
      withSpan("parse", () => {});
    },
  );
  const after = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 20));

  registerProvider();
  expect(replayEarlySpans()).toBe(2);

  const load = finished("load file");
  expect(load.kind).toBe(SpanKind.PRODUCER);
  expect(load.instrumentationScope.name).toBe("desk");
  expect(load.attributes).toEqual({ file: "desk.json", bytes: 12 });
  expect(load.events).toMatchObject([{ name: "parsed", attributes: { lines: 3 } }]);
  expect(milliseconds(load.startTime)).toBeGreaterThanOrEqual(before);
  expect(milliseconds(load.endTime)).toBeLessThanOrEqual(after + 1);
  expect(milliseconds(load.duration)).toBeGreaterThanOrEqual(19);
  expect(milliseconds(load.events[0]!.time)).toBeGreaterThanOrEqual(milliseconds(load.startTime) + 19);
  const parse = finished("parse");
  expect(parse.parentSpanContext?.spanId).toBe(load.spanContext().spanId);
  expect(parse.spanContext().traceId).toBe(load.spanContext().traceId);
});

test("ids read before the provider are the ids that are exported", () => {
  let ids: (string | undefined)[] = [];
  withSpan("outer", () =>
    withSpan("inner", () => {
      ids = [currentTraceId(), currentSpanId()];
    }),
  );
  registerProvider();
  replayEarlySpans();
  const { traceId, spanId } = finished("inner").spanContext();
  expect(ids).toEqual([traceId, spanId]);
  withSpan("later", () => {});
  expect(finished("later").spanContext().traceId).not.toBe(traceId);
});

test("an error before the provider is recorded", () => {
  expect(() =>
    withSpan("connect", () => {
      throw new Error("refused");
    }),
  ).toThrow("refused");
  registerProvider();
  replayEarlySpans();
  expect(finished("connect").status).toEqual({ code: SpanStatusCode.ERROR, message: "refused" });
  expect(finished("connect").events[0]!.attributes).toMatchObject({ "exception.message": "refused" });
});

test("a span that is running when the provider comes goes on in it, and is the parent of what follows", async () => {
  await withSpan("start-up", async (span) => {
    await new Promise(setImmediate);
    registerProvider();
    withSpan("migrate", (migrate) => {
      expect(currentSpanId()).toBe(migrate.spanContext().spanId);
      withSpan("step", () => {});
    });
    span.setAttribute("tables", 4);
    expect(exporter.getFinishedSpans().map((it) => it.name)).toEqual(["step", "migrate"]);
  });
  const startUp = finished("start-up");
  expect(startUp.attributes).toEqual({ tables: 4 });
  expect(finished("migrate").parentSpanContext?.spanId).toBe(startUp.spanContext().spanId);
  expect(finished("step").parentSpanContext?.spanId).toBe(finished("migrate").spanContext().spanId);
});

test("the next span replays the early ones when nobody else has", () => {
  withSpan("early", () => {});
  registerProvider();
  withSpan("late", () => {});
  expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(["early", "late"]);
});

test("a provider registered through the API's CommonJS build is seen", () => {
  const api = createRequire(import.meta.url)("@opentelemetry/api") as typeof import("@opentelemetry/api");
  expect(api.trace).not.toBe(trace);
  withSpan("early", () => {});
  registerProvider({}, api.trace);
  withSpan("late", () => {});
  expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(["early", "late"]);
  api.trace.disable();
});

test("the sampler decides about early spans as about others", () => {
  withSpan("early", () => withSpan("child", () => {}));
  registerProvider({ sampler: new AlwaysOffSampler() });
  expect(replayEarlySpans()).toBe(2);
  expect(exporter.getFinishedSpans()).toHaveLength(0);
});

test("only the first 1,000 are kept; the number dropped is told once", () => {
  const warnings: string[] = [];
  const ignore = (): void => {};
  diag.setLogger(
    { warn: (message) => warnings.push(message), error: ignore, info: ignore, debug: ignore, verbose: ignore },
    DiagLogLevel.WARN,
  );
  for (let i = 0; i < MAX_EARLY_SPANS + 5; i++) expect(withSpan(`span ${i}`, () => i)).toBe(i);
  registerProvider();
  expect(replayEarlySpans()).toBe(MAX_EARLY_SPANS);
  expect(replayEarlySpans()).toBe(0);
  expect(exporter.getFinishedSpans()).toHaveLength(MAX_EARLY_SPANS);
  expect(warnings).toEqual([expect.stringMatching(/^telltale: 5 spans started before bootstrap\(\) were dropped/)]);
});
