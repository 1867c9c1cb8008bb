import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { DiagLogLevel, diag, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSpanExporter, type OtlpExporterConfiguration, type SpanExporterConfiguration } from "./index.ts";
import { requireOptional } from "./optional-package.ts";

let warnings: string[] = [];

beforeEach(() => {
  warnings = [];
  const ignore = (): void => {};
  const logger = {
    warn: (message: string) => warnings.push(message),
    error: ignore,
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
  diag.setLogger(logger, DiagLogLevel.WARN);
});
afterEach(() => {
  diag.disable();
  vi.unstubAllEnvs();
});

const memory = new InMemorySpanExporter();
const tracer = new TracerProvider({
  resource: resourceFromAttributes({ "service.name": "desk" }),
  spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
}).getTracer("desk-tracer");

function twoSpans() {
  memory.reset();
  const parent = tracer.startSpan("POST /orders", { kind: SpanKind.SERVER }, ROOT_CONTEXT);
  const attributes = { quantity: 3, venue: { name: "north" } };
  tracer.startSpan("place", { attributes }, trace.setSpan(ROOT_CONTEXT, parent)).end();
  parent.end();
  return memory.getFinishedSpans();
}

function sendBy(exporter: ReturnType<typeof createSpanExporter>): Promise<ExportResult> {
  return new Promise((resolve) => exporter.export(twoSpans(), resolve));
}

const otlp = (endpoint: string, options: Partial<OtlpExporterConfiguration> = {}): SpanExporterConfiguration => ({
  type: "otlp",
  protocol: "http/protobuf",
  endpoint,
  headers: {},
  timeoutMs: 30_000,
  compression: "none",
  certificate: undefined,
  clientKey: undefined,
  clientCertificate: undefined,
  insecure: false,
  ...options,
});

test.each([
  ["http/protobuf", "application/x-protobuf", "none", "identity"],
  ["http/protobuf", "application/x-protobuf", "gzip", "gzip"],
  ["http/protobuf", "application/x-protobuf", "zstd", "zstd"],
  ["http/json", "application/json", "none", "identity"],
  ["http/json", "application/json", "gzip", "gzip"],
] as const)("OTLP by %s arrives as %s, compression %s", async (protocol, contentType, compression, contentEncoding) => {
  await using receiver = await otlpReceiver();
  const headers = { "X-Tenant": "north" };
  const exporter = createSpanExporter(otlp(`${receiver.url}/v1/traces`, { protocol, compression, headers }));
  const spans = Array.from({ length: 100 }, twoSpans).flat();
  const result = await new Promise<ExportResult>((resolve) => exporter.export(spans, resolve));
  expect(result).toMatchObject({ code: 0 });
  expect(receiver.problems()).toEqual([]);
  expect(receiver.spans()).toHaveLength(200);
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]).toMatchObject({ path: "/v1/traces", contentType, contentEncoding });
  expect(receiver.requests[0]!.headers["x-tenant"]).toBe("north");
  const [place, post] = receiver.spans();
  expect(place).toMatchObject({ name: "place", parentSpanId: post!.spanId, traceId: post!.traceId, kind: "internal" });
  expect(place!.attributes).toEqual({ quantity: 3, venue: { name: "north" } });
  expect(place!.resource.attributes).toEqual({ "service.name": "desk" });
  expect(post).toMatchObject({ name: "POST /orders", kind: "server", parentSpanId: undefined });
  await exporter.shutdown();
});

test("OTLP by gRPC carries the same message, with headers as metadata", async () => {
  const calls: { readonly path: string; readonly tenant: unknown; readonly message: Buffer }[] = [];
  const server = new Server();
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  const bytes = { requestDeserialize: (it: Buffer) => it, responseSerialize: (it: Buffer) => it };
  const definition = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes.responseSerialize,
    responseDeserialize: bytes.requestDeserialize,
    ...bytes,
  };
  server.addService(
    { export: definition },
    {
      export: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
        calls.push({ path: call.getPath(), tenant: call.metadata.get("x-tenant"), message: call.request });
        answer(null, Buffer.alloc(0));
      },
    },
  );
  const bind = promisify(server.bindAsync.bind(server)) as (address: string, credentials: unknown) => Promise<number>;
  const port = await bind("127.0.0.1:0", ServerCredentials.createInsecure());
  const options = { protocol: "grpc", headers: { "x-tenant": "north" } } as const;
  const exporter = createSpanExporter(otlp(`http://127.0.0.1:${port}`, options));
  expect(await sendBy(exporter)).toMatchObject({ code: 0 });
  expect(calls).toMatchObject([{ path, tenant: ["north"] }]);
  // The same bytes by HTTP: the receiver decodes them.
  await using receiver = await otlpReceiver();
  const headers = { "content-type": "application/x-protobuf" };
  await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: new Uint8Array(calls[0]!.message) });
  expect(receiver.problems()).toEqual([]);
  expect(receiver.spans().map((span) => span.name)).toEqual(["place", "POST /orders"]);
  await exporter.shutdown();
  server.forceShutdown();
});

test("Jaeger is sent OTLP unless a thrift protocol is asked for", async () => {
  await using receiver = await otlpReceiver();
  const endpoint = `${receiver.url}/v1/traces`;
  const exporter = createSpanExporter({ type: "jaeger", protocol: "otlp", endpoint, headers: {}, timeoutMs: 30_000 });
  await sendBy(exporter);
  expect(receiver.requests[0]!.contentType).toBe("application/x-protobuf");
  expect(receiver.spans()).toHaveLength(2);
});

