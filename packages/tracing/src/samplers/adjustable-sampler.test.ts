import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { adjustableSampler } from "./adjustable-sampler.ts";
import { alwaysOffSampler, alwaysOnSampler } from "./constant-sampler.ts";

const engines = { telltale: createTracerProvider, sdk: (options: object) => new TracerProvider(options) };
const keepAll = { root: alwaysOnSampler(), parentBased: true, recordUnsampled: false };

describe.each(Object.entries(engines))("on engine %s", (_name, create) => {
  test("new traces follow the new sampler, those under way their parents", () => {
    const sampler = adjustableSampler(keepAll);
    const tracer = create({ sampler }).getTracer("t");
    const before = tracer.startSpan("before", {}, ROOT_CONTEXT);
    sampler.set({ ...keepAll, root: alwaysOffSampler() });
    expect(tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, before)).isRecording()).toBe(true);
    expect(tracer.startSpan("after", {}, ROOT_CONTEXT).isRecording()).toBe(false);
    sampler.set({ ...keepAll, root: alwaysOffSampler(), parentBased: false });
    expect(tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, before)).isRecording()).toBe(false);
  });

  test("what is not sampled can be recorded, children and remote callers' spans too", () => {
    const sampler = adjustableSampler({ root: alwaysOffSampler(), parentBased: true, recordUnsampled: true });
    const tracer = create({ sampler }).getTracer("t");
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    const remote = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0, isRemote: true };
    const spans = [
      root,
      tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, root)),
      tracer.startSpan("served", {}, trace.setSpanContext(ROOT_CONTEXT, remote)),
    ];
    expect(spans.map((span) => [span.isRecording(), span.spanContext().traceFlags & 1])).toEqual([
      [true, 0],
      [true, 0],
      [true, 0],
    ]);
  });
});

test("a sampler of another make is refused by name", () => {
  expect(() => adjustableSampler({ ...keepAll, root: new AlwaysOnSampler() })).toThrow("AlwaysOnSampler cannot be");
});
