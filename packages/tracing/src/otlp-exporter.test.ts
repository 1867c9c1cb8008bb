import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setImmediate } from "node:timers/promises";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import { afterEach, expect, test, vi } from "vitest";
import type { OtlpExporterConfiguration } from "./otlp/configuration.ts";
import { writeRequest } from "./otlp/export-request.ts";
import { ProtobufWriter } from "./otlp/protobuf-writer.ts";
import { writeSpan } from "./otlp/span.ts";
import { createOtlpExporter } from "./otlp-exporter.ts";

afterEach(() => diag.disable());

test.each(["none", "gzip"] as const)("metrics that are encoded already go out as they are: %s", async (compression) => {
  await using receiver = await otlpReceiver();
  const exporter = createOtlpExporter<Uint8Array>("metrics", to(receiver, { path: "/v1/metrics", compression }));
  const result = await new Promise((resolve) => exporter.export(request(), resolve));
  await exporter.shutdown();
  expect(result).toEqual({ code: 0 });
  expect(receiver.metrics()).toMatchObject([{ name: "orders", type: "gauge", points: [{ value: 7 }] }]);
});

function request(): Uint8Array {
  const descriptor = { name: "orders", description: "", unit: "", valueType: 1, advice: {} };
  const dataPoints = [{ attributes: {}, startTime: [1, 0], endTime: [2, 0], value: 7 }];
  return ProtobufMetricsSerializer.serializeRequest({
    resource: { attributes: {} } as never,
    scopeMetrics: [
      {
        scope: { name: "s" },
        metrics: [{ descriptor, aggregationTemporality: 1, dataPointType: 2, dataPoints } as never],
      },
    ],
  }) as Uint8Array;
}

test("spans that are encoded already go out as they are", async () => {
  await using receiver = await otlpReceiver();
  const exporter = createOtlpExporter<Uint8Array>("traces", to(receiver));
  const writer = new ProtobufWriter(1_024);
  for (const _ of writeRequest(writer, endedSpans(3), writeSpan));
  expect(await exportBy(exporter, writer.written())).toEqual({ code: 0 });
  expect(receiver.spans()).toHaveLength(3);
  await exporter.shutdown();
});

test("exports that are under way together each send their own spans", async () => {
  await using receiver = await otlpReceiver();
  const exporter = createOtlpExporter<ReadableSpan[]>("traces", to(receiver));
  receiver.respond({ type: "accept", delayMs: 20 });
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => exportBy(exporter, endedSpans(i + 1))));
  expect(results.every(({ code }) => code === 0)).toBe(true);
  expect(receiver.problems()).toEqual([]);
  expect(receiver.spans()).toHaveLength(210);
  await exporter.shutdown();
});

test("exports whose beginning takes long begin in turns of their own", async () => {
  await using receiver = await otlpReceiver();
  const exporter = createOtlpExporter<Uint8Array>("metrics", to(receiver, { path: "/v1/metrics" }));
  let nowMs = 0;
  let begun = 0;
  // As the first request of a process, which has to be loaded and compiled.
  const begins = (): void => {
    begun++;
    nowMs += 4;
  };
  const clock = vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  subscribe("http.client.request.created", begins);
  try {
    const exported = Promise.all(Array.from({ length: 8 }, () => exportBy(exporter, request())));
    let most = begun;
    while (begun < 8) {
      const before = begun;
      await setImmediate();
      most = Math.max(most, begun - before);
    }
    expect(most).toBe(1);
    expect((await exported).every(({ code }) => code === 0)).toBe(true);
  } finally {
    unsubscribe("http.client.request.created", begins);
    clock.mockRestore();
    await exporter.shutdown();
  }
});

test.each(["http/protobuf", "http/json"] as const)(
  "what a receiver takes only in part is said, with how much it refused, over %s",
  async (protocol) => {
    const warnings: string[] = [];
    const ignore = (): void => {};
    const logger = { warn: (message: string) => warnings.push(message), error: ignore, info: ignore, debug: ignore };
    diag.setLogger({ ...logger, verbose: ignore }, DiagLogLevel.WARN);
    await using receiver = await otlpReceiver();
    receiver.respond({ type: "accept", partialSuccess: { rejected: 3, message: "too old" } });
    const exporter = createOtlpExporter<ReadableSpan[]>("traces", to(receiver, { protocol }));
    for (let i = 0; i < 3; i++) expect(await exportBy(exporter, endedSpans(5))).toEqual({ code: 0, refused: 3 });
    expect(warnings).toEqual([
      `telltale: 127.0.0.1:${receiver.port}/v1/traces took an export and says: 3 items of traces were refused (too old)`,
    ]);
    await exporter.shutdown();
  },
);

function to(
  receiver: OtlpReceiver,
  { path = "/v1/traces", ...others }: Partial<OtlpExporterConfiguration> & { readonly path?: string } = {},
): OtlpExporterConfiguration {
  return {
    protocol: "http/protobuf",
    endpoint: receiver.url + path,
    headers: {},
    timeoutMs: 5_000,
    compression: "none",
    certificate: undefined,
    clientKey: undefined,
    clientCertificate: undefined,
    insecure: false,
    ...others,
  };
}

function exportBy<T>(
  exporter: { export(items: T, done: (result: ExportResult) => void): void },
  items: T,
): Promise<ExportResult> {
  return new Promise((resolve) => exporter.export(items, resolve));
}

const memory = new InMemorySpanExporter();
const tracer = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
}).getTracer("desk");

function endedSpans(count: number): ReadableSpan[] {
  memory.reset();
  for (let i = 0; i < count; i++) tracer.startSpan("place").end();
  return memory.getFinishedSpans();
}
