import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { drawTrace } from "./draw-trace.ts";
import { otlpReceiver } from "./otlp-receiver.ts";

function recorder(service: string) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  return { tracer: provider.getTracer("t"), spans: () => exporter.getFinishedSpans() };
}

function recordOrder(tracer: ReturnType<typeof recorder>["tracer"]): void {
  const root = tracer.startSpan("GET /orders/:id", { kind: SpanKind.SERVER, startTime: [100, 0] });
  const inRoot = trace.setSpan(context.active(), root);
  const query = tracer.startSpan("SELECT", { kind: SpanKind.CLIENT, startTime: [100, 10] }, inRoot);
  query.setAttributes({ "db.system.name": "postgresql", "db.rows": 2 }).end([100, 20]);
  const render = tracer.startSpan("render", { startTime: [100, 30] }, inRoot);
  render.setStatus({ code: SpanStatusCode.ERROR }).end([100, 40]);
  root.end([100, 50]);
}

test("a trace is drawn as a tree, siblings by start time", () => {
  const { tracer, spans } = recorder("orders");
  recordOrder(tracer);
  expect(drawTrace(spans(), { attributes: ["db.system.name", "db.rows"] })).toBe(`\
GET /orders/:id [server]
  SELECT [client] db.system.name=postgresql db.rows=2
  render [internal, error]`);
});

test("the drawing of what the receiver decoded is the same", async () => {
  const { tracer, spans } = recorder("orders");
  recordOrder(tracer);
  await using receiver = await otlpReceiver();
  const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  exporter.export(spans(), () => undefined);
  const received = await receiver.waitForSpans(3);
  const attributes = ["db.system.name", "db.rows"];
  expect(drawTrace(received, { attributes })).toBe(drawTrace(spans(), { attributes }));
  await exporter.shutdown();
});

test("each line names its service when there are several", () => {
  const desk = recorder("desk");
  const exchange = recorder("exchange");
  const call = desk.tracer.startSpan("POST", { kind: SpanKind.CLIENT, startTime: [100, 0] });
  const inCall = trace.setSpan(context.active(), call);
  exchange.tracer.startSpan("POST /fills", { kind: SpanKind.SERVER, startTime: [100, 1] }, inCall).end([100, 2]);
  call.end([100, 3]);
  expect(drawTrace([...exchange.spans(), ...desk.spans()])).toBe(`\
desk: POST [client]
  exchange: POST /fills [server]`);
});

test("spans whose parent is absent stand under a missing parent", () => {
  const { tracer, spans } = recorder("orders");
  recordOrder(tracer);
  const withoutRoot = spans().filter((span) => span.name !== "GET /orders/:id");
  expect(drawTrace(withoutRoot)).toBe(`\
(missing parent)
  SELECT [client]
  render [internal, error]`);
});

test("siblings that run at the same time are drawn by name when asked", () => {
  const { tracer, spans } = recorder("orders");
  for (const name of ["b", "a", "c"]) tracer.startSpan(name).end();
  expect(drawTrace(spans(), { order: "name" })).toBe("a [internal]\nb [internal]\nc [internal]");
});
