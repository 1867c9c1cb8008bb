import { context, logs, metrics, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import { type InMemoryTelemetry, inMemoryTelemetry } from "./in-memory.ts";

const tracer = trace.getTracer("made before any telemetry");

let telemetry: InMemoryTelemetry | undefined;

afterEach(async () => {
  await telemetry?.shutdown();
  telemetry = undefined;
});

test("a span is there as soon as it has ended", () => {
  telemetry = inMemoryTelemetry({ resource: { "service.name": "orders" } });
  const span = trace.getTracer("t").startSpan("place order", { kind: SpanKind.SERVER });
  expect(telemetry.finishedSpans()).toEqual([]);
  span.setAttribute("order.id", 7).end();
  expect(telemetry.span("place order").attributes).toEqual({ "order.id": 7 });
  expect(telemetry.span("place order").resource.attributes["service.name"]).toBe("orders");
});

test("context is carried over await, so that children find their parent", async () => {
  telemetry = inMemoryTelemetry();
  await tracer.startActiveSpan("parent", async (parent) => {
    await new Promise((resolve) => setImmediate(resolve));
    tracer.startSpan("child").end();
    parent.end();
  });
  expect(telemetry.span("child").parentSpanContext?.spanId).toBe(telemetry.span("parent").spanContext().spanId);
});

test("an absent span is an error that names the near ones", () => {
  telemetry = inMemoryTelemetry();
  tracer.startSpan("place order").end();
  tracer.startSpan("cancel order").end();
  expect(() => telemetry?.span("place ordr")).toThrow(
    'no finished span is named "place ordr"; there are "place order", "cancel order"',
  );
  expect(() => telemetry?.span("x")).toThrow(expect.objectContaining({ code: "TELLTALE_NO_SUCH_SPAN" }));
});

test("several spans of one name are an error that says how many", () => {
  telemetry = inMemoryTelemetry();
  for (let i = 0; i < 3; i++) tracer.startSpan("again").end();
  expect(() => telemetry?.span("again")).toThrow('3 finished spans are named "again"; use finishedSpans()');
});

test("a counter is added up over collections", async () => {
  telemetry = inMemoryTelemetry();
  const counter = metrics.getMeter("desk").createCounter("desk.orders", { unit: "{order}", description: "Orders." });
  counter.add(2, { side: "buy" });
  await telemetry.metric("desk.orders");
  counter.add(3, { side: "buy" });
  counter.add(1, { side: "sell" });
  expect(await telemetry.metric("desk.orders")).toEqual({
    name: "desk.orders",
    description: "Orders.",
    unit: "{order}",
    type: "sum",
    points: [
      { attributes: { side: "buy" }, value: 5, scope: "desk" },
      { attributes: { side: "sell" }, value: 1, scope: "desk" },
    ],
  });
});

test("a histogram is added up over collections", async () => {
  telemetry = inMemoryTelemetry();
  const histogram = metrics.getMeter("m").createHistogram("wait", { advice: { explicitBucketBoundaries: [1, 10] } });
  histogram.record(1);
  await telemetry.metrics();
  histogram.record(4);
  histogram.record(40);
  const { type, points } = await telemetry.metric("wait");
  expect(type).toBe("histogram");
  expect(points[0]?.value).toEqual({ count: 3, sum: 45, min: 1, max: 40, boundaries: [1, 10], counts: [1, 1, 1] });
});

test("an up-down counter and a gauge have their present value, also after a reset", async () => {
  telemetry = inMemoryTelemetry();
  const active = metrics.getMeter("m").createUpDownCounter("active");
  metrics
    .getMeter("m")
    .createObservableGauge("level")
    .addCallback((result) => result.observe(4.5));
  active.add(3);
  expect((await telemetry.metric("active")).points[0]?.value).toBe(3);
  await telemetry.reset();
  active.add(-1);
  expect((await telemetry.metric("active")).points[0]?.value).toBe(2);
  expect(await telemetry.metric("level")).toMatchObject({ type: "gauge", points: [{ value: 4.5 }] });
});

test("an absent metric is an error that names the near ones", async () => {
  telemetry = inMemoryTelemetry();
  await expect(telemetry.metric("x")).rejects.toThrow('no metric is named "x"; there is none at all');
  metrics.getMeter("m").createCounter("desk.orders").add(1);
  await expect(telemetry.metric("desk.order")).rejects.toThrow(
    expect.objectContaining({
      code: "TELLTALE_NO_SUCH_METRIC",
      message: 'no metric is named "desk.order"; there are "desk.orders"',
    }),
  );
});

test("a log record is there at once, with the ids of the span it was written in", () => {
  telemetry = inMemoryTelemetry();
  tracer.startActiveSpan("work", (span) => {
    logs.getLogger("app").emit({ body: "half done", severityText: "INFO", attributes: { step: 1 } });
    span.end();
  });
  expect(telemetry.logs()).toMatchObject([
    {
      body: "half done",
      attributes: { step: 1 },
      spanContext: { traceId: telemetry.span("work").spanContext().traceId },
    },
  ]);
});

test("a reset forgets spans, logs and counts, and keeps the instruments", async () => {
  telemetry = inMemoryTelemetry();
  const counter = metrics.getMeter("m").createCounter("hits");
  counter.add(5);
  tracer.startSpan("s").setStatus({ code: SpanStatusCode.OK }).end();
  logs.getLogger("app").emit({ body: "b" });
  await telemetry.reset();
  expect([telemetry.finishedSpans(), telemetry.logs(), await telemetry.metrics()]).toEqual([[], [], []]);
  counter.add(1);
  expect((await telemetry.metric("hits")).points[0]?.value).toBe(1);
});

test("a tracer and a logger made once are followed from one telemetry to the next", async () => {
  const logger = logs.getLogger("made before");
  const first = inMemoryTelemetry();
  tracer.startSpan("one").end();
  logger.emit({ body: "one" });
  await first.shutdown();
  tracer.startSpan("between, lost").end();
  telemetry = inMemoryTelemetry();
  tracer.startSpan("two").end();
  logger.emit({ body: "two" });
  expect(telemetry.finishedSpans().map((span) => span.name)).toEqual(["two"]);
  expect(telemetry.logs().map((record) => record.body)).toEqual(["two"]);
});

test("a shutdown leaves nothing registered, and a second one does nothing", async () => {
  const first = inMemoryTelemetry();
  await first.shutdown();
  await first.shutdown();
  expect(trace.getTracer("t").startSpan("s").isRecording()).toBe(false);
  expect(propagation.fields()).toEqual([]);
  expect(context.with(context.active(), () => trace.getActiveSpan())).toBeUndefined();
  telemetry = inMemoryTelemetry();
});

test("a second telemetry beside the first is refused, and the first goes on", () => {
  telemetry = inMemoryTelemetry();
  expect(() => inMemoryTelemetry()).toThrow(expect.objectContaining({ code: "TELLTALE_GLOBAL_TAKEN" }));
  tracer.startSpan("still kept").end();
  expect(telemetry.finishedSpans()).toHaveLength(1);
});

test("a failing observable callback is reported, not swallowed", async () => {
  telemetry = inMemoryTelemetry();
  metrics
    .getMeter("m")
    .createObservableGauge("broken")
    .addCallback(() => {
      throw new Error("sensor is gone");
    });
  await expect(telemetry.metrics()).rejects.toThrow("an observable callback failed during collection");
});
