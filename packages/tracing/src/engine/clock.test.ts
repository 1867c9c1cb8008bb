import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { anchorAt, between, millisecondsToHrTime, plus, toHrTime } from "./clock.ts";
import { createTracerProvider } from "./tracer-provider.ts";

const BEGIN_MS = 1_700_000_000_000;
let wallMs = BEGIN_MS;
let monotonicMs = 1_000;

beforeEach(() => {
  vi.spyOn(Date, "now").mockImplementation(() => wallMs);
  vi.spyOn(performance, "now").mockImplementation(() => monotonicMs);
});
afterEach(() => vi.restoreAllMocks());

function pass(ms: number): void {
  wallMs += ms;
  monotonicMs += ms;
}

const startOf = (span: unknown): number => {
  const [seconds, nanoseconds] = (span as ReadableSpan).startTime;
  return seconds * 1_000 + nanoseconds / 1e6;
};

test("nanoseconds are kept, and what Date.now() cuts off moves nothing", () => {
  const anchor = anchorAt(monotonicMs);
  wallMs += 0.9;
  expect(anchorAt(monotonicMs)).toBe(anchor);
  expect(toHrTime({ wholeMs: BEGIN_MS, fractionMs: 0.25 }, 1_000.000_001)).toEqual([1_700_000_001, 250_001]);
  expect(toHrTime({ wholeMs: BEGIN_MS, fractionMs: 0.5 }, 999.499_999_9)).toEqual([1_700_000_001, 0]);
  wallMs = BEGIN_MS;
});

test("sums and differences of times carry", () => {
  expect(plus([1, 999_999_999], 0.000_002)).toEqual([2, 1]);
  expect(plus([1, 0], 2_500.5)).toEqual([3, 500_500_000]);
  expect(between([1, 999_999_999], [3, 1])).toEqual([1, 2]);
  expect(between([2, 0], [1, 0])[0]).toBeLessThan(0);
  expect(millisecondsToHrTime(1_500.5)).toEqual([1, 500_500_000]);
});

test("a trace keeps its clock for a minute when the wall clock is set, and new traces do not", () => {
  const tracer = createTracerProvider().getTracer("t");
  const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
  const context = trace.setSpan(ROOT_CONTEXT, root);
  expect(startOf(root)).toBeCloseTo(wallMs, 3);
  pass(10);
  wallMs += 3_600_000;
  expect(startOf(tracer.startSpan("child", {}, context))).toBeCloseTo(startOf(root) + 10, 3);
  expect(startOf(tracer.startSpan("new", {}, ROOT_CONTEXT))).toBeCloseTo(wallMs, 3);
  pass(61_000);
  expect(startOf(tracer.startSpan("later child", {}, context))).toBeCloseTo(wallMs, 3);
});
