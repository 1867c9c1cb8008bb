import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { SpanKind, SpanStatusCode, ValueType } from "@opentelemetry/api";
import { OTLPLogExporter as JsonLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messagesOf } from "./otlp-messages.ts";
import { type OtlpReceiver, otlpReceiver } from "./otlp-receiver.ts";

const resource = resourceFromAttributes({ "service.name": "orders" });

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await otlpReceiver();
});

afterEach(() => receiver.close());

async function post(path: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Response> {
  return fetch(receiver.url + path, { method: "POST", body: body as Exclude<RequestInit["body"], undefined>, headers });
}

const json = { "content-type": "application/json" };
const protobuf = { "content-type": "application/x-protobuf" };

const oneSpan = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "s",
  kind: 2,
  startTimeUnixNano: "1544712660000000000",
  endTimeUnixNano: "1544712661000000001",
};
const spanRequest = (span: object): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });

describe.each([
  { name: "protobuf", Exporter: OTLPTraceExporter, type: "application/x-protobuf" },
  { name: "JSON", Exporter: JsonTraceExporter, type: "application/json" },
])("spans of the SDK as $name", ({ Exporter, type }) => {
  test("arrive with every field", async () => {
    const exporter = new Exporter({ url: `${receiver.url}/v1/traces` });
    const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const tracer = provider.getTracer("orders-lib", "1.2.3");
    const linked = tracer.startSpan("linked").spanContext();
    const span = tracer.startSpan("place", {
      kind: SpanKind.PRODUCER,
      startTime: [1_700_000_000, 1],
      links: [{ context: linked, attributes: { why: "batch" } }],
    });
    span.setAttributes({ text: "é", whole: 7, real: 0.5, yes: true, list: ["a", "b"], big: 2 ** 53 });
    span.addEvent("sent", { size: 3 }, [1_700_000_000, 512]);
    span.setStatus({ code: SpanStatusCode.ERROR, message: "full" });
    span.end([1_700_000_001, 999]);

    const [received] = await receiver.waitForSpans(1);
    expect(receiver.problems()).toEqual([]);
    expect(received).toMatchObject({
      name: "place",
      kind: "producer",
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: undefined,
      startTimeUnixNano: 1_700_000_000_000_000_001n,
      endTimeUnixNano: 1_700_000_001_000_000_999n,
      attributes: { text: "é", whole: 7, real: 0.5, yes: true, list: ["a", "b"] },
      events: [{ name: "sent", timeUnixNano: 1_700_000_000_000_000_512n, attributes: { size: 3 } }],
      links: [{ traceId: linked.traceId, spanId: linked.spanId, attributes: { why: "batch" } }],
      status: { code: "error", message: "full" },
      resource: { attributes: { "service.name": "orders" } },
      scope: { name: "orders-lib", version: "1.2.3" },
    });
    expect(receiver.requests[0]).toMatchObject({ path: "/v1/traces", contentType: type, status: 200 });
    await provider.shutdown();
  });
});

