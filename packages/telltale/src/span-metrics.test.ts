import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { instrumentProducer } from "@telltale/metrics";
import { inMemoryTelemetry } from "@telltale/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_SPAN_NAMES, spanMetricsProcessor } from "./span-metrics.ts";

let telemetry: ReturnType<typeof inMemoryTelemetry>;
beforeEach(() => {
  telemetry = inMemoryTelemetry({
    spanProcessors: [spanMetricsProcessor("desk")],
    metricProducers: [instrumentProducer()],
  });
});
afterEach(() => telemetry.shutdown());

function span(
  name: string,
  { kind, error = false, seconds = 0 }: { kind?: SpanKind; error?: boolean; seconds?: number },
) {
  const started = trace.getTracer("t").startSpan(name, { kind: kind ?? SpanKind.INTERNAL, startTime: [1_000, 0] });
  if (error) started.setStatus({ code: SpanStatusCode.ERROR });
  started.end([1_000 + Math.floor(seconds), Math.round((seconds % 1) * 1e9)]);
}

test("spans are counted and timed by name, kind and status", async () => {
  span("GET /orders", { kind: SpanKind.SERVER, seconds: 1.5 });
  span("GET /orders", { kind: SpanKind.SERVER, seconds: 0.25 });
  span("GET /orders", { kind: SpanKind.SERVER, error: true });
  const orders = { "service.name": "desk", "span.name": "GET /orders", "span.kind": "SPAN_KIND_SERVER" };
  const calls = await telemetry.metric("traces.span.metrics.calls");
  expect(calls.points.map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ ...orders, "status.code": "STATUS_CODE_UNSET" }, 2],
    [{ ...orders, "status.code": "STATUS_CODE_ERROR" }, 1],
  ]);
  const duration = await telemetry.metric("traces.span.metrics.duration");
  expect(duration.unit).toBe("s");
  expect(duration.points[0]?.value).toMatchObject({ count: 2, sum: 1.75, min: 0.25, max: 1.5 });
});

test("names beyond the limit are counted together", async () => {
  for (let i = 0; i < MAX_SPAN_NAMES + 50; i++) span(`job ${i}`, {});
  const { points } = await telemetry.metric("traces.span.metrics.calls");
  const names = new Set(points.map(({ attributes }) => attributes["span.name"]));
  expect(names.size).toBe(MAX_SPAN_NAMES + 1);
  expect(points.find(({ attributes }) => attributes["span.name"] === "other")?.value).toBe(51);
});
