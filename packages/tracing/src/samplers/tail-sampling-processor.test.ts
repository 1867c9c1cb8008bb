import { ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { adjustableSampler } from "./adjustable-sampler.ts";
import { alwaysOffSampler, alwaysOnSampler } from "./constant-sampler.ts";
import { type TailSamplingOptions, tailSamplingProcessor } from "./tail-sampling-processor.ts";

const engines = { telltale: createTracerProvider, sdk: (options: object) => new TracerProvider(options) };

describe.each(Object.entries(engines))("on engine %s", (_name, create) => {
  function tail(options: Partial<TailSamplingOptions> = {}, root = alwaysOffSampler()) {
    const exported: ReadableSpan[] = [];
    const next = {
      onEnd: (span: ReadableSpan) => exported.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const processor = tailSamplingProcessor({ next: next as never, ...options });
    const sampler = adjustableSampler({ root, parentBased: true, recordUnsampled: true });
    const tracer = create({ sampler, spanProcessors: [processor] }).getTracer("t");
    return { tracer, processor, names: () => exported.map(({ name }) => name), exported };
  }

  const child = (tracer: Tracer, parent: Span, name: string): Span =>
    tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));

  test("a trace in which something failed is kept whole, and its spans are then sampled", () => {
    const { tracer, names, exported, processor } = tail();
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    child(tracer, root, "before").end();
    const failing = child(tracer, root, "failing").setStatus({ code: SpanStatusCode.ERROR });
    expect(names()).toEqual([]);
    failing.end();
    expect(names()).toEqual(["before", "failing"]);
    child(tracer, root, "after").end();
    root.end();
    child(tracer, root, "late").end();
    expect(names()).toEqual(["before", "failing", "after", "root", "late"]);
    expect(exported.every((span) => (span.spanContext().traceFlags & 1) === 1)).toBe(true);
    expect(processor.status()).toEqual({
      waiting: 0,
      keptForErrors: 1,
      keptForSlowness: 0,
      keptAtEnd: 0,
      dropped: 0,
      evicted: 0,
    });
  });

  test("a trace in which nothing failed is dropped when its root ends, and so is what ends later", () => {
    const { tracer, names, processor } = tail();
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    child(tracer, root, "child").end();
    expect(processor.status().waiting).toBe(1);
    root.end();
    child(tracer, root, "late").end();
    expect(names()).toEqual([]);
    expect(processor.status()).toMatchObject({ waiting: 0, dropped: 1 });
  });

  test("a slow trace is kept when it is known to be slow", () => {
    const { tracer, names, processor } = tail({ slowerThanMs: 100 });
    const now = Date.now();
    tracer.startSpan("fast", { startTime: now - 90 }, ROOT_CONTEXT).end(now);
    tracer.startSpan("slow", { startTime: now - 110 }, ROOT_CONTEXT).end(now);
    expect(names()).toEqual(["slow"]);
    expect(processor.status()).toMatchObject({ keptForSlowness: 1, dropped: 1 });
  });

  test("what was sampled at its start flows at once", () => {
    const { tracer, names, processor } = tail({}, alwaysOnSampler());
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    child(tracer, root, "child").end();
    expect([names(), processor.status().waiting]).toEqual([["child"], 0]);
  });

  test("the local part of a remote caller's trace is decided when its last root has ended", () => {
    const { tracer, names } = tail();
    const remote = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0, isRemote: true };
    const caller = trace.setSpanContext(ROOT_CONTEXT, remote);
    const [one, two] = [tracer.startSpan("one", {}, caller), tracer.startSpan("two", {}, caller)];
    one.end();
    two.setStatus({ code: SpanStatusCode.ERROR }).end();
    expect(names()).toEqual(["one", "two"]);
  });

  test("within its bound the oldest traces give way, also such as never end", () => {
    const { tracer, names, processor } = tail({ maxSpans: 2 });
    const roots = ["a", "b", "c"].map((name) => tracer.startSpan(name, {}, ROOT_CONTEXT));
    expect(processor.status().evicted).toBe(1);
    const [a, b, c] = roots as [Span, Span, Span];
    child(tracer, a, "lost with a").setStatus({ code: SpanStatusCode.ERROR }).end();
    for (let index = 0; index < 3; index++) child(tracer, b, `b${index}`).end();
    expect(processor.status()).toMatchObject({ waiting: 0, evicted: 2 });
    c.setStatus({ code: SpanStatusCode.ERROR }).end();
    expect(names()).toEqual(["c"]);
  });

  test("what is undecided when the process dies can be kept", () => {
    const { tracer, names, processor } = tail();
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    child(tracer, root, "child").end();
    processor.keepWaiting();
    expect(names()).toEqual(["child"]);
    expect(processor.status()).toMatchObject({ waiting: 0, keptAtEnd: 1 });
  });

  test("errors can be left to the ratio", () => {
    const { tracer, names } = tail({ errors: false });
    tracer.startSpan("a", {}, ROOT_CONTEXT).setStatus({ code: SpanStatusCode.ERROR }).end();
    expect(names()).toEqual([]);
  });
});
