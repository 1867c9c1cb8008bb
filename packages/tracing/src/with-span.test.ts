import { context, type Link, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test } from "vitest";
import { currentSpanId, currentTraceId } from "./active-span.ts";
import { withSpan } from "./with-span.ts";

const exporter = new InMemorySpanExporter();

beforeEach(() => {
  exporter.reset();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});

afterEach(() => {
  trace.disable();
  context.disable();
});

function finished(name: string) {
  const spans = exporter.getFinishedSpans().filter((span) => span.name === name);
  expect(spans).toHaveLength(1);
  return spans[0]!;
}

test("a synchronous function's value is returned and its span ends when it returns", () => {
  const value = withSpan("price", (span) => {
    expect(span.isRecording()).toBe(true);
    expect(exporter.getFinishedSpans()).toHaveLength(0);
    return 42;
  });
  expect(value).toBe(42);
  expect(finished("price").status.code).toBe(SpanStatusCode.UNSET);
});

test("a promise's span ends when it settles, before anybody who awaits it goes on", async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const running = withSpan("fetch", async () => {
    await gate;
    return "quote";
  });
  expect(exporter.getFinishedSpans()).toHaveLength(0);
  release();
  expect(await running).toBe("quote");
  expect(finished("fetch").ended).toBe(true);
});

test("a thenable that starts its work in then() does it once", async () => {
  let started = 0;
  const query = {
    // biome-ignore lint/suspicious/noThenProperty: query builders are such objects
    then(resolve: (rows: string[]) => void) {
      started++;
      setImmediate(() => resolve(["row"]));
    },
  };
  const rows = await withSpan("query", () => query as unknown as Promise<string[]>);
  expect(rows).toEqual(["row"]);
  expect(started).toBe(1);
  expect(finished("query").ended).toBe(true);
});

test("the span is active inside, also after an await, and not afterwards", async () => {
  await withSpan("outer", async (outer) => {
    expect(currentTraceId()).toBe(outer.spanContext().traceId);
    await new Promise(setImmediate);
    expect(currentSpanId()).toBe(outer.spanContext().spanId);
    withSpan("inner", (inner) => {
      expect(currentSpanId()).toBe(inner.spanContext().spanId);
      expect(currentTraceId()).toBe(outer.spanContext().traceId);
    });
    expect(currentSpanId()).toBe(outer.spanContext().spanId);
  });
  expect(currentTraceId()).toBeUndefined();
  expect(currentSpanId()).toBeUndefined();
  expect(finished("inner").parentSpanContext?.spanId).toBe(finished("outer").spanContext().spanId);
});

test("a thrown error is recorded and thrown on, the same one", () => {
  const error = new TypeError("no such symbol");
  let caught: unknown;
  try {
    withSpan("order", () => {
      throw error;
    });
  } catch (thrown) {
    caught = thrown;
  }
  expect(caught).toBe(error);
  const span = finished("order");
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: "no such symbol" });
  expect(span.events).toHaveLength(1);
  expect(span.events[0]!.name).toBe("exception");
  expect(span.events[0]!.attributes).toMatchObject({
    "exception.type": "TypeError",
    "exception.message": "no such symbol",
    "exception.stacktrace": error.stack,
  });
});

test("a rejection is recorded and stays a rejection with the same error", async () => {
  const error = new Error("venue closed");
  await expect(withSpan("order", () => Promise.reject(error))).rejects.toBe(error);
  expect(finished("order").status).toEqual({ code: SpanStatusCode.ERROR, message: "venue closed" });
});

test.each([
  ["a string", "closed", "closed"],
  ["undefined", undefined, "undefined"],
  ["null", null, "null"],
  ["an object that cannot be printed", Object.create(null), undefined],
])("%s can be thrown too", (_what, thrown, message) => {
  let caught: unknown = "nothing";
  try {
    withSpan("order", () => {
      throw thrown;
    });
  } catch (error) {
    caught = error;
  }
  expect(caught).toBe(thrown);
  expect(finished("order").status.code).toBe(SpanStatusCode.ERROR);
  expect(finished("order").status.message).toBe(message);
});

test("a function that ends its span itself ends it once", () => {
  withSpan("early", (span) => span.end());
  expect(finished("early").ended).toBe(true);
});

test("attributes, kind, links and tracer name reach the span", () => {
  const link: Link = { context: { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 } };
  const attributes = { "order.id": 7, symbols: ["A", "B"] };
  withSpan("place", { attributes, kind: SpanKind.CLIENT, links: [link], tracer: "desk" }, () => {});
  const span = finished("place");
  expect(span.attributes).toEqual(attributes);
  expect(span.kind).toBe(SpanKind.CLIENT);
  expect(span.links.map((it) => it.context)).toEqual([link.context]);
  expect(span.instrumentationScope.name).toBe("desk");
});

test("a root span starts a trace of its own", () => {
  withSpan("outer", () => withSpan("job", { root: true }, () => withSpan("step", () => {})));
  expect(finished("job").parentSpanContext).toBeUndefined();
  expect(finished("job").spanContext().traceId).not.toBe(finished("outer").spanContext().traceId);
  expect(finished("step").parentSpanContext?.spanId).toBe(finished("job").spanContext().spanId);
});

test("a missing function is refused with what to write", () => {
  expect(() => withSpan("order", undefined as never)).toThrow(
    /withSpan\("order"\) got undefined.*withSpan\(name, fn\)/,
  );
});
