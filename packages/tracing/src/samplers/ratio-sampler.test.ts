import { createTraceState, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { ratioSampler } from "./ratio-sampler.ts";
import { samplingThreshold } from "./sampling-threshold.ts";

const decide = (ratio: number, traceId: string, traceState?: string) => {
  const parent = { traceId, spanId: "1".repeat(16), traceFlags: 1, isRemote: true };
  const context =
    traceState === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceState: createTraceState(traceState) });
  const result = ratioSampler(ratio).shouldSample(context, traceId, "a", SpanKind.SERVER, {}, []);
  return { isKept: result.decision === 2, traceState: result.traceState?.serialize() };
};

const idOf = (random: string) => `${"f".repeat(18)}${random}`;

test.each([
  // The specification's examples, and the ends.
  [1, "0"],
  [0.5, "8"],
  [0.25, "c"],
  [0.75, "4"],
  [0.1, "e666"],
  [0.01, "fd70a"],
  [1 / 3, "aaab"],
  [0, undefined],
])("a ratio of %d has the threshold %s", (ratio, text) => {
  expect(samplingThreshold(ratio).text).toBe(text);
});

test("a trace is kept when its randomness is the threshold or above", () => {
  expect(decide(0.25, idOf("c0000000000000"))).toEqual({ isKept: true, traceState: "ot=th:c" });
  expect(decide(0.25, idOf("bfffffffffffff")).isKept).toBe(false);
  expect(decide(0.01, idOf("fd70a000000000")).isKept).toBe(true);
  expect(decide(0.01, idOf("fd709fffffffff")).isKept).toBe(false);
  expect(decide(1, idOf("00000000000000")).isKept).toBe(true);
  expect(decide(0, idOf("ffffffffffffff")).isKept).toBe(false);
});

test("what is kept at a ratio is kept at every higher one", () => {
  const hexadecimal = fc.stringMatching(/^[0-9a-f]{32}$/);
  const ratio = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(hexadecimal, ratio, ratio, (traceId, a, b) => {
      const [lower, higher] = [Math.min(a, b), Math.max(a, b)];
      return !decide(lower, traceId).isKept || decide(higher, traceId).isKept;
    }),
  );
});

test("explicit randomness in the tracestate decides, and stays there with all else", () => {
  const kept = decide(0.5, idOf("00000000000000"), "a=1,ot=rv:ffffffffffffff;x:y");
  expect(kept).toEqual({ isKept: true, traceState: "ot=rv:ffffffffffffff;x:y;th:8,a=1" });
  const dropped = decide(0.5, idOf("ffffffffffffff"), "ot=th:4;rv:00000000000000,a=1");
  expect(dropped).toEqual({ isKept: false, traceState: "ot=rv:00000000000000,a=1" });
  expect(decide(0.5, idOf("ffffffffffffff"), "ot=rv:nonsense").isKept).toBe(true);
});

test("our engine keeps that share of new traces, decides by the id that they get, and tells the threshold", () => {
  const sampler = ratioSampler(0.25);
  const tracer = createTracerProvider({ sampler }).getTracer("t");
  let kept = 0;
  for (let index = 0; index < 4_000; index++) {
    const span = tracer.startSpan("a", {}, ROOT_CONTEXT);
    const { traceId, traceState } = span.spanContext();
    expect(span.isRecording()).toBe(decide(0.25, traceId).isKept);
    expect(traceState?.serialize()).toBe(span.isRecording() ? "ot=th:c" : undefined);
    if (span.isRecording()) kept++;
  }
  // Six standard deviations.
  expect(Math.abs(kept - 1_000)).toBeLessThan(165);
});

test("a ratio that is no share is refused", () => {
  for (const bad of [-0.1, 1.1, Number.NaN]) expect(() => ratioSampler(bad)).toThrow("from 0 to 1");
});