describe.each([
  { name: "protobuf", Exporter: OTLPMetricExporter },
  { name: "JSON", Exporter: JsonMetricExporter },
])("metrics of the SDK as $name", ({ Exporter }) => {
  test("arrive by type, with their points", async () => {
    const reader = new PeriodicExportingMetricReader({
      exporter: new Exporter({ url: `${receiver.url}/v1/metrics` }),
      exportIntervalMillis: 3_600_000,
    });
    const provider = new MeterProvider({
      resource,
      readers: [reader],
      views: [{ instrumentName: "spread", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    const meter = provider.getMeter("m");
    meter.createCounter("hits", { unit: "{hit}", valueType: ValueType.INT }).add(3, { path: "/" });
    meter.createUpDownCounter("active").add(-2);
    meter.createGauge("level", { unit: "1" }).record(0.25);
    meter.createHistogram("wait", { unit: "s", advice: { explicitBucketBoundaries: [1, 5] } }).record(2);
    const spread = meter.createHistogram("spread");
    for (const value of [0, 1, 2, 4]) spread.record(value);
    await provider.forceFlush();

    const metrics = new Map(receiver.metrics().map((metric) => [metric.name, metric]));
    expect(receiver.problems()).toEqual([]);
    expect(metrics.get("hits")).toMatchObject({
      type: "sum",
      unit: "{hit}",
      temporality: "cumulative",
      monotonic: true,
      points: [{ value: 3, attributes: { path: "/" } }],
    });
    expect(metrics.get("active")).toMatchObject({ type: "sum", monotonic: false, points: [{ value: -2 }] });
    expect(metrics.get("level")).toMatchObject({ type: "gauge", temporality: undefined, points: [{ value: 0.25 }] });
    expect(metrics.get("wait")).toMatchObject({
      type: "histogram",
      points: [{ value: { count: 1, sum: 2, min: 2, max: 2, boundaries: [1, 5], counts: [0, 1, 0] } }],
    });
    expect(metrics.get("spread")).toMatchObject({
      type: "exponential_histogram",
      points: [{ value: { count: 4, sum: 7, zeroCount: 1 } }],
    });
    await provider.shutdown();
  });
});

describe.each([
  { name: "protobuf", Exporter: OTLPLogExporter },
  { name: "JSON", Exporter: JsonLogExporter },
])("log records of the SDK as $name", ({ Exporter }) => {
  test("arrive with body and attributes of every shape", async () => {
    const exporter = new Exporter({ url: `${receiver.url}/v1/logs` });
    const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
    provider.getLogger("app").emit({
      body: { order: { id: 7, tags: ["a", null] } },
      severityNumber: 9,
      severityText: "INFO",
      timestamp: [1_700_000_000, 1],
      attributes: { raw: new Uint8Array([1, 255]) },
    });
    await provider.forceFlush();
    const log = await receiver.waitFor(() => receiver.logs()[0]);
    expect(receiver.problems()).toEqual([]);
    expect(log).toMatchObject({
      body: { order: { id: 7, tags: ["a", null] } },
      severityNumber: 9,
      severityText: "INFO",
      timeUnixNano: 1_700_000_000_000_000_001n,
      attributes: { raw: new Uint8Array([1, 255]) },
      scope: { name: "app" },
    });
    await provider.shutdown();
  });
});

test.each(["gzip", "deflate", "zstd"])(
  "a %s body is understood, and the request keeps the bytes as sent",
  async (encoding) => {
    const compress = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync }[encoding]!;
    const body = compress(Buffer.from(spanRequest(oneSpan)));
    const response = await post("/v1/traces", body, { ...json, "content-encoding": encoding });
    expect(response.status).toBe(200);
    expect(receiver.spans()[0]).toMatchObject({ name: "s", kind: "server", endTimeUnixNano: 1544712661000000001n });
    expect(receiver.requests[0]).toMatchObject({ contentEncoding: encoding, sizeBytes: body.length });
    expect(Buffer.from(receiver.requests[0]!.body).equals(body)).toBe(true);
  },
);

test("the answer has the type of the request", async () => {
  const asJson = await post("/v1/traces", "{}", json);
  expect([asJson.headers.get("content-type"), await asJson.text()]).toEqual(["application/json", "{}"]);
  const asProtobuf = await post("/v1/traces", new Uint8Array(), protobuf);
  expect(asProtobuf.headers.get("content-type")).toBe("application/x-protobuf");
  expect((await asProtobuf.arrayBuffer()).byteLength).toBe(0);
});

test("a partial success is answered when planned, in both forms", async () => {
  receiver.respond({ type: "accept", partialSuccess: { rejected: 2, message: "too old" } });
  const asJson = await post("/v1/logs", "{}", json);
  expect(await asJson.json()).toEqual({ partialSuccess: { rejectedLogRecords: "2", errorMessage: "too old" } });
  const asProtobuf = await post("/v1/logs", new Uint8Array(), protobuf);
  const { response } = messagesOf("logs");
  expect(response.decode(new Uint8Array(await asProtobuf.arrayBuffer())).toJSON()).toEqual({
    partialSuccess: { rejectedLogRecords: "2", errorMessage: "too old" },
  });
});

test("an unknown JSON field is a problem with its path, and the rest is taken", async () => {
  await post("/v1/traces", spanRequest({ ...oneSpan, trace_id: "x", colour: "red" }), json);
  expect(receiver.problems()).toEqual([
    '/v1/traces request 1: resourceSpans[0].scopeSpans[0].spans[0].trace_id: unknown field "trace_id" in Span',
    '/v1/traces request 1: resourceSpans[0].scopeSpans[0].spans[0].colour: unknown field "colour" in Span',
  ]);
  expect(receiver.spans()).toHaveLength(1);
});

test.each([
  { field: "kind", value: "SPAN_KIND_SERVER", problem: /the number of a SpanKind/ },
  { field: "traceId", value: "W47/95gDgQPSabYzgT/GDA==", problem: /an id in hex/ },
  { field: "traceId", value: "5b8e", problem: /has 2 bytes, not 16/ },
  { field: "spanId", value: "0000000000000000", problem: /an id of zeros/ },
  { field: "startTimeUnixNano", value: 1.5, problem: /an integer of 64 bits/ },
  { field: "endTimeUnixNano", value: "1", problem: /ends before it starts/ },
  { field: "attributes", value: {}, problem: /a list is expected/ },
  { field: "attributes", value: [{ key: "a" }, { key: "a" }], problem: /the key "a" twice/ },
  { field: "name", value: "", problem: /has no name/ },
])("in JSON, $field as $value is a problem", async ({ field, value, problem }) => {
  await post("/v1/traces", spanRequest({ ...oneSpan, [field]: value }), json);
  expect(receiver.problems()).toContainEqual(expect.stringMatching(problem));
});

test.each([
  {
    what: "an unknown field number",
    bytes: [0xfa, 0x01, 0x01, 0x00],
    problem: /unknown field number 31 \(wire type 2\)/,
  },
  { what: "a wrong wire type", bytes: [0x08, 0x05], problem: /resourceSpans: wire type 0 where .*ResourceSpans has 2/ },
  { what: "a cut message", bytes: [0x0a, 0x7f, 0x12], problem: /cannot be read: RangeError/ },
])("in protobuf, $what is a problem", async ({ bytes, problem }) => {
  await post("/v1/traces", new Uint8Array(bytes), protobuf);
  expect(receiver.problems()).toEqual([expect.stringMatching(problem)]);
});

test.each([
  { path: "/v2/traces", headers: json, status: 404 },
  { path: "/v1/traces", headers: { "content-type": "text/plain" }, status: 415 },
  { path: "/v1/traces", headers: { ...json, "content-encoding": "br" }, status: 415 },
  { path: "/v1/traces", headers: { ...json, "content-encoding": "gzip" }, status: 400 },
])("a request to $path with $headers is refused with $status", async ({ path, headers, status }) => {
  expect((await post(path, "{}", headers as Record<string, string>)).status).toBe(status);
  expect(receiver.problems()).toHaveLength(1);
});

test("refusals are planned by number of requests, with Retry-After, and their data is not taken", async () => {
  receiver.respond({ type: "refuse", status: 503, retryAfterSeconds: 7 }, { times: 1 });
  receiver.respond({ type: "refuse", status: 429 }, { times: 1 });
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await post("/v1/traces", spanRequest(oneSpan), json));
  expect(answers.map(({ status }) => status)).toEqual([503, 429, 200]);
  expect(answers.map(({ headers }) => headers.get("retry-after"))).toEqual(["7", null, null]);
  expect(receiver.spans()).toHaveLength(1);
  expect(receiver.requests.map(({ status }) => status)).toEqual([503, 429, 200]);
});

test("a dropped connection has its data taken and no answer", async () => {
  receiver.respond({ type: "drop" }, { times: 1 });
  await expect(post("/v1/traces", spanRequest(oneSpan), json)).rejects.toThrow();
  expect(receiver.spans()).toHaveLength(1);
  expect((await post("/v1/traces", "{}", json)).status).toBe(200);
});

test("a hanging receiver reads the request, never answers, and can still be closed", async () => {
  receiver.respond({ type: "hang" });
  const answer = post("/v1/traces", spanRequest(oneSpan), json);
  const rejected = expect(answer).rejects.toThrow();
  await receiver.waitFor(() => receiver.requests.length === 1);
  expect(receiver.spans()).toEqual([]);
  await receiver.close();
  await rejected;
});

test("an answer that is not known is refused when it is planned", () => {
  expect(() => receiver.respond({ type: "explode" } as never)).toThrow(
    'respond() got the type "explode"; give one of accept, refuse, hang, drop',
  );
});

test("a slow receiver has the data at once and answers later", async () => {
  receiver.respond({ type: "accept", delayMs: 300 });
  const start = performance.now();
  let answered = false;
  const answer = post("/v1/traces", spanRequest(oneSpan), json).then(() => {
    answered = true;
  });
  await receiver.waitForSpans(1);
  expect(answered).toBe(false);
  await answer;
  expect(performance.now() - start).toBeGreaterThanOrEqual(290);
});

test("waiting in vain says what came instead", async () => {
  await post("/v1/traces", spanRequest({ ...oneSpan, colour: "red" }), json);
  const waiting = receiver.waitForSpans(2, { timeoutMs: 50 });
  await expect(waiting).rejects.toThrow(/within 50 ms; there came 1 requests, 1 spans \(s\), .*unknown field "colour"/);
  await expect(waiting).rejects.toMatchObject({ code: "TELLTALE_WAIT_TIMEOUT" });
});

test("closing twice is harmless, and what came stays readable", async () => {
  await post("/v1/traces", spanRequest(oneSpan), json);
  await receiver.close();
  await receiver.close();
  expect(receiver.spans()).toHaveLength(1);
});
