import { once } from "node:events";
import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, connect } from "node:net";
import { context, propagation, type Span, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { requestId, requestIdPropagator } from "@telltale/tracing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type DrivenInstrumentation, driveInstrumentation } from "../driven-instrumentation.ts";
import { adjustHttpServer } from "./http-server.ts";

const { HttpInstrumentation } = createRequire(import.meta.url)("@opentelemetry/instrumentation-http");

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = tracerProvider.getTracer("test");
let started: { readonly driven: DrivenInstrumentation; readonly server: Server } | undefined;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), requestIdPropagator()] }),
  );
});
afterEach(async () => {
  started?.driven.instrumentation.disable();
  started?.server.close();
  started = undefined;
  exporter.reset();
});
afterAll(() => {
  context.disable();
  propagation.disable();
});

const answer = (_request: IncomingMessage, response: ServerResponse): unknown => response.end("hello");

test("hooks add attributes at each stage, and one that fails changes nothing else", async () => {
  const url = await serve(answer, {
    startIncomingSpanHook: (request: IncomingMessage) => ({ tenant: request.headers["x-tenant"] }),
    requestHook: (span: Span, request: IncomingMessage) => span.setAttribute("seen.request", request.url ?? ""),
    responseHook: () => {
      throw new Error("a mistake in the hook");
    },
    applyCustomAttributesOnSpan: (span: Span, _request: unknown, response: ServerResponse) =>
      span.setAttribute("seen.status", response.statusCode),
  });
  const response = await fetch(`${url}/orders`, { headers: { "x-tenant": "acme" } });
  expect(await response.text()).toBe("hello");
  expect(await onlySpan()).toMatchObject({
    name: "GET",
    attributes: { tenant: "acme", "seen.request": "/orders", "seen.status": 200 },
  });
});

test("an ignored request has no span, and nor has what it does", async () => {
  const url = await serve(
    (request, response) => {
      tracer.startSpan("inside").end();
      answer(request, response);
    },
    { ignoreIncomingRequestHook: (request: IncomingMessage) => request.url === "/healthz" },
  );
  await (await fetch(`${url}/healthz`)).text();
  await (await fetch(`${url}/other`)).text();
  await expect.poll(() => exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["inside", "GET"]);
});

test("chosen headers become attributes, as lists", async () => {
  const url = await serve(
    (_request, response) => {
      response.setHeader("x-items", ["1", "2"]).end();
    },
    { headersToSpanAttributes: { server: { requestHeaders: ["X-Tenant", "x-absent"], responseHeaders: ["X-Items"] } } },
  );
  await (await fetch(url, { headers: { "x-tenant": "acme" } })).text();
  const { attributes } = await onlySpan();
  expect(attributes).toMatchObject({
    "http.request.header.x-tenant": ["acme"],
    "http.response.header.x-items": ["1", "2"],
  });
  expect(attributes).not.toHaveProperty("http.request.header.x-absent");
});

test("the response tells the browser its trace, when asked to", async () => {
  const url = await serve(answer, { serverTimingHeader: true, traceResponseHeader: true });
  const { headers } = await fetch(url);
  const { traceId, spanId } = (await onlySpan()).spanContext();
  expect(headers.get("traceresponse")).toBe(`00-${traceId}-${spanId}-01`);
  expect(headers.get("server-timing")).toBe(`traceparent;desc="00-${traceId}-${spanId}-01"`);
  expect(headers.get("access-control-expose-headers")).toBe("Server-Timing");
});

test("the request's id is on the span, in the handler and on the response", async () => {
  let inside: string | undefined;
  const url = await serve((request, response) => {
    inside = requestId();
    answer(request, response);
  });
  const { headers } = await fetch(url, { headers: { "x-request-id": "order-7" } });
  expect([inside, headers.get("x-request-id")]).toEqual(["order-7", "order-7"]);
  expect((await onlySpan()).attributes["http.request.header.x-request-id"]).toEqual(["order-7"]);
});

