/** Samplers that look at no parent have a short way in the engine, which must lead to the same spans as the long one. */
import { createTraceState, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, type Sampler, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { contextWithSpan } from "../engine/span-frame.ts";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { adjustableSampler } from "./adjustable-sampler.ts";
import { alwaysOffSampler, alwaysOnSampler } from "./constant-sampler.ts";
import { rateLimitingSampler } from "./rate-limiting-sampler.ts";
import { ruleSampler } from "./rule-sampler.ts";

const clock = { now: () => 0 };
const byName = () =>
  ruleSampler({ rules: [{ span: "kept*", sampler: alwaysOnSampler() }], otherwise: alwaysOffSampler() });

const samplers: Readonly<Record<string, () => Sampler>> = {
  "always on": alwaysOnSampler,
  "always off": alwaysOffSampler,
  "two a second": () => rateLimitingSampler({ tracesPerSecond: 2, clock }),
  "by name": byName,
  "by name, at run time": () => adjustableSampler({ root: byName(), parentBased: false, recordUnsampled: false }),
  "by name, the rest recorded": () => adjustableSampler({ root: byName(), parentBased: false, recordUnsampled: true }),
};

test.each(Object.entries(samplers))("%s decides about each span alone, whichever way is taken", (_name, make) => {
  const sampler = make();
  const { shouldSample } = make();
  // Without what the engine knows its own samplers by.
  const stranger: Sampler = { shouldSample, toString: () => "stranger" };
  expect(spansOf(sampler)).toEqual(spansOf(stranger));
});

test("what was decided about each span is counted once", () => {
  const sampler = byName();
  const spans = spansOf(sampler);
  expect(spans.map(({ flags }) => flags)).toEqual([3, 2, 2, 3, 3]);
  expect(sampler.status().map(({ kept, dropped }) => [kept, dropped])).toEqual([
    [3, 0],
    [0, 2],
  ]);
});

test("a span under a dropped one is in its trace and names it as its parent", () => {
  const exporter = new InMemorySpanExporter();
  const provider = createTracerProvider({
    sampler: byName(),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("t");
  const dropped = tracer.startSpan("a", {}, ROOT_CONTEXT);
  tracer.startSpan("kept", {}, contextWithSpan(ROOT_CONTEXT, dropped)).end();
  const [kept] = exporter.getFinishedSpans();
  expect(kept!.spanContext().traceId).toBe(dropped.spanContext().traceId);
  expect(kept!.parentSpanContext).toMatchObject({ spanId: dropped.spanContext().spanId });
});

/** Each span below the one before: what is known of it, ids by what they are equal to. */
function spansOf(sampler: Sampler) {
  const tracer = createTracerProvider({ sampler }).getTracer("t");
  const traceState = createTraceState("a=1");
  const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 2, traceState };
  let context = trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
  const spans: Span[] = [];
  for (const name of ["kept 1", "a", "b", "kept 2", "kept 3"]) {
    const span = tracer.startSpan(name, {}, context);
    spans.push(span);
    context = contextWithSpan(ROOT_CONTEXT, span);
  }
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  expect(ids.size).toBe(spans.length);
  return spans.map((span) => {
    const { traceId, traceFlags, traceState: state } = span.spanContext();
    const isInTrace = traceId === remote.traceId;
    return { isInTrace, flags: traceFlags, state: state?.serialize(), isRecording: span.isRecording() };
  });
}
