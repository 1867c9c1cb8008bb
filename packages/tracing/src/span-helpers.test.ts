import { EventEmitter } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { captureContext } from "./captured-context.ts";
import { registerContextManager } from "./engine/context-manager.ts";
import { createTracerProvider } from "./engine/tracer-provider.ts";
import { recordError } from "./record-error.ts";
import { tracedIterable } from "./traced-iterable.ts";
import { tracedInterval, tracedJob } from "./traced-job.ts";
import { tracedStream } from "./traced-stream.ts";
import { withMessages } from "./with-messages.ts";
import { withSpan } from "./with-span.ts";
import { withSpanCallback } from "./with-span-callback.ts";

let exporter: InMemorySpanExporter;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  registerContextManager();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(createTracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});
afterEach(() => {
  for (const api of [context, propagation, trace]) api.disable();
});

const ended = (name: string): ReadableSpan => {
  const span = exporter.getFinishedSpans().find((one) => one.name === name);
  if (span === undefined) throw new Error(`no span "${name}" has ended`);
  return span;
};
async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const activeId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

describe("recordError", () => {
  test("an error's causes, and the errors of an AggregateError, are in its stack trace", () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const error = new Error("no order", { cause: new AggregateError([refused, "timeout"], "all hosts failed") });
    withSpan("work", () => recordError(error, { attributes: { attempt: 2 } }));
    const [event] = ended("work").events;
    expect(event!.attributes).toMatchObject({ "exception.type": "Error", "exception.message": "no order", attempt: 2 });
    const stack = String(event!.attributes!["exception.stacktrace"]);
    expect(stack.split("\n").filter((line) => !line.startsWith("    at"))).toEqual([
      "Error: no order",
      "Caused by: AggregateError: all hosts failed",
      "Caused by: Error: refused",
      "Caused by: timeout",
    ]);
    expect(ended("work").status).toEqual({ code: SpanStatusCode.ERROR, message: "no order" });
  });

  test("a chain of causes that leads back to itself ends", () => {
    const [a, b] = [new Error("a"), new Error("b")];
    a.cause = b;
    b.cause = a;
    withSpan("work", () => recordError(a));
    expect(String(ended("work").events[0]!.attributes!["exception.stacktrace"]).match(/Caused by/g)).toHaveLength(1);
  });

  test("anything may have been thrown, and outside of a span nothing happens", () => {
    const unprintable = {
      toString: () => {
        throw new Error("no");
      },
    };
    for (const thrown of ["text", 5, null, undefined, { code: 42, message: "m" }, unprintable]) {
      withSpan("work", () => recordError(thrown));
      recordError(thrown);
    }
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ status }) => status.code)).toEqual(Array(6).fill(SpanStatusCode.ERROR));
    expect(spans.map(({ events }) => events[0]?.attributes?.["exception.type"])).toEqual([
      "string",
      "number",
      "object",
      "undefined",
      "42",
      undefined,
    ]);
  });
});

