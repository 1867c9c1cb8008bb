import { context, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { rateLimitingSampler } from "./rate-limiting-sampler.ts";

function samplerAt(tracesPerSecond: number) {
  let nowMs = 1_000;
  const sampler = rateLimitingSampler({ tracesPerSecond, clock: { now: () => nowMs } });
  const decide = (): boolean =>
    sampler.shouldSample(ROOT_CONTEXT, "a".repeat(32), "span", SpanKind.INTERNAL, {}, []).decision === 2;
  return {
    sampled: (times: number): number => Array.from({ length: times }, decide).filter(Boolean).length,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("one second's worth is sampled at once, then nothing until time passes", () => {
  const { sampled, wait } = samplerAt(5);
  expect(sampled(20)).toBe(5);
  wait(199);
  expect(sampled(20)).toBe(0);
  wait(1);
  expect(sampled(20)).toBe(1);
  wait(400);
  expect(sampled(20)).toBe(2);
});

test("a long quiet time saves up no more than one second's worth", () => {
  const { sampled, wait } = samplerAt(5);
  wait(3_600_000);
  expect(sampled(100)).toBe(5);
});

test("a rate below one is one trace every so many seconds", () => {
  const { sampled, wait } = samplerAt(0.1);
  expect(sampled(3)).toBe(1);
  wait(9_000);
  expect(sampled(3)).toBe(0);
  wait(1_001);
  expect(sampled(3)).toBe(1);
});

test("a rate of zero samples nothing", () => {
  const { sampled, wait } = samplerAt(0);
  wait(60_000);
  expect(sampled(10)).toBe(0);
});

test("ten seconds of steady load are sampled at the rate", () => {
  const { sampled, wait } = samplerAt(100);
  sampled(1_000);
  let count = 0;
  for (let i = 0; i < 10_000; i++) {
    wait(1);
    count += sampled(1);
  }
  expect(count).toBeGreaterThanOrEqual(999);
  expect(count).toBeLessThanOrEqual(1_001);
});

test("a sampled root says how it was sampled; its children follow it", () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: rateLimitingSampler({ tracesPerSecond: 1, clock: { now: () => 0 } }) }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("test");
  for (const name of ["first", "second"]) {
    const root = tracer.startSpan(name, { root: true });
    tracer.startSpan(`${name} child`, {}, trace.setSpan(context.active(), root)).end();
    root.end();
  }
  const spans = exporter.getFinishedSpans();
  expect(spans.map((span) => span.name)).toEqual(["first child", "first"]);
  expect(spans[1]!.attributes).toEqual({ "sampler.type": "ratelimiting", "sampler.param": 1 });
  expect(spans[0]!.attributes).toEqual({});
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("a rate of %d is refused", (tracesPerSecond) => {
  expect(() => rateLimitingSampler({ tracesPerSecond })).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_SAMPLING_RATE" }),
  );
});
