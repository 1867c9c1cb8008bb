import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfiguration } from "../config.ts";
import type { Configuration } from "../configuration.ts";
import { variablesIn } from "./opentelemetry-variables.ts";
import { schema } from "./schema.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "telltale-opentelemetry-"));
  for (const name of ["ca", "key", "cert"]) writeFileSync(join(cwd, `${name}.pem`), `-----BEGIN ${name}-----\n`);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const read = (env: NodeJS.ProcessEnv): Configuration => readConfiguration({ env, cwd });

/** A variable (with those it needs beside it), what is looked at, and what it has to be. */
type Meaning = readonly [env: NodeJS.ProcessEnv, look: (configuration: Configuration) => unknown, value: unknown];

const spans = (c: Configuration) => c.tracing.exporters[0];
const points = (c: Configuration) => c.metrics.exporters[0];
const records = (c: Configuration) => c.logging.sinks[1];

/** The same field of the OTLP exporters of traces, metrics and logs. */
const field = (name: string) => (c: Configuration) =>
  [spans(c), points(c), records(c)].map((exporter) => (exporter as unknown as Record<string, unknown>)[name]);

const signals = ["TRACES", "METRICS", "LOGS"];

/** A general OTLP variable means the field of all three; a signal's own is stronger, for that one. */
function otlp(
  suffix: string,
  name: string,
  [general, all]: [string, unknown],
  [own, one]: [string, unknown],
): Meaning[] {
  const generally: Meaning = [{ [`OTEL_EXPORTER_OTLP_${suffix}`]: general }, field(name), [all, all, all]];
  const each = signals.map((signal, index): Meaning => {
    const env = { [`OTEL_EXPORTER_OTLP_${signal}_${suffix}`]: own, [`OTEL_EXPORTER_OTLP_${suffix}`]: general };
    return [env, field(name), [all, all, all].with(index, one)];
  });
  return [generally, ...each];
}

const mutual = (look: string): Meaning[] =>
  ["", ...signals.map((signal) => `${signal}_`)].map((signal, index): Meaning => {
    const env = {
      [`OTEL_EXPORTER_OTLP_${signal}CLIENT_KEY`]: "key.pem",
      [`OTEL_EXPORTER_OTLP_${signal}CLIENT_CERTIFICATE`]: join(cwd ?? "", "cert.pem"),
    };
    const text = `-----BEGIN ${look === "clientKey" ? "key" : "cert"}-----\n`;
    const none = [undefined, undefined, undefined];
    return [env, field(look), index === 0 ? [text, text, text] : none.with(index - 1, text as never)];
  });

const limits = (c: Configuration) => c.tracing.limits;
const always = "parentbased_always_on";