test("listeners of request and response run in the request's context, even when the client hangs up", async () => {
  const seen: Record<string, string | undefined> = {};
  const note = (event: string) => () => {
    seen[event] = trace.getActiveSpan()?.spanContext().spanId;
  };
  let markClosed = (): void => {};
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  const url = new URL(
    await serve((request, response) => {
      request.on("close", note("request close"));
      response.on("close", () => {
        note("response close")();
        markClosed();
      });
      setImmediate(() => socket.destroy());
    }),
  );
  const socket = connect(Number(url.port), url.hostname);
  socket.end("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await closed;
  const { spanId } = (await onlySpan()).spanContext();
  expect(seen).toEqual({ "request close": spanId, "response close": spanId });
});

test("a request that is never answered has no status of an answer, neither on its span nor on its duration", async () => {
  const { meterProvider, collected } = measuring();
  const url = new URL(await serve((request) => request.socket.destroy(), { meterProvider }));
  const socket = connect(Number(url.port), url.hostname);
  socket.end("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const { status, attributes } = await onlySpan();
  expect(status.code).toBe(0);
  expect(attributes).toMatchObject({ "error.type": "aborted" });
  expect(attributes).not.toHaveProperty("http.response.status_code");
  const [{ dataPoints }] = (await collected()) as [MetricData];
  expect(dataPoints[0]!.attributes).toEqual({
    "error.type": "aborted",
    "http.request.method": "GET",
    "network.protocol.version": "1.1",
    "url.scheme": "http",
  });
});

test("requests that come together on one connection have a span each, as have those of HTTP/1.0 and those that wait for 100", async () => {
  const url = new URL(
    await serve((request, response) => {
      if (request.url === "/hinted") response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.statusCode = request.url === "/last" ? 404 : 200;
      request.resume().on("end", () => response.end("hello"));
    }),
  );
  const lines = (...given: string[]): string => given.map((line) => `${line}\r\n`).join("");
  for (const text of [
    lines("GET /first HTTP/1.1", "host: x", "", "HEAD /hinted HTTP/1.1", "host: x", "") +
      lines("GET /last HTTP/1.1", "host: x", "connection: close", ""),
    lines("GET /old HTTP/1.0", ""),
    lines("POST /waits HTTP/1.1", "host: x", "expect: 100-continue", "connection: close", "content-length: 2", "") +
      "ab",
  ]) {
    const socket = connect(Number(url.port), url.hostname).resume();
    socket.write(text);
    await once(socket, "close");
  }
  await expect.poll(() => exporter.getFinishedSpans().length).toBe(5);
  const told = exporter
    .getFinishedSpans()
    .map(({ name, attributes }) => [
      name,
      attributes["url.path"],
      attributes["network.protocol.version"],
      attributes["http.response.status_code"],
    ]);
  expect(told).toEqual([
    ["GET", "/first", "1.1", 200],
    ["HEAD", "/hinted", "1.1", 200],
    ["GET", "/last", "1.1", 404],
    ["GET", "/old", "1.0", 200],
    ["POST", "/waits", "1.1", 200],
  ]);
});

test("an error of the response is the span's", async () => {
  const url = await serve((_request, response) => {
    response.on("error", () => {});
    response.write("one");
    response.end();
    response.write("more");
  });
  await (await fetch(url)).text();
  expect(await onlySpan()).toMatchObject({
    status: { code: 2, message: "write after end" },
    attributes: { "error.type": "Error" },
    events: [{ name: "exception" }],
  });
});

test("durations have the attributes that contrib's have", async () => {
  const attributesBy = async (engine: "contrib" | "telltale"): Promise<unknown[]> => {
    const { meterProvider, collected } = measuring();
    const url = await serve(
      (request, response) => {
        response.statusCode = Number(request.url?.slice(1));
        answer(request, response);
      },
      { engine, meterProvider },
    );
    for (const [method, status] of [
      ["GET", 200],
      ["PUT", 404],
      ["PROPFIND", 200],
      ["GET", 503],
    ] as const) {
      await (await fetch(`${url}/${status}`, { method })).text();
    }
    await expect.poll(() => exporter.getFinishedSpans().length).toBe(4);
    exporter.reset();
    const [metric] = await collected();
    started?.driven.instrumentation.disable();
    started?.server.close();
    await meterProvider.shutdown();
    return [metric!.descriptor, metric!.dataPoints.map(({ attributes }) => attributes)];
  };
  const contrib = await attributesBy("contrib");
  expect(contrib[1]).toHaveLength(4);
  expect(await attributesBy("telltale")).toEqual(contrib);
});

test("after it is disabled nothing is observed any more", async () => {
  const { emit } = http.ServerResponse.prototype;
  const url = await serve(answer);
  expect(http.ServerResponse.prototype.emit).not.toBe(emit);
  started?.driven.instrumentation.disable();
  await (await fetch(url)).text();
  expect(http.ServerResponse.prototype.emit).toBe(emit);
  expect(exporter.getFinishedSpans()).toEqual([]);
});

interface ServeOptions {
  readonly engine?: "contrib" | "telltale";
  readonly meterProvider?: MeterProvider;
  readonly [option: string]: unknown;
}

/** A server of a process that is observed with these options of the instrumentation. */
async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  { engine = "telltale", meterProvider, ...config }: ServeOptions = {},
): Promise<string> {
  const driven = driveInstrumentation(HttpInstrumentation, {
    config: { disableOutgoingRequestInstrumentation: true, ...config },
    providers: { tracerProvider, meterProvider },
    ...(engine === "telltale" && { beforeEnable: adjustHttpServer }),
  });
  driven.patchBuiltin("http", http);
  const server = http.createServer((request, response) => void handler(request, response)).listen(0, "127.0.0.1");
  started = { driven, server };
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function measuring() {
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const collected = async (): Promise<MetricData[]> => {
    await meterProvider.forceFlush();
    return metricExporter.getMetrics()[0]!.scopeMetrics.flatMap(({ metrics }) => metrics);
  };
  return { meterProvider, collected };
}

async function onlySpan() {
  await expect.poll(() => exporter.getFinishedSpans().length).toBe(1);
  return exporter.getFinishedSpans()[0]!;
}