test("headers and endpoints meant for another exporter are not taken from the environment", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret");
  vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1/v1/traces");
  vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
  await using receiver = await otlpReceiver();
  await sendBy(createSpanExporter(otlp(`${receiver.url}/v1/traces`)));
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]!.headers["authorization"]).toBeUndefined();
  expect(receiver.requests[0]!.contentEncoding).toBe("identity");
});

test("an outage is told once, with the URL but not its secrets, and once more when it is over", async () => {
  let status = 400;
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const exporter = createSpanExporter(otlp(`http://desk:pass@127.0.0.1:${port}/v1/traces?key=token`));
  for (let i = 0; i < 3; i++) expect((await sendBy(exporter)).code).toBe(1);
  expect(warnings).toEqual([
    expect.stringMatching(
      `^telltale: spans do not reach http://127.0.0.1:${port}/v1/traces \\(HTTP 400 Bad Request\\)`,
    ),
  ]);
  status = 200;
  for (let i = 0; i < 2; i++) expect((await sendBy(exporter)).code).toBe(0);
  expect(warnings.slice(1)).toEqual([
    `telltale: http://127.0.0.1:${port}/v1/traces is reached again; 6 spans were lost meanwhile`,
  ]);
  status = 400;
  await sendBy(exporter);
  expect(warnings).toHaveLength(3);
  server.closeAllConnections();
  server.close();
});

const nowhere = "http://127.0.0.1:9/api";
// Shorter than the first pause between two attempts, and long enough to be refused on a busy machine.
test.each([
  ["otlp", otlp(nowhere, { timeoutMs: 750 })],
  ["zipkin", { type: "zipkin", endpoint: nowhere, headers: {}, timeoutMs: 750 }],
  ["jaeger", { type: "jaeger", protocol: "thrift-http", endpoint: nowhere, headers: {}, timeoutMs: 750 }],
] satisfies [string, SpanExporterConfiguration][])(
  "nobody listening: %s says so to the callback and once as a warning",
  async (_type, configuration) => {
    const exporter = createSpanExporter(configuration);
    for (let i = 0; i < 2; i++) {
      const result = await sendBy(exporter);
      expect(result.code).toBe(1);
      expect(result.error?.message).toMatch(/ECONNREFUSED/);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/spans do not reach http:\/\/127\.0\.0\.1:9\/api \(.*ECONNREFUSED/),
    ]);
  },
);

test("a Zipkin that never answers is a failed export, not a silent one", async () => {
  const server = createServer(() => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
  const exporter = createSpanExporter({ type: "zipkin", endpoint, headers: {}, timeoutMs: 100 });
  expect((await sendBy(exporter)).error).toMatchObject({ code: "TELLTALE_EXPORT_TIMEOUT" });
  server.closeAllConnections();
  server.close();
});

test("an optional package that is not installed is named with the command that installs it", () => {
  expect(() => requireOptional("@telltale/not-there", "Jaeger's protocol thrift-legacy")).toThrow(
    "Jaeger's protocol thrift-legacy needs the package @telltale/not-there, which is not installed: npm install @telltale/not-there",
  );
});

test("after shutdown an export fails and says why", async () => {
  await using receiver = await otlpReceiver();
  const exporter = createSpanExporter(otlp(`${receiver.url}/v1/traces`));
  await exporter.shutdown();
  expect((await sendBy(exporter)).error?.message).toMatch(/has been shut down/);
  expect(receiver.requests).toEqual([]);
});

test("importing the package loads the API and nothing else of OpenTelemetry; each exporter loads only its own", () => {
  const loaded = (then: string): string[] => {
    const script = `
      import { registerHooks } from "node:module";
      const packages = new Set();
      registerHooks({
        load(url, context, next) {
          const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
          if (name) packages.add(name);
          return next(url, context);
        },
      });
      const { createSpanExporter } = await import("@telltale/tracing");
      ${then}
      console.log(JSON.stringify([...packages].sort()));`;
    const cwd = new URL("..", import.meta.url);
    const child = spawnSync(process.execPath, ["--conditions=telltale-source", "--input-type=module", "-e", script], {
      cwd,
    });
    expect(String(child.stderr)).toBe("");
    return JSON.parse(String(child.stdout)) as string[];
  };
  const create = (configuration: SpanExporterConfiguration): string =>
    `createSpanExporter(${JSON.stringify(configuration)});`;

  expect(loaded("")).toEqual(["@opentelemetry/api"]);
  expect(loaded(create(otlp(nowhere)))).toEqual(["@opentelemetry/api"]);
  expect(loaded(create({ type: "zipkin", endpoint: nowhere, headers: {}, timeoutMs: 1 }))).toEqual([
    "@opentelemetry/api",
  ]);
  const jaeger = { type: "jaeger", protocol: "thrift-http", endpoint: nowhere, headers: {}, timeoutMs: 1 } as const;
  expect(loaded(create(jaeger))).toEqual(["@opentelemetry/api"]);
  expect(loaded(create(otlp("http://127.0.0.1:4317", { protocol: "grpc" })))).toContain(
    "@opentelemetry/otlp-grpc-exporter-base",
  );
});
