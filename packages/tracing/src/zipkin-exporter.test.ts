import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createSpanExporter } from "./span-exporter.ts";

let endpoint = "";
let status = 202;
let received: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    received.push({ url: request.url, headers: request.headers, body });
    if (status > 0) response.writeHead(status).end();
  });
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
});
beforeEach(() => {
  status = 202;
  received = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const memory = new InMemorySpanExporter();
const tracer = new TracerProvider({
  resource: resourceFromAttributes({ "service.name": "desk", "process.command_args": ["node", "app.js"] }),
  spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
}).getTracer("desk-tracer", "1.2.3");

const START_MS = 1_700_000_000_123;

function orderSpans() {
  memory.reset();
  const parent = tracer.startSpan("POST /orders", { kind: SpanKind.SERVER, startTime: START_MS }, ROOT_CONTEXT);
  const options = {
    startTime: [1_700_000_000, 124_456_789] as [number, number],
    attributes: { quantity: 3, tags: ["a", "b"], venue: { name: "north", fee: Number.NaN } },
  };
  const child = tracer.startSpan("place", options, trace.setSpan(ROOT_CONTEXT, parent));
  child.addEvent("filled", { at: "north" }, START_MS + 2);
  child.setStatus({ code: SpanStatusCode.ERROR, message: "partly filled" });
  child.end([1_700_000_000, 127_956_789]);
  parent.end(START_MS);
  return memory.getFinishedSpans();
}

const send = (exporter: ReturnType<typeof createSpanExporter>) =>
  new Promise<ExportResult>((resolve) => exporter.export(orderSpans(), resolve));

test("Zipkin gets each field in its own form, times in whole microseconds and values as text", async () => {
  const headers = { "X-Tenant": "north" };
  const exporter = createSpanExporter({ type: "zipkin", endpoint, headers, timeoutMs: 30_000 });
  expect(await send(exporter)).toEqual({ code: 0 });
  const [child, parent] = memory.getFinishedSpans().map((span) => span.spanContext());
  expect(received).toHaveLength(1);
  expect(received[0]!.url).toBe("/api/v2/spans");
  expect(received[0]!.headers).toMatchObject({ "content-type": "application/json", "x-tenant": "north" });
  const resource = { "service.name": "desk", "process.command_args": '["node","app.js"]' };
  const scope = { "otel.scope.name": "desk-tracer", "otel.scope.version": "1.2.3" };
  expect(JSON.parse(received[0]!.body)).toEqual([
    {
      traceId: child!.traceId,
      id: child!.spanId,
      parentId: parent!.spanId,
      name: "place",
      timestamp: 1_700_000_000_124_457,
      duration: 3_500,
      localEndpoint: { serviceName: "desk" },
      tags: {
        ...resource,
        ...scope,
        quantity: "3",
        tags: '["a","b"]',
        venue: '{"name":"north","fee":"NaN"}',
        "otel.status_code": "ERROR",
        error: "partly filled",
      },
      annotations: [{ timestamp: (START_MS + 2) * 1_000, value: '"filled": {"at":"north"}' }],
    },
    {
      traceId: parent!.traceId,
      id: parent!.spanId,
      name: "POST /orders",
      kind: "SERVER",
      timestamp: START_MS * 1_000,
      // Zipkin counts from 1: to it, 0 is "not known".
      duration: 1,
      localEndpoint: { serviceName: "desk" },
      tags: { ...resource, ...scope },
    },
  ]);
  await exporter.shutdown();
});

test("a refusal is a failed export with its status", async () => {
  status = 413;
  const exporter = createSpanExporter({ type: "zipkin", endpoint, headers: {}, timeoutMs: 30_000 });
  const result = await send(exporter);
  expect(result.code).toBe(1);
  expect(result.error?.message).toMatch(/413/);
});

test("an export that the server leaves without answer holds no connection afterwards", async () => {
  status = 0;
  const exporter = createSpanExporter({ type: "zipkin", endpoint, headers: {}, timeoutMs: 100 });
  expect((await send(exporter)).error?.message).toBe("no answer within 100 ms");
  await exporter.shutdown();
  await expect.poll(connections).toBe(0);
});

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
