/**
 * The real Zipkin takes what the exporter sends and tells it back. Skipped unless `ZIPKIN_JAR` names its server's
 * executable jar; CONTRIBUTING.md says how to get it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSpanExporter } from "./span-exporter.ts";

const jar = process.env["ZIPKIN_JAR"];

let zipkin: ChildProcess;
let url = "";

beforeAll(async () => {
  if (jar === undefined) return;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  zipkin = spawn("java", ["-jar", jar], {
    env: { PATH: process.env["PATH"], QUERY_PORT: String(port), SELF_TRACING_ENABLED: "false" },
    stdio: "ignore",
  });
  await until(async () => (await fetch(`${url}/health`)).ok);
});

afterAll(async () => {
  if (zipkin === undefined) return;
  zipkin.kill("SIGKILL");
  await once(zipkin, "exit");
});

test.skipIf(jar === undefined)("Zipkin tells back what it was sent, a span without duration among it", async () => {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "desk" }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  });
  const tracer = provider.getTracer("desk-tracer", "1.2.3");
  // Zipkin looks for traces of the last days only.
  const seconds = Math.floor(Date.now() / 1_000);
  const startTime = [seconds, 124_456_789] as [number, number];
  const parent = tracer.startSpan("POST /orders", { kind: SpanKind.SERVER, startTime }, ROOT_CONTEXT);
  const attributes = { symbol: "ACME — é", quantity: -3, venue: { name: "north" } };
  const child = tracer.startSpan("place", { startTime, attributes }, trace.setSpan(ROOT_CONTEXT, parent));
  child.addEvent("filled", { shares: 3 }, startTime);
  child.setStatus({ code: SpanStatusCode.ERROR });
  child.end([seconds, 127_956_789]);
  parent.end(startTime);
  const endpoint = `${url}/api/v2/spans`;
  const exporter = createSpanExporter({ type: "zipkin", endpoint, headers: {}, timeoutMs: 5_000 });
  const result = await new Promise<ExportResult>((done) => exporter.export(memory.getFinishedSpans(), done));
  expect(result).toEqual({ code: 0 });
  await exporter.shutdown();
  const { traceId, spanId } = child.spanContext();
  const found = await until(async () => {
    const response = await fetch(`${url}/api/v2/trace/${traceId}`);
    const spans = (await response.json()) as readonly { readonly name: string }[];
    return spans.length === 2 && spans;
  });
  expect(found.find(({ name }) => name === "place")).toEqual({
    traceId,
    parentId: parent.spanContext().spanId,
    id: spanId,
    name: "place",
    timestamp: seconds * 1e6 + 124_457,
    duration: 3_500,
    localEndpoint: { serviceName: "desk" },
    annotations: [{ timestamp: seconds * 1e6 + 124_457, value: '"filled": {"shares":3}' }],
    tags: {
      symbol: "ACME — é",
      quantity: "-3",
      venue: '{"name":"north"}',
      "otel.status_code": "ERROR",
      error: "",
      "otel.scope.name": "desk-tracer",
      "otel.scope.version": "1.2.3",
      "service.name": "desk",
    },
  });
  expect(found.find(({ name }) => name === "post /orders")).toMatchObject({ kind: "SERVER", duration: 1 });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}

/** How often Zipkin is asked, and for how long, in milliseconds: it takes its time to start. */
const ASK_EVERY_MS = 100;
const ASK_FOR_MS = 60_000;

async function until<T>(ask: () => Promise<T | false>): Promise<T> {
  for (const deadline = performance.now() + ASK_FOR_MS; ; ) {
    const answer = await ask().catch(() => false as const);
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`nothing came within ${ASK_FOR_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