describe("tracedIterable", () => {
  async function* numbers(seen: (string | undefined)[] = []) {
    for (const number of [1, 2, 3]) {
      seen.push(activeId());
      yield number;
    }
  }

  test("a span covers the items, is active where they are made and not where they are used", async () => {
    const [inside, outside, items]: [(string | undefined)[], (string | undefined)[], number[]] = [[], [], []];
    for await (const item of tracedIterable("read", numbers(inside))) {
      items.push(item);
      outside.push(activeId());
    }
    const { spanId } = ended("read").spanContext();
    expect([items, inside, outside]).toEqual([
      [1, 2, 3],
      [spanId, spanId, spanId],
      [undefined, undefined, undefined],
    ]);
    expect(ended("read").attributes).toEqual({ "iterable.items": 3 });
  });

  test("a consumer that stops ends the span and the source", async () => {
    let isReturned = false;
    async function* source() {
      try {
        yield* [1, 2, 3];
      } finally {
        isReturned = true;
      }
    }
    for await (const item of tracedIterable("read", source())) if (item === 2) break;
    expect(ended("read")).toMatchObject({ attributes: { "iterable.items": 2 }, status: { code: 0 } });
    expect(isReturned).toBe(true);
  });

  test("an error of the source is recorded and thrown on", async () => {
    async function* source() {
      yield 1;
      throw new Error("broken");
    }
    await expect(gathered(tracedIterable("read", source()))).rejects.toThrow("broken");
    expect(ended("read")).toMatchObject({
      attributes: { "iterable.items": 1 },
      status: { code: 2, message: "broken" },
    });
  });

  test("plain iterables may be given, once for each pass", async () => {
    const read = tracedIterable("read", [1, 2]);
    expect([await gathered(read), await gathered(read)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(exporter.getFinishedSpans()).toHaveLength(2);
  });
});

describe("tracedStream", () => {
  test("the span ends with the stream, whose listeners have it", async () => {
    const seen: unknown[] = [];
    const stream = tracedStream("download", Readable.from(["a", "b"]));
    stream.on("data", () => seen.push(activeId()));
    await new Promise((resolve) => stream.on("close", resolve));
    const { spanId } = ended("download").spanContext();
    expect(seen).toEqual([spanId, spanId]);
  });

  test("a stream that fails or is closed early says so", async () => {
    const failing = tracedStream("failing", new PassThrough());
    failing.destroy(new Error("disk full"));
    await expect(pipeline(failing, new PassThrough())).rejects.toThrow();
    expect(ended("failing").status).toEqual({ code: 2, message: "disk full" });
    const early = tracedStream("early", new PassThrough());
    const closed = new Promise((resolve) => early.on("close", resolve));
    early.destroy();
    await closed;
    expect(ended("early").status.code).toBe(2);
  });
});

describe("withSpanCallback", () => {
  const later = (result: string, done: (error: unknown, text: string) => void): void => {
    setImmediate(() => done(result === "" ? new Error("empty") : null, result));
  };

  test("the span ends with the callback, which runs with what was active before", async () => {
    const seen: unknown[] = [];
    await withSpan("outer", async (outer) => {
      await new Promise<void>((resolve) => {
        const callback = (_error: unknown, text: string): void => {
          seen.push(text, activeId() === outer.spanContext().spanId);
          resolve();
        };
        withSpanCallback("query", { kind: SpanKind.CLIENT, callback }, (done) => {
          seen.push(activeId() !== outer.spanContext().spanId);
          later("rows", done);
        });
      });
    });
    expect(seen).toEqual([true, "rows", true]);
    expect(ended("query")).toMatchObject({ kind: SpanKind.CLIENT, status: { code: 0 } });
  });

  test("an error is recorded, given to the callback or thrown", async () => {
    const error = await new Promise((resolve) => {
      withSpanCallback("query", { callback: (failed: unknown, _text: string) => resolve(failed) }, (done) =>
        later("", done),
      );
    });
    expect(error).toEqual(new Error("empty"));
    expect(ended("query").status).toEqual({ code: 2, message: "empty" });
    const broken = (): never => {
      throw new Error("thrown");
    };
    expect(() => withSpanCallback("broken", { callback: () => {} }, broken)).toThrow("thrown");
    expect(ended("broken").status.code).toBe(2);
  });
});

test("a captured context is active wherever it is used later", () => {
  const emitter = new EventEmitter();
  const spanId = withSpan("request", (span) => {
    const run = captureContext();
    emitter.on("release", (seen: (id: string | undefined) => void) => run(() => seen(activeId())));
    return span.spanContext().spanId;
  });
  let seen: string | undefined;
  emitter.emit("release", (id: string | undefined) => {
    seen = id;
  });
  expect(seen).toBe(spanId);
});

describe("jobs", () => {
  test("each run of a job is a trace of its own, linked to where the job was made", () => {
    const { job, maker } = withSpan("start", (span) => {
      const add = (left: number, right: number): number => left + right;
      return { job: tracedJob("sum", add, { schedule: "0 * * * *", attributes: { a: 1 } }), maker: span.spanContext() };
    });
    expect([job(1, 2), withSpan("elsewhere", () => job(3, 4))]).toEqual([3, 7]);
    const runs = exporter.getFinishedSpans().filter(({ name }) => name === "sum");
    expect(runs.map(({ attributes }) => attributes)).toEqual([
      { a: 1, "job.name": "sum", "job.run": 1, "job.schedule": "0 * * * *" },
      { a: 1, "job.name": "sum", "job.run": 2, "job.schedule": "0 * * * *" },
    ]);
    expect(runs.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined]);
    expect(new Set([maker, ...runs.map((run) => run.spanContext())].map(({ traceId }) => traceId)).size).toBe(3);
    for (const run of runs) expect(run.links.map((link) => link.context)).toEqual([maker]);
  });

  test("a timer's runs are recorded, failed ones too, until it is stopped", async () => {
    let runs = 0;
    const timer = tracedInterval("poll", 1, () => {
      runs++;
      if (runs === 1) throw new Error("first");
    });
    await expect.poll(() => exporter.getFinishedSpans().length).toBeGreaterThan(1);
    timer[Symbol.dispose]();
    const [first, second] = exporter.getFinishedSpans();
    expect([first!.status.code, second!.status.code]).toEqual([2, 0]);
    expect(first!.attributes).toMatchObject({ "job.name": "poll", "job.schedule": "every 1 ms" });
  });
});

describe("withMessages", () => {
  /** As a client library hands it over: names in any case, values as bytes. */
  function produce(name: string): { readonly headers: Record<string, unknown> } {
    return withSpan(name, { kind: SpanKind.PRODUCER }, () => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return { headers: { Traceparent: Buffer.from(carrier["traceparent"]!) } };
    });
  }
  const kafka = {
    destination: "orders",
    system: "kafka",
    headers: (message: { headers: object }) => ({ ...message.headers }),
  };

  test("a batch is one consumer's span with a link to each producer", () => {
    const messages = [produce("one"), produce("two"), { headers: {} }];
    const result = withMessages({ ...kafka, messages }, () => "done");
    const span = ended("process orders");
    expect(result).toBe("done");
    expect(span).toMatchObject({ kind: SpanKind.CONSUMER, parentSpanContext: undefined });
    expect(span.links.map((link) => link.context.spanId)).toEqual(
      ["one", "two"].map((name) => ended(name).spanContext().spanId),
    );
    expect(span.attributes).toEqual({
      "messaging.system": "kafka",
      "messaging.destination.name": "orders",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.batch.message_count": 3,
    });
  });

  test("one message may continue its producer's trace", () => {
    withMessages({ ...kafka, messages: [produce("one")], relation: "parent" }, () => {});
    const span = ended("process orders");
    expect(span.parentSpanContext?.spanId).toBe(ended("one").spanContext().spanId);
    expect(span.links).toEqual([]);
    expect(span.attributes["messaging.batch.message_count"]).toBeUndefined();
  });

  test("a message without a producer's context starts a trace", () => {
    withMessages({ ...kafka, messages: [{ headers: {} }], relation: "parent" }, () => {});
    expect(ended("process orders")).toMatchObject({ parentSpanContext: undefined, links: [] });
    expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined();
  });
});
