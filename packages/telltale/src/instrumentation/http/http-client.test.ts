import { once } from "node:events";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { context, propagation } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { driveInstrumentation } from "../driven-instrumentation.ts";
import { adjustHttpClient } from "./http-client.ts";

const { HttpInstrumentation } = createRequire(import.meta.url)("@opentelemetry/instrumentation-http");

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const received: IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  received.push(request);
  if (request.url === "/long") return response.write("x".repeat(1_000));
  if (request.url !== "/cut") return response.end("answer");
  response.writeHead(200, { "content-length": 10 });
  return response.write("half", () => request.socket.destroy());
});
server.on("upgrade", (request, socket) => {
  received.push(request);
  // The client may be gone before it has read all.
  socket.on("error", () => {});
  socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: chat\r\nconnection: upgrade\r\n\r\n");
});
const driven = driveInstrumentation(HttpInstrumentation, {
  config: { disableIncomingRequestInstrumentation: true },
  providers: { tracerProvider },
  beforeEnable: adjustHttpClient,
});
let port: number;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  driven.patchBuiltin("http", http);
  await once(server.listen(0, "127.0.0.1"), "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  exporter.reset();
  received.length = 0;
});
afterAll(() => {
  driven.instrumentation.disable();
  context.disable();
  propagation.disable();
  server.closeAllConnections();
  server.close();
});

test.each([
  ["an object", { "x-tenant": "acme", host: "shop.example" }],
  ["a flat list", ["x-tenant", "acme", "host", "shop.example"]],
  [
    "a list of pairs",
    [
      ["x-tenant", "acme"],
      ["host", "shop.example"],
    ] as unknown as string[],
  ],
])("headers as %s arrive as they are, with the span's", async (_, headers) => {
  await answerOf(http.get({ host: "127.0.0.1", port, headers }));
  const { traceId, spanId } = (await onlySpan()).spanContext();
  expect(received[0]!.headers).toMatchObject({
    "x-tenant": "acme",
    host: "shop.example",
    traceparent: `00-${traceId}-${spanId}-01`,
  });
  expect(received[0]!.rawHeaders.length).toBe(8);
});

test.each([
  ["a URL", "http://[::1]:1/p", { "url.full": "http://[::1]:1/p", "server.address": "::1", "server.port": 1 }],
  [
    "options",
    { host: "::1", port: 1, path: "/p" },
    { "url.full": "http://[::1]:1/p", "server.address": "::1", "server.port": 1 },
  ],
  [
    "options with the host's name",
    { hostname: "127.0.0.1", port: 1, path: "/p" },
    { "url.full": "http://127.0.0.1:1/p", "server.address": "127.0.0.1", "server.port": 1 },
  ],
])("an address in %s is the span's, with its port", async (_, asked, attributes) => {
  await once(http.get(asked as string), "error");
  expect((await onlySpan()).attributes).toMatchObject(attributes);
});

test("an upgraded connection has the status of its answer, and has not failed", async () => {
  const request = http.get({ host: "127.0.0.1", port, headers: { connection: "Upgrade", upgrade: "chat" } });
  const [, socket] = await once(request, "upgrade");
  socket.destroy();
  const { status, attributes } = await onlySpan();
  expect(status.code).toBe(0);
  expect(attributes).toMatchObject({ "http.response.status_code": 101, "network.protocol.version": "1.1" });
});

test("what has happened to a request is its error's type", async () => {
  await once(http.get("http://127.0.0.1:1/"), "error");
  expect((await onlySpan()).attributes["error.type"]).toBe("ECONNREFUSED");
  exporter.reset();
  const givingUp = new AbortController();
  const request = http.get({ host: "127.0.0.1", port, signal: givingUp.signal });
  givingUp.abort();
  await once(request, "error");
  expect((await onlySpan()).attributes["error.type"]).toBe("AbortError");
});

test.each([
  ["that somebody listens for", (response: IncomingMessage) => response.on("error", () => {})],
  ["that nobody listens for", (response: IncomingMessage) => response],
])("a response that is cut off has failed, with an error %s", async (_, listen) => {
  const request = http.get({ host: "127.0.0.1", port, path: "/cut" });
  const [response] = await once(request, "response");
  await new Promise((resolve) => listen(response.resume()).on("close", resolve));
  const { status, attributes } = await onlySpan();
  expect(status.code).toBe(2);
  expect(attributes).toMatchObject({ "http.response.status_code": 200, "error.type": "ECONNRESET" });
});

test("a response that the application has done with before its end is one that was cut off", async () => {
  const request = http.get({ host: "127.0.0.1", port, path: "/long" });
  const [response] = await once(request, "response");
  response.destroy();
  const { status, attributes } = await onlySpan();
  expect(status.code).toBe(2);
  expect(attributes).toMatchObject({ "error.type": "aborted" });
});

async function answerOf(request: ClientRequest): Promise<void> {
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response.resume(), "end");
}

async function onlySpan() {
  await expect.poll(() => exporter.getFinishedSpans().length).toBe(1);
  return exporter.getFinishedSpans()[0]!;
}