const meanings = (): Meaning[] => [
  [{ OTEL_SDK_DISABLED: "True" }, (c) => c.enabled, false],
  [{ OTEL_SDK_DISABLED: "false" }, (c) => c.enabled, true],
  [{ OTEL_LOG_LEVEL: "DEBUG" }, (c) => c.diagnosticsLevel, "debug"],
  [{ OTEL_SERVICE_NAME: "shop" }, (c) => c.service.name, "shop"],
  [{ OTEL_SERVICE_NAME: "shop", OTEL_RESOURCE_ATTRIBUTES: "service.name=other" }, (c) => c.service.name, "shop"],
  [
    { OTEL_RESOURCE_ATTRIBUTES: "service.name=a,service.version=1,service.namespace=b,deployment.environment.name=c" },
    (c) => c.service,
    { name: "a", version: "1", namespace: "b", environment: "c" },
  ],
  [
    { OTEL_RESOURCE_ATTRIBUTES: "team=pay%20ments, motto=a%2Cb%3Dc,empty=,service.name=a" },
    (c) => c.resource.attributes,
    { team: "pay ments", motto: "a,b=c", empty: "" },
  ],
  [{ OTEL_PROPAGATORS: "b3, tracecontext,b3" }, (c) => c.propagators, ["b3", "tracecontext"]],
  [{ OTEL_PROPAGATORS: "none" }, (c) => c.propagators, []],
  [{ OTEL_TRACES_SAMPLER: "always_on" }, (c) => [c.tracing.sampling.type, c.tracing.parentBased], ["always_on", false]],
  [
    { OTEL_TRACES_SAMPLER: "always_off" },
    (c) => [c.tracing.sampling.type, c.tracing.parentBased],
    ["always_off", false],
  ],
  [{ OTEL_TRACES_SAMPLER: always }, (c) => [c.tracing.sampling.type, c.tracing.parentBased], ["always_on", true]],
  [
    {
      OTEL_TRACES_SAMPLER: "parentbased_jaeger_remote",
      OTEL_TRACES_SAMPLER_ARG: "endpoint=http://jaeger:5778/sampling,pollingIntervalMs=5000,initialSamplingRate=0.25",
    },
    (c) => c.tracing.sampling,
    {
      type: "jaeger_remote",
      endpoint: "http://jaeger:5778/sampling",
      pollingIntervalMs: 5_000,
      initialRatio: 0.25,
    },
  ],
  [{ OTEL_TRACES_SAMPLER: "parentbased_always_off" }, (c) => c.tracing.sampling, { type: "always_off" }],
  [{ OTEL_TRACES_SAMPLER: "traceidratio" }, (c) => c.tracing.sampling, { type: "ratio", ratio: 1 }],
  [
    { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25" },
    (c) => [c.tracing.sampling, c.tracing.parentBased],
    [{ type: "ratio", ratio: 0.25 }, true],
  ],
  [{ OTEL_TRACES_SAMPLER_ARG: "endpoint=http://x" }, (c) => c.tracing.sampling, { type: "always_on" }],
  [{ OTEL_BSP_SCHEDULE_DELAY: "100" }, (c) => c.tracing.batch.scheduledDelayMs, 100],
  [{ OTEL_BSP_EXPORT_TIMEOUT: "200" }, (c) => c.tracing.batch.exportTimeoutMs, 200],
  [{ OTEL_BSP_EXPORT_TIMEOUT: "0" }, (c) => c.tracing.batch.exportTimeoutMs, 2_147_483_647],
  [
    { OTEL_BSP_MAX_QUEUE_SIZE: "100" },
    (c) => c.tracing.batch,
    { ...spanBatch, maxQueueSize: 100, maxExportBatchSize: 100 },
  ],
  [{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "64" }, (c) => c.tracing.batch.maxExportBatchSize, 64],
  [{ OTEL_BLRP_SCHEDULE_DELAY: "100" }, (c) => c.logging.batch.scheduledDelayMs, 100],
  [{ OTEL_BLRP_EXPORT_TIMEOUT: "200" }, (c) => c.logging.batch.exportTimeoutMs, 200],
  [{ OTEL_BLRP_MAX_QUEUE_SIZE: "4096" }, (c) => c.logging.batch.maxQueueSize, 4096],
  [{ OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: "64" }, (c) => c.logging.batch.maxExportBatchSize, 64],
  [
    { OTEL_METRIC_EXPORT_INTERVAL: "5000" },
    (c) => [c.metrics.exportIntervalMs, c.metrics.exportTimeoutMs],
    [5000, 5000],
  ],
  [{ OTEL_METRIC_EXPORT_TIMEOUT: "7000" }, (c) => c.metrics.exportTimeoutMs, 7000],
  [{ OTEL_METRICS_EXEMPLAR_FILTER: "always_off" }, (c) => c.metrics.exemplarFilter, "always_off"],
  [
    { OTEL_ATTRIBUTE_COUNT_LIMIT: "10" },
    (c) => [limits(c).attributeCountLimit, limits(c).attributePerEventCountLimit, limits(c).attributePerLinkCountLimit],
    [10, 10, 10],
  ],
  [{ OTEL_ATTRIBUTE_COUNT_LIMIT: "10" }, (c) => c.logging.attributeCountLimit, 10],
  [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "0" }, (c) => limits(c).attributeValueLengthLimit, 0],
  [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "9" }, (c) => c.logging.attributeValueLengthLimit, 9],
  [{ OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: "5", OTEL_ATTRIBUTE_COUNT_LIMIT: "9" }, (c) => limits(c).attributeCountLimit, 5],
  [{ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: "5" }, (c) => limits(c).attributeValueLengthLimit, 5],
  [{ OTEL_SPAN_EVENT_COUNT_LIMIT: "5" }, (c) => limits(c).eventCountLimit, 5],
  [{ OTEL_SPAN_LINK_COUNT_LIMIT: "5" }, (c) => limits(c).linkCountLimit, 5],
  [{ OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: "5" }, (c) => limits(c).attributePerEventCountLimit, 5],
  [{ OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: "5" }, (c) => limits(c).attributePerEventCountLimit, 5],
  [{ OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: "5" }, (c) => limits(c).attributePerLinkCountLimit, 5],
  [{ OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: "5" }, (c) => limits(c).attributePerLinkCountLimit, 5],
  [{ OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: "5" }, (c) => c.logging.attributeCountLimit, 5],
  [{ OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: "5" }, (c) => c.logging.attributeValueLengthLimit, 5],
  [{ OTEL_TRACES_EXPORTER: "none" }, (c) => [c.tracing.enabled, c.tracing.exporters], [true, []]],
  [{ OTEL_TRACES_EXPORTER: "otlp, console" }, (c) => c.tracing.exporters.map(({ type }) => type), ["otlp", "console"]],
  [{ OTEL_TRACES_EXPORTER: "jaeger" }, spans, jaeger("otlp", "http://localhost:4318/v1/traces")],
  [{ OTEL_TRACES_EXPORTER: "zipkin" }, spans, zipkin("http://localhost:9411/api/v2/spans")],
  [
    { OTEL_TRACES_EXPORTER: "jaeger", OTEL_EXPORTER_JAEGER_ENDPOINT: "http://j:14268/api/traces" },
    spans,
    jaeger("thrift-http", "http://j:14268/api/traces"),
  ],
  [
    { OTEL_TRACES_EXPORTER: "jaeger", OTEL_EXPORTER_JAEGER_TIMEOUT: "0" },
    spans,
    { ...jaeger("otlp", "http://localhost:4318/v1/traces"), timeoutMs: 2_147_483_647 },
  ],
  [
    {
      OTEL_TRACES_EXPORTER: "zipkin",
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: "http://z:9411",
      OTEL_EXPORTER_ZIPKIN_TIMEOUT: "9",
    },
    spans,
    { ...zipkin("http://z:9411/api/v2/spans"), timeoutMs: 9 },
  ],
  [{ OTEL_METRICS_EXPORTER: "none" }, (c) => [c.metrics.exporters, c.metrics.prometheus], [[], undefined]],
  [{ OTEL_METRICS_EXPORTER: "prometheus" }, (c) => [c.metrics.exporters, c.metrics.prometheus?.port], [[], 9464]],
  [{ OTEL_METRICS_EXPORTER: "otlp,console" }, (c) => c.metrics.exporters.map(({ type }) => type), ["otlp", "console"]],
  [
    {
      OTEL_METRICS_EXPORTER: "prometheus,console",
      OTEL_EXPORTER_PROMETHEUS_HOST: "0.0.0.0",
      OTEL_EXPORTER_PROMETHEUS_PORT: "0",
    },
    (c) => [c.metrics.exporters, c.metrics.prometheus],
    [
      [{ type: "console" }],
      {
        host: "0.0.0.0",
        port: 0,
        path: "/metrics",
        resourceLabels: [],
        scopeLabels: false,
        created: false,
        utf8Names: false,
        serve: "main",
      },
    ],
  ],
  [{ OTEL_LOGS_EXPORTER: "none" }, (c) => c.logging.sinks.map(({ type }) => type), ["console"]],
  [{ OTEL_LOGS_EXPORTER: "console" }, (c) => c.logging.sinks.map(({ type }) => type), ["console"]],
  [{ OTEL_LOGS_EXPORTER: "otlp" }, (c) => c.logging.sinks.map(({ type }) => type), ["console", "otlp"]],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318/base/" },
    field("endpoint"),
    ["traces", "metrics", "logs"].map((signal) => `http://c:4318/base/v1/${signal}`),
  ],
  [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://c",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://t:1/x",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://m:2/",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://l:3/v1/logs/",
    },
    field("endpoint"),
    ["http://t:1/x", "http://m:2/", "http://l:3/v1/logs/"],
  ],
  ...otlp("PROTOCOL", "protocol", ["http/json", "http/json"], ["grpc", "grpc"]),
  ...otlp("HEADERS", "headers", ["a=1,b=%2C", { a: "1", b: "," }], ["b=2", { a: "1", b: "2" }]),
  ...otlp("TIMEOUT", "timeoutMs", ["5000", 5000], ["0", 2_147_483_647]),
  ...otlp("COMPRESSION", "compression", ["gzip", "gzip"], ["none", "none"]),
  ...otlp("CERTIFICATE", "certificate", ["ca.pem", "-----BEGIN ca-----\n"], ["cert.pem", "-----BEGIN cert-----\n"]),
  ...otlp("INSECURE", "insecure", ["true", true], ["FALSE", false]),
  ...mutual("clientKey"),
  ...mutual("clientCertificate"),
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, (c) => new Set(field("endpoint")(c)), new Set(["http://localhost:4317"])],
  [
    { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: "https://c:4317" },
    field("endpoint"),
    ["https://c:4317", "https://c:4317", "https://c:4317"],
  ],
  [
    { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector:4317" },
    (c) => field("endpoint")(c)[0],
    "collector:4317",
  ],
  [{ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "LowMemory" }, (c) => field("temporality")(c)[1], "lowmemory"],
  [
    { OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "base2_exponential_bucket_histogram" },
    (c) => field("histogramAggregation")(c)[1],
    "base2_exponential_bucket_histogram",
  ],
  [{ OTEL_NODE_RESOURCE_DETECTORS: "none" }, (c) => c.resource.detectors, []],
  [{ OTEL_NODE_RESOURCE_DETECTORS: "all" }, (c) => c.resource.detectors.length, 6],
  [{ OTEL_NODE_RESOURCE_DETECTORS: "host,serviceinstance" }, (c) => c.resource.detectors, ["host", "serviceinstance"]],
  [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: "http,restify" }, (c) => c.instrumentations, { http: false }],
  [
    { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "http, pg,fs", OTEL_NODE_DISABLED_INSTRUMENTATIONS: "pg" },
    (c) => ["http", "pg", "fs", "express"].map((name) => c.instrumentations[name]),
    [true, false, true, false],
  ],
];

