/** What reaches Jaeger, decoded from the bytes by readers of thrift's two protocols that know nothing of our writers. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, expect, test } from "vitest";
import { createSpanExporter } from "../span-exporter.ts";
import type { JaegerExporterConfiguration } from "./configuration.ts";
import { readCompactCall, readThrift, readThriftCall, type ThriftStruct } from "./read-thrift.ts";

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const START_MS = 1_700_000_000_123;

/** A child and its parent, in the order they end. */
function orderSpans(): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "desk", "process.command_args": ["node", "app.js"] }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  });
  const tracer = provider.getTracer("desk-tracer", "1.2.3");
  const parent = tracer.startSpan("POST /orders", { kind: SpanKind.SERVER, startTime: START_MS }, ROOT_CONTEXT);
  const child = tracer.startSpan(
    "place",
    {
      startTime: [1_700_000_000, 124_456_789],
      attributes: {
        symbol: "ACME",
        quantity: 3,
        price: 10.5,
        urgent: true,
        tags: ["a", "b"],
        venue: { name: "north", fees: [1, 2] },
        raw: new Uint8Array([1, 2, 3]),
      },
      links: [{ context: { traceId: "c".repeat(32), spanId: "d".repeat(16), traceFlags: 1 } }],
    },
    trace.setSpan(ROOT_CONTEXT, parent),
  );
  child.addEvent("filled", { at: "north", shares: 3 }, START_MS + 2);
  child.setStatus({ code: SpanStatusCode.ERROR, message: "partly filled" });
  child.end([1_700_000_000, 127_956_789]);
  parent.end(START_MS + 10);
  return memory.getFinishedSpans();
}

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function httpServer(answer: () => number | "hang" = () => 202): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
      const status = answer();
      if (status !== "hang") response.writeHead(status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function exporterTo(
  protocol: JaegerExporterConfiguration["protocol"],
  endpoint: string,
  headers = {},
  timeoutMs = 30_000,
) {
  const exporter = createSpanExporter({ type: "jaeger", protocol, endpoint, headers, timeoutMs });
  closing.push(() => exporter.shutdown());
  return (spans: ReadableSpan[]) => new Promise<ExportResult>((resolve) => exporter.export(spans, resolve));
}

const tagsOf = (span: ThriftStruct): Record<string, unknown> =>
  Object.fromEntries((span.get(10) as ThriftStruct[]).map(tagOf));

/** The types of tags are numbered from 0, the fields with their values from 3. Only the one that is meant is there. */
function tagOf(tag: ThriftStruct): [string, unknown] {
  const field = (tag.get(2) as number) + 3;
  expect([...tag.keys()]).toEqual([1, 2, field]);
  return [String(tag.get(1)), tag.get(field)];
}

function expectOrder(batch: ThriftStruct, [child, parent]: ReadableSpan[]): void {
  const process = batch.get(1) as ThriftStruct;
  expect(process.get(1)).toBe("desk");
  expect((process.get(2) as ThriftStruct[]).map(tagOf)).toEqual([["process.command_args", '["node","app.js"]']]);
  const [thriftChild, thriftParent] = batch.get(2) as ThriftStruct[];
  const context = child!.spanContext();
  const int64 = (hex: string): bigint => BigInt.asIntN(64, BigInt(`0x${hex}`));
  expect(thriftChild!.get(1)).toBe(int64(context.traceId.slice(16)));
  expect(thriftChild!.get(2)).toBe(int64(context.traceId.slice(0, 16)));
  expect(thriftChild!.get(3)).toBe(int64(context.spanId));
  expect(thriftChild!.get(4)).toBe(int64(parent!.spanContext().spanId));
  expect(thriftChild!.get(5)).toBe("place");
  const references = thriftChild!.get(6) as ThriftStruct[];
  expect(references.map((it) => [...it.values()])).toEqual([
    [1, int64("c".repeat(16)), int64("c".repeat(16)), int64("d".repeat(16))],
  ]);
  expect(thriftChild!.get(7)).toBe(1);
  expect(thriftChild!.get(8)).toBe(1_700_000_000_124_457n);
  expect(thriftChild!.get(9)).toBe(3_500n);
  expect(tagsOf(thriftChild!)).toEqual({
    symbol: "ACME",
    quantity: 3n,
    price: 10.5,
    urgent: true,
    tags: '["a","b"]',
    venue: '{"name":"north","fees":[1,2]}',
    raw: Buffer.from([1, 2, 3]),
    error: true,
    "otel.status_code": "ERROR",
    "otel.status_description": "partly filled",
    "otel.scope.name": "desk-tracer",
    "otel.scope.version": "1.2.3",
    "otel.library.name": "desk-tracer",
    "otel.library.version": "1.2.3",
  });
  const logs = thriftChild!.get(11) as ThriftStruct[];
  expect(logs.map((log) => log.get(1))).toEqual([BigInt(START_MS + 2) * 1_000n]);
  expect(Object.fromEntries((logs[0]!.get(2) as ThriftStruct[]).map(tagOf))).toEqual({
    event: "filled",
    at: "north",
    shares: 3n,
  });
  expect(thriftParent!.get(4)).toBe(0n);
  expect(thriftParent!.get(5)).toBe("POST /orders");
  expect(thriftParent!.get(8)).toBe(BigInt(START_MS) * 1_000n);
  expect(thriftParent!.get(9)).toBe(10_000n);
  expect(tagsOf(thriftParent!)).toMatchObject({ "span.kind": "server" });
}

test("thrift over HTTP carries ids, parent, tags, logs, links, times and duration, with the configured headers", async () => {
  const { url, received } = await httpServer();
  const send = exporterTo("thrift-http", `${url}/api/traces?format=jaeger.thrift`, { "X-Tenant": "north" });
  const spans = orderSpans();
  expect(await send(spans)).toEqual({ code: 0 });
  expect(received).toHaveLength(1);
  expect(received[0]!.path).toBe("/api/traces?format=jaeger.thrift");
  expect(received[0]!.headers).toMatchObject({ "content-type": "application/x-thrift", "x-tenant": "north" });
  expectOrder(readThrift(received[0]!.body), spans);
});

test("user and password of the URL become basic authentication", async () => {
  const { url, received } = await httpServer();
  const send = exporterTo("thrift-http", `${url.replace("http://", "http://desk:s%40fe@")}/api/traces`);
  await send(orderSpans());
  expect(received[0]!.headers.authorization).toBe(`Basic ${Buffer.from("desk:s@fe").toString("base64")}`);
});

test("a large export is one request", async () => {
  const { url, received } = await httpServer();
  const send = exporterTo("thrift-http", `${url}/api/traces`);
  const spans = Array.from({ length: 256 }, orderSpans).flat();
  expect(await send(spans)).toEqual({ code: 0 });
  expect(received.map(({ body }) => (readThrift(body).get(2) as unknown[]).length)).toEqual([512]);
});

test("of two exports at once the one that fails is the one that says so", async () => {
  let requests = 0;
  const { url, received } = await httpServer(() => (++requests === 1 ? 500 : 202));
  const send = exporterTo("thrift-http", `${url}/api/traces`);
  const results = await Promise.all([send(orderSpans()), send(orderSpans())]);
  expect(results.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(results.find(({ code }) => code === 1)?.error?.message).toMatch(/HTTP 500/);
  expect(received.map(({ body }) => (readThrift(body).get(2) as unknown[]).length)).toEqual([2, 2]);
});

test("a server that never answers is a failure after the timeout", async () => {
  const { url } = await httpServer(() => "hang");
  const send = exporterTo("thrift-http", `${url}/api/traces`, {}, 200);
  const result = await send(orderSpans());
  expect(result.error?.message).toMatch(/no answer within 200 ms/);
});

async function udpServer(): Promise<{ endpoint: string; datagrams: Buffer[] }> {
  const socket = createSocket("udp4");
  const datagrams: Buffer[] = [];
  socket.on("message", (message) => datagrams.push(message));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  closing.push(() => socket.close());
  return { endpoint: `127.0.0.1:${socket.address().port}`, datagrams };
}

test.each([
  ["thrift-udp", readThriftCall],
  ["thrift-udp-compact", readCompactCall],
] as const)("%s carries the same batch in a call of emitBatch", async (protocol, read) => {
  const { endpoint, datagrams } = await udpServer();
  const send = exporterTo(protocol, endpoint);
  const spans = orderSpans();
  expect(await send(spans)).toEqual({ code: 0 });
  await expect.poll(() => datagrams).toHaveLength(1);
  const { method, args } = read(datagrams[0]!);
  expect(method).toBe("emitBatch");
  expectOrder(args.get(1) as ThriftStruct, spans);
});

const spansOf = (args: ThriftStruct): ThriftStruct[] => (args.get(1) as ThriftStruct).get(2) as ThriftStruct[];

test("over UDP more than a packet holds is sent in several, none of them above 65,000 bytes", async () => {
  const { endpoint, datagrams } = await udpServer();
  const send = exporterTo("thrift-udp", endpoint);
  const spans = Array.from({ length: 200 }, orderSpans).flat();
  expect(await send(spans)).toEqual({ code: 0 });
  const received = (): unknown[] => datagrams.flatMap((it) => spansOf(readThriftCall(it).args));
  await expect.poll(received).toHaveLength(400);
  expect(datagrams.length).toBeGreaterThan(1);
  expect(Math.max(...datagrams.map(({ length }) => length))).toBeLessThanOrEqual(65_000);
});

test("spans of two resources are two batches, each with its own service", async () => {
  const { url, received } = await httpServer();
  const [child, parent] = orderSpans();
  const resource = resourceFromAttributes({ "service.name": "ledger" });
  const other = new Proxy(parent!, {
    get: (span, key) => (key === "resource" ? resource : Reflect.get(span, key)),
  });
  expect(await exporterTo("thrift-http", `${url}/api/traces`)([child!, other, parent!])).toEqual({ code: 0 });
  const services = received.map(({ body }) => (readThrift(body).get(1) as ThriftStruct).get(1));
  expect(services).toEqual(["desk", "ledger"]);
});

test("a span too large for a packet is reported and does not take the others with it", async () => {
  const { endpoint, datagrams } = await udpServer();
  const send = exporterTo("thrift-udp", endpoint);
  const [child, parent] = orderSpans();
  const huge = new Proxy(child!, {
    get: (span, key) => (key === "attributes" ? { text: "x".repeat(70_000) } : Reflect.get(span, key)),
  });
  const result = await send([huge, parent!]);
  expect(result.error).toMatchObject({ code: "TELLTALE_SPAN_TOO_LARGE" });
  await expect.poll(() => datagrams).toHaveLength(1);
  expect(result.error?.message).toMatch(/^1 of the spans were larger than a UDP packet of 65,000 bytes/);
  const sent = spansOf(readThriftCall(datagrams[0]!).args);
  expect(sent.map((span) => span.get(5))).toEqual(["POST /orders"]);
});
