/** What reaches Jaeger, decoded from the bytes by a reader of thrift's binary protocol that knows nothing of jaeger-client. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, expect, test, vi } from "vitest";
import { createSpanExporter } from "./span-exporter.ts";

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
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

function exporterTo(protocol: "thrift-http" | "thrift-udp", endpoint: string, headers = {}, timeoutMs = 2_000) {
  const exporter = createSpanExporter({ type: "jaeger", protocol, endpoint, headers, timeoutMs });
  closing.push(() => exporter.shutdown());
  return (spans: ReadableSpan[]) => new Promise<ExportResult>((resolve) => exporter.export(spans, resolve));
}

const tagsOf = (span: ThriftStruct): Record<string, unknown> =>
  Object.fromEntries((span.get(10) as ThriftStruct[]).map(tagOf));

function tagOf(tag: ThriftStruct): [string, unknown] {
  const [key, type] = [tag.get(1), tag.get(2)];
  expect(type).toBeOneOf([STRING, DOUBLE, BOOL]);
  return [String(key), tag.get(type === STRING ? 3 : type === DOUBLE ? 4 : 5)];
}
const [STRING, DOUBLE, BOOL] = [0, 1, 2];

function expectOrder(batch: ThriftStruct, [child, parent]: ReadableSpan[]): void {
  expect((batch.get(1) as ThriftStruct).get(1)).toBe("desk");
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
    quantity: 3,
    price: 10.5,
    urgent: true,
    tags: '["a","b"]',
    venue: '{"name":"north","fees":[1,2]}',
    raw: "AQID",
    error: true,
    "otel.status_code": "ERROR",
    "otel.status_description": "partly filled",
    "otel.library.name": "desk-tracer",
    "otel.library.version": "1.2.3",
    "service.name": "desk",
    "process.command_args": '["node","app.js"]',
  });
  const logs = thriftChild!.get(11) as ThriftStruct[];
  expect(logs.map((log) => log.get(1))).toEqual([BigInt(START_MS + 2) * 1_000n]);
  expect(Object.fromEntries((logs[0]!.get(2) as ThriftStruct[]).map(tagOf))).toEqual({
    event: "filled",
    at: "north",
    shares: 3,
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
  expect(results.map(({ code }) => code)).toEqual([1, 0]);
  expect(results[0]!.error?.message).toMatch(/HTTP 500/);
  // The second one's spans were not in the request that failed.
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

test("thrift over UDP carries the same batch in a message emitBatch, whatever OTEL_EXPORTER_JAEGER_* say", async () => {
  vi.stubEnv("OTEL_EXPORTER_JAEGER_ENDPOINT", "http://127.0.0.1:1/api/traces");
  const { endpoint, datagrams } = await udpServer();
  const send = exporterTo("thrift-udp", endpoint);
  const spans = orderSpans();
  expect(await send(spans)).toEqual({ code: 0 });
  await vi.waitFor(() => expect(datagrams).toHaveLength(1));
  const { name, type, body } = readMessage(datagrams[0]!);
  expect([name, type]).toEqual(["emitBatch", ONEWAY]);
  expectOrder(body.get(1) as ThriftStruct, spans);
});

test("over UDP more than a packet holds is sent in several", async () => {
  const { endpoint, datagrams } = await udpServer();
  const send = exporterTo("thrift-udp", endpoint);
  const spans = Array.from({ length: 100 }, orderSpans).flat();
  expect(await send(spans)).toEqual({ code: 0 });
  const count = (): number =>
    datagrams.reduce((sum, it) => sum + ((readMessage(it).body.get(1) as ThriftStruct).get(2) as unknown[]).length, 0);
  await vi.waitFor(() => expect(count()).toBe(200));
  expect(datagrams.length).toBeGreaterThan(1);
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
  await vi.waitFor(() => expect(datagrams).toHaveLength(1));
  const sent = (readMessage(datagrams[0]!).body.get(1) as ThriftStruct).get(2) as ThriftStruct[];
  expect(sent.map((span) => span.get(5))).toEqual(["POST /orders"]);
});

test("port 6831 is refused with what works instead", () => {
  expect(() => exporterTo("thrift-udp", "jaeger:6831")).toThrow(/6831.*compact.*6832.*14268.*4318/s);
});

const ONEWAY = 4;

/** A struct by field number. Lists are arrays, i64 are bigint, strings and binaries are text. */
type ThriftStruct = Map<number, unknown>;

function readThrift(bytes: Buffer): ThriftStruct {
  const reader = thriftReader(bytes);
  const struct = reader.struct();
  expect(reader.rest()).toBe(0);
  return struct;
}

function readMessage(bytes: Buffer): { name: string; type: number; body: ThriftStruct } {
  const reader = thriftReader(bytes);
  const header = reader.i32();
  expect(header >>> 16).toBe(0x8001);
  const name = reader.text();
  reader.i32();
  const body = reader.struct();
  expect(reader.rest()).toBe(0);
  return { name, type: header & 0xff, body };
}

/** @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
function thriftReader(bytes: Buffer) {
  let at = 0;
  const take = (size: number): number => {
    at += size;
    return at - size;
  };
  const i32 = (): number => bytes.readInt32BE(take(4));
  const text = (): string => {
    const length = i32();
    const start = take(length);
    return bytes.toString("utf8", start, start + length);
  };
  const value = (type: number): unknown => {
    switch (type) {
      case 2:
        return bytes.readInt8(take(1)) === 1;
      case 4:
        return bytes.readDoubleBE(take(8));
      case 8:
        return i32();
      case 10:
        return bytes.readBigInt64BE(take(8));
      case 11:
        return text();
      case 12:
        return struct();
      case 15: {
        const element = bytes.readInt8(take(1));
        return Array.from({ length: i32() }, () => value(element));
      }
      default:
        throw new Error(`thrift type ${type} at ${at}`);
    }
  };
  const struct = (): ThriftStruct => {
    const fields: ThriftStruct = new Map();
    for (;;) {
      const type = bytes.readInt8(take(1));
      if (type === 0) return fields;
      const id = bytes.readInt16BE(take(2));
      fields.set(id, value(type));
    }
  };
  return { i32, text, struct, rest: () => bytes.length - at };
}