const spanBatch = { maxQueueSize: 2048, maxExportBatchSize: 512, scheduledDelayMs: 5000, exportTimeoutMs: 30_000 };

function jaeger(protocol: string, endpoint: string): object {
  return { type: "jaeger", protocol, endpoint, headers: {}, timeoutMs: 10_000 };
}

function zipkin(endpoint: string): object {
  return { type: "zipkin", endpoint, headers: {}, timeoutMs: 10_000 };
}

test("every variable of OpenTelemetry means what OpenTelemetry says", () => {
  for (const [env, look, value] of meanings()) expect({ env, found: look(read(env)) }).toEqual({ env, found: value });
});

test("every variable of the schema is in the table of this test", () => {
  const tried = new Set(meanings().flatMap(([env]) => Object.keys(env)));
  expect([...variablesIn(schema)].filter((name) => !tried.has(name))).toEqual([]);
});

test("an empty variable counts as unset", () => {
  const names = [...variablesIn(schema)];
  expect(read(Object.fromEntries(names.map((name) => [name, " "])))).toEqual(read({}));
});

test("a variable that is nearly one of OpenTelemetry's gives a warning, one of somebody else's does not", () => {
  expect(
    read({ OTEL_EXPORTER_OTLP_ENDPONT: "http://x", OTEL_JAVAAGENT_DEBUG: "true", OTEL_CONFIG_FIL: "" }).warnings,
  ).toEqual([
    "OTEL_EXPORTER_OTLP_ENDPONT is not a variable of OpenTelemetry; did you mean OTEL_EXPORTER_OTLP_ENDPOINT?",
  ]);
});

test("a signal's endpoint without a path is used as it is, with a warning", () => {
  const { warnings } = read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318" });
  expect(warnings).toEqual([
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT has no path and is used as it is, so requests go to /; receivers usually want /v1/traces",
  ]);
});

test("OTLP over HTTP to the port of gRPC gives one warning a variable", () => {
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" }).warnings).toEqual([
    "OTEL_EXPORTER_OTLP_ENDPOINT has port 4317, which is usually OTLP over gRPC, but the protocol is http/protobuf; its port is 4318",
  ]);
});
