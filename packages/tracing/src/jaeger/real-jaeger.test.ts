/**
 * The real Jaeger (1.x, all-in-one, with its agent) takes what the exporters send and tells it back. Skipped where
 * `jaeger-all-in-one` is not on the PATH; CONTRIBUTING.md says how to get it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSpanExporter, type SpanExporterConfiguration } from "../span-exporter.ts";

const installed = spawnSync("jaeger-all-in-one", ["version"]).error === undefined;

interface Ports {
  readonly query: number;
  readonly collector: number;
  readonly otlp: number;
  readonly binary: number;
  readonly compact: number;
  readonly zipkin: number;
}

let jaeger: ChildProcess;
let ports: Ports;

beforeAll(async () => {
  if (!installed) return;
  const [query, collector, otlp, binary, compact, zipkin, ...others] = await freePorts(14);
  ports = { query, collector, otlp, binary, compact, zipkin } as Ports;
  const at = (port: number | undefined): string => `127.0.0.1:${port}`;
  jaeger = spawn(
    "jaeger-all-in-one",
    Object.entries({
      "query.http-server.host-port": at(query),
      "query.grpc-server.host-port": at(others[0]),
      "collector.http-server.host-port": at(collector),
      "collector.grpc-server.host-port": at(others[1]),
      "collector.otlp.http.host-port": at(otlp),
      "collector.otlp.grpc.host-port": at(others[2]),
      "collector.zipkin.host-port": at(zipkin),
      "processor.jaeger-binary.server-host-port": at(binary),
      "processor.jaeger-compact.server-host-port": at(compact),
      "processor.zipkin-compact.server-host-port": at(others[3]),
      "http-server.host-port": at(others[4]),
      "admin.http.host-port": at(others[5]),
      "reporter.grpc.host-port": at(others[1]),
    }).map(([name, value]) => `--${name}=${value}`),
    { stdio: "ignore" },
  );
  await until(async () => (await fetch(`http://${at(query)}/api/services`)).ok);
});

afterAll(async () => {
  if (jaeger === undefined) return;
  jaeger.kill("SIGKILL");
  await once(jaeger, "exit");
});

const exporters: [string, () => SpanExporterConfiguration][] = [
  ["thrift-http", () => jaegerTo("thrift-http", `http://127.0.0.1:${ports.collector}/api/traces`)],
  ["thrift-udp", () => jaegerTo("thrift-udp", `127.0.0.1:${ports.binary}`)],
  ["thrift-udp-compact", () => jaegerTo("thrift-udp-compact", `127.0.0.1:${ports.compact}`)],
  ["otlp", () => jaegerTo("otlp", `http://127.0.0.1:${ports.otlp}/v1/traces`)],
  [
    "zipkin",
    () => ({
      type: "zipkin",
      endpoint: `http://127.0.0.1:${ports.zipkin}/api/v2/spans`,
      headers: {},
      timeoutMs: 5_000,
    }),
  ],
];

describe.skipIf(!installed).each(exporters)("%s", (name, configuration) => {
  test("arrives with ids, parents, times, tags, logs and references", async () => {
    const exporter = createSpanExporter(configuration());
    const [child, parent] = orderSpans(`desk-${name}`);
    const result = await new Promise<ExportResult>((resolve) => exporter.export([child!, parent!], resolve));
    expect(result).toMatchObject({ code: 0 });
    await exporter.shutdown();
    const { traceId, spanId } = child!.spanContext();
    const found = await until(async () => {
      const response = await fetch(`http://127.0.0.1:${ports.query}/api/traces/${traceId}`);
      const { data } = (await response.json()) as { data: readonly JaegerTrace[] | null };
      return data?.[0]?.spans.length === 2 ? data[0] : undefined;
    });
    const place = found.spans.find((span) => span.spanID === spanId)!;
    expect(place).toMatchObject({ traceID: traceId, operationName: "place", startTime: START_US, duration: 3_500 });
    expect(place.references).toContainEqual({
      refType: "CHILD_OF",
      traceID: traceId,
      spanID: parent!.spanContext().spanId,
    });
    if (name !== "zipkin") {
      expect(place.references).toContainEqual(
        expect.objectContaining({ refType: "FOLLOWS_FROM", traceID: "c".repeat(32), spanID: "d".repeat(16) }),
      );
    }
    const tags = Object.fromEntries(place.tags.map(({ key, value }) => [key, value]));
    expect(tags).toMatchObject(
      name === "zipkin"
        ? { symbol: "ACME — é", quantity: "-3", price: "10.5", venue: '{"name":"north"}' }
        : { symbol: "ACME — é", quantity: -3, price: 10.5, urgent: true, venue: '{"name":"north"}', error: true },
    );
    expect(place.logs).toHaveLength(1);
    expect(place.logs[0]!.timestamp).toBe(START_US + 2_000);
    expect(found.processes[place.processID]).toMatchObject({ serviceName: `desk-${name}` });
  });
});

interface JaegerTrace {
  readonly spans: readonly {
    readonly traceID: string;
    readonly spanID: string;
    readonly references: readonly object[];
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
    readonly logs: readonly { readonly timestamp: number }[];
    readonly processID: string;
  }[];
  readonly processes: Readonly<Record<string, object>>;
}

const START_US = 1_700_000_000_124_457;

function orderSpans(service: string): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  });
  const tracer = provider.getTracer("desk-tracer", "1.2.3");
  const startTime = [1_700_000_000, 124_457_000] as [number, number];
  const parent = tracer.startSpan("POST /orders", { kind: SpanKind.SERVER, startTime }, ROOT_CONTEXT);
  const attributes = { symbol: "ACME — é", quantity: -3, price: 10.5, urgent: true, venue: { name: "north" } };
  const links = [{ context: { traceId: "c".repeat(32), spanId: "d".repeat(16), traceFlags: 1 } }];
  const child = tracer.startSpan("place", { startTime, attributes, links }, trace.setSpan(ROOT_CONTEXT, parent));
  child.addEvent("filled", { shares: 3 }, [1_700_000_000, 126_457_000]);
  child.setStatus({ code: SpanStatusCode.ERROR, message: "partly filled" });
  child.end([1_700_000_000, 127_957_000]);
  parent.end([1_700_000_000, 130_000_000]);
  return memory.getFinishedSpans();
}

function jaegerTo(
  protocol: "otlp" | "thrift-http" | "thrift-udp" | "thrift-udp-compact",
  endpoint: string,
): SpanExporterConfiguration {
  return { type: "jaeger", protocol, endpoint, headers: {}, timeoutMs: 5_000 };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const found = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return found;
}

/** How often Jaeger is asked, and for how long, in milliseconds. */
const ASK_EVERY_MS = 50;
const ASK_FOR_MS = 20_000;

async function until<T>(ask: () => Promise<T | false | undefined>): Promise<T> {
  for (const deadline = performance.now() + ASK_FOR_MS; ; ) {
    const answer = await ask().catch(() => undefined);
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`nothing came within ${ASK_FOR_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
