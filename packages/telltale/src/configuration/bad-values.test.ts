import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfiguration } from "../config.ts";
import { ConfigurationError } from "./configuration-error.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "telltale-bad-values-"));
  writeFileSync(join(cwd, "not.pem"), "no certificate");
  writeFileSync(join(cwd, "client.pem"), "-----BEGIN PRIVATE KEY-----\n");
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** The error that the sources give; the test fails when there is none. */
function errorOf(sources: { env?: NodeJS.ProcessEnv; options?: unknown }): ConfigurationError {
  try {
    readConfiguration({ options: (sources.options ?? {}) as object, env: sources.env ?? {}, cwd });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

/** Variable, a value that cannot be used, and what the message has to offer. */
const badVariables: readonly (readonly [name: string, value: string, remedy: string])[] = [
  ["OTEL_SDK_DISABLED", "yes", "true or false"],
  ["OTEL_LOG_LEVEL", "loud", "none, error, warn, info, debug, verbose or all"],
  ["OTEL_LOG_LEVEL", "warning", 'did you mean "warn"?'],
  ["OTEL_PROPAGATORS", "tracecontext,b4", 'did you mean "b3"?'],
  ["OTEL_PROPAGATORS", "jaeger", "tracecontext, baggage, b3, b3multi or request-id"],
  ["OTEL_PROPAGATORS", "TraceContext", 'did you mean "tracecontext"?'],
  ["OTEL_PROPAGATORS", "none,baggage", 'give "none" alone'],
  ["OTEL_RESOURCE_ATTRIBUTES", "team", "key=value pairs separated by commas"],
  ["OTEL_RESOURCE_ATTRIBUTES", "=payments", "no key"],
  ["OTEL_RESOURCE_ATTRIBUTES", "team=100%", "%25"],
  ["OTEL_TRACES_EXPORTER", "OTLP", 'did you mean "otlp"?'],
  ["OTEL_TRACES_EXPORTER", "prometheus", "otlp, jaeger, zipkin, console, file or none"],
  ["OTEL_TRACES_EXPORTER", "otlp,none", 'give "none" alone'],
  ["OTEL_METRICS_EXPORTER", "Prometheus", 'did you mean "prometheus"?'],
  ["OTEL_METRICS_EXPORTER", "statsd", "otlp, console, prometheus or none"],
  ["OTEL_LOGS_EXPORTER", "oltp", 'did you mean "otlp"?'],
  ["OTEL_TRACES_SAMPLER", "ParentBased_Always_On", 'did you mean "parentbased_always_on"?'],
  ["OTEL_TRACES_SAMPLER", "xray", "always_on, always_off, traceidratio"],
  ["OTEL_TRACES_SAMPLER", "ratio", "parentbased_traceidratio"],
  ["OTEL_BSP_SCHEDULE_DELAY", "10s", "did you mean 10000?"],
  ["OTEL_BSP_SCHEDULE_DELAY", "-1", "from 0 to 2147483647"],
  ["OTEL_BSP_EXPORT_TIMEOUT", "half a minute", "such as 30000"],
  ["OTEL_BSP_MAX_QUEUE_SIZE", "-2048", "from 1 up"],
  ["OTEL_BSP_MAX_QUEUE_SIZE", "0", "from 1 up"],
  ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "20000", "give at most 16384"],
  ["OTEL_BLRP_SCHEDULE_DELAY", "1.5", "a whole number of milliseconds"],
  ["OTEL_BLRP_EXPORT_TIMEOUT", "30m", "did you mean 1800000?"],
  ["OTEL_BLRP_MAX_QUEUE_SIZE", "0x10", "a whole number"],
  ["OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "NaN", "such as 512"],
  ["OTEL_METRIC_EXPORT_INTERVAL", "0", "from 1 to 2147483647"],
  ["OTEL_METRIC_EXPORT_INTERVAL", "1min", "did you mean 60000?"],
  ["OTEL_METRIC_EXPORT_TIMEOUT", "90000", "give at most 60000"],
  ["OTEL_METRICS_EXEMPLAR_FILTER", "tracebased", 'did you mean "trace_based"?'],
  ["OTEL_ATTRIBUTE_COUNT_LIMIT", "-1", "from 0 up"],
  ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "none", "a whole number of characters"],
  ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many", "such as 128"],
  ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4k", "such as 4096"],
  ["OTEL_SPAN_EVENT_COUNT_LIMIT", "1e400", "a whole number"],
  ["OTEL_SPAN_LINK_COUNT_LIMIT", "128.5", "a whole number"],
  ["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "1,000", "such as 128"],
  ["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "true", "such as 128"],
  ["OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "-128", "from 0 up"],
  ["OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "Infinity", "from 0 up"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", 'did you mean "http://localhost:4318"?'],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "http:// or https://"],
  ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://collector:4317", "http:// or https://"],
  ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://", "such as http://localhost:4318"],
  ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://collector:99999", "such as http://localhost:4318"],
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "http", "http/protobuf, http/json or grpc"],
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "gRPC", 'did you mean "grpc"?'],
  ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuff", 'did you mean "http/protobuf"?'],
  ["OTEL_EXPORTER_OTLP_HEADERS", "x-api-key", 'no "=" in entry 1'],
  ["OTEL_EXPORTER_OTLP_HEADERS", "a=1,x api key=2", "entry 2"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=%zz", "%25"],
  ["OTEL_EXPORTER_OTLP_LOGS_HEADERS", "x-api-key=a%0d%0ab", "line break"],
  ["OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "did you mean 10000?"],
  ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "-5", "from 0 to"],
  ["OTEL_EXPORTER_OTLP_COMPRESSION", "brotli", "none, gzip or zstd"],
  ["OTEL_EXPORTER_OTLP_COMPRESSION", "GZIP", 'did you mean "gzip"?'],
  ["OTEL_EXPORTER_OTLP_CERTIFICATE", "missing.pem", "there is no such file"],
  ["OTEL_EXPORTER_OTLP_CERTIFICATE", "not.pem", "-----BEGIN"],
  ["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", ".", "EISDIR"],
  ["OTEL_EXPORTER_OTLP_CLIENT_KEY", "client.pem", "give both for mutual TLS"],
  ["OTEL_EXPORTER_OTLP_INSECURE", "1", "true or false"],
  ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "both", "cumulative, delta or lowmemory"],
  ["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "exponential", "base2_exponential_bucket_histogram"],
  ["OTEL_EXPORTER_PROMETHEUS_PORT", "nine", "from 0 to 65535"],
  ["OTEL_EXPORTER_PROMETHEUS_PORT", "94640", "such as 9464"],
  ["OTEL_NODE_RESOURCE_DETECTORS", "aws", "env, host, os, process, container or serviceinstance"],
  ["OTEL_NODE_RESOURCE_DETECTORS", "hosts", 'did you mean "host"?'],
  ["OTEL_NODE_ENABLED_INSTRUMENTATIONS", "htttp", 'did you mean "http"?'],
  ["OTEL_NODE_ENABLED_INSTRUMENTATIONS", "restify", "express"],
  ["OTEL_NODE_DISABLED_INSTRUMENTATIONS", "pgg", 'did you mean "pg"?'],
  ["OTEL_CONFIG_FILE", "otel.yaml", "does not exist"],
  ["OTEL_CONFIG_FILE", "otel.ini", ".yaml, .yml, .toml or .json"],
  ["TELLTALE_STRICT", "yes", "give 1 or 0"],
  ["TELLTALE_CONFIG", "nowhere.toml", "does not exist"],
  ["TELLTALE_CONFIG", "telltale.js", ".yaml, .yml, .toml or .json"],
  ["TELLTALE_LOGING_LEVEL", "info", "did you mean TELLTALE_LOGGING_LEVEL?"],
  ["TELLTALE_METRICS_GRAPHITE", "true", "docs/configuration.md"],
  ["TELLTALE_LOGGING_LEVEL", "Info", 'did you mean "info"?'],
  ["TELLTALE_TRACING", "off", "true or false"],
  ["TELLTALE_TRACING_SAMPLING_RATIO", "10%", "from 0 to 1"],
  ["TELLTALE_TRACING_SAMPLING_TYPE", "rate_limited", 'did you mean "rate_limiting"?'],
  ["TELLTALE_TRACING_SAMPLING_TYPE", "rate_limiting", "tracesPerSecond"],
  ["TELLTALE_TRACING_EXPORTERS", "[{type:otlp}]", "not valid JSON"],
  ["TELLTALE_INSTRUMENTATIONS_HTTP", "off", "true or false"],
  ["TELLTALE_INSTRUMENTATIONS_HTTTP", "true", "did you mean TELLTALE_INSTRUMENTATIONS_HTTP?"],
  ["TELLTALE_SHUTDOWN_TIMEOUT_MS", "2s", "did you mean 2000?"],
];

describe("a variable that cannot be used is named with what would work", () => {
  test.each(badVariables)("%s=%s: %s", (name, value, remedy) => {
    const { problems, message } = errorOf({ env: { [name]: value } });
    expect(problems.map((problem) => problem.name)).toEqual([name]);
    expect(problems[0]!.message).toMatch(new RegExp(`^${name} (is|has) `));
    expect(problems[0]!.message).toContain(remedy);
    expect(message).toContain(problems[0]!.message);
  });

  test.each(["1.5", "-0.1", "NaN", "10%"])("a sampling ratio of %s", (value) => {
    const { problems } = errorOf({ env: { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: value } });
    expect(problems).toEqual([
      {
        name: "OTEL_TRACES_SAMPLER_ARG",
        message: `OTEL_TRACES_SAMPLER_ARG is "${value}"; give a number from 0 to 1, such as 0.1`,
      },
    ]);
  });

  test.each([
    ["OTEL_EXPORTER_ZIPKIN_ENDPOINT", "zipkin:9411", 'did you mean "http://zipkin:9411"?', "zipkin"],
    ["OTEL_EXPORTER_ZIPKIN_TIMEOUT", "soon", "such as 10000", "zipkin"],
    ["OTEL_EXPORTER_JAEGER_ENDPOINT", "http://jaeger:6831", "such as localhost:6831", "jaeger"],
    ["OTEL_EXPORTER_JAEGER_TIMEOUT", "10 s", "did you mean 10000?", "jaeger"],
  ])("%s=%s: %s", (name, value, remedy, exporter) => {
    const { problems } = errorOf({ env: { [name]: value, OTEL_TRACES_EXPORTER: exporter } });
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain(name);
    expect(problems[0]!.message).toContain(remedy);
  });
});

/** Options that cannot be used, the path that has to be named, and what the message has to offer. */
const badOptions: readonly (readonly [path: string, options: unknown, remedy: string])[] = [
  ["The options", "telltale", "an object with service, resource"],
  ["servce", { servce: {} }, 'did you mean "service"?'],
  ["service.name", { service: { name: 7 } }, 'a text, such as "checkout"'],
  ["service.name", { service: { name: " " } }, 'a text, such as "checkout"'],
  ["service.nmae", { service: { nmae: "x" } }, 'did you mean "name"?'],
  ["service", { service: "checkout" }, "an object with name"],
  ["resource.attributes.team", { resource: { attributes: { team: ["a"] } } }, "a text, a number, true or false"],
  ["resource.detectors", { resource: { detectors: ["gcp"] } }, "env, host, os"],
  ["propagators", { propagators: "b3" }, "a list of tracecontext"],
  ["tracing", { tracing: "false" }, "true or false"],
  ["tracing.exporter", { tracing: { exporter: [] } }, 'did you mean "exporters"?'],
  ["tracing.exporters", { tracing: { exporters: { type: "otlp" } } }, '[{ type: "otlp" }]'],
  ["tracing.exporters[0]", { tracing: { exporters: ["otlp"] } }, '{ type: "otlp" }'],
  ["tracing.exporters[1].type", { tracing: { exporters: [{ type: "otlp" }, { type: "jagger" }] } }, '"jaeger"'],
  [
    "tracing.exporters[0].type",
    { tracing: { exporters: [{ endpoint: "http://x" }] } },
    "otlp, jaeger, zipkin, console or file",
  ],
  ["tracing.exporters[0].url", { tracing: { exporters: [{ type: "otlp", url: "http://x" }] } }, "endpoint"],
  ["tracing.exporters[0].timeoutMs", { tracing: { exporters: [{ type: "otlp", timeoutMs: "10s" }] } }, "such as 10000"],
  [
    "tracing.exporters[0].endpoint",
    { tracing: { exporters: [{ type: "otlp", endpoint: "x:4318" }] } },
    '"http://x:4318"',
  ],
  [
    "tracing.exporters[0].endpoint",
    { tracing: { exporters: [{ type: "jaeger", protocol: "thrift-udp", endpoint: "j:6831" }] } },
    "set the protocol to thrift-udp-compact",
  ],
  ["tracing.exporters[0].path", { tracing: { exporters: [{ type: "file" }] } }, "such as traces.jsonl"],
  ["tracing.exporters[0].colors", { tracing: { exporters: [{ type: "console", colors: "red" }] } }, "auto, always"],
  [
    "tracing.exporters[0].compression",
    { tracing: { exporters: [{ type: "otlp", protocol: "grpc", compression: "zstd" }] } },
    "http/protobuf",
  ],
  [
    "tracing.exporters[0].endpoint",
    { tracing: { exporters: [{ type: "jaeger", protocol: "otlp", endpoint: "http://j:14268" }] } },
    "set the protocol to thrift-http",
  ],
  ["tracing.exporters[0].protocol", { tracing: { exporters: [{ type: "jaeger", protocol: "udp" }] } }, "thrift-udp"],
  ["tracing.sampling.ratio", { tracing: { sampling: { type: "ratio", ratio: Number.NaN } } }, "from 0 to 1"],
  ["tracing.sampling.ratio", { tracing: { sampling: { type: "always_on", ratio: 0.5 } } }, "set the type to ratio"],
  ["tracing.sampling.type", { tracing: { sampling: { type: "rate_limiting" } } }, "give tracesPerSecond"],
  ["tracing.sampling.tracesPerSecond", { tracing: { sampling: { tracesPerSecond: "100" } } }, "traces a second"],
  [
    "tracing.batch.maxExportBatchSize",
    { tracing: { batch: { maxQueueSize: 9, maxExportBatchSize: 10 } } },
    "at most 9",
  ],
  ["metrics.graphite", { metrics: { graphite: { host: "x" } } }, "exporters, prometheus"],
  ["metrics.prometheus.serve", { metrics: { prometheus: { serve: "thread" } } }, "main or worker"],
  ["metrics.prometheus.cluster.gauges", { metrics: { prometheus: { cluster: { gauges: "avg" } } } }, "each, sum"],
  ["metrics.statsd.port", { metrics: { statsd: { port: 0 } } }, "from 1 to 65535"],
  ["metrics.statsd.prefix", { metrics: { statsd: { prefix: "9 lives" } } }, "begin with a letter"],
  ["metrics.statsd.flavour", { metrics: { statsd: { flavour: "datadog" } } }, "dogstatsd"],
  ["metrics.statsdListener.maxSeries", { metrics: { statsdListener: { maxSeries: 1 } } }, "from 2"],
  ["metrics.prometheus.port", { metrics: { prometheus: { port: 70_000 } } }, "from 0 to 65535"],
  ["metrics.prometheus.port", { metrics: { prometheus: { port: "9464" } } }, "a whole number"],
  ["metrics.prometheus.path", { metrics: { prometheus: { path: "metrics" } } }, "such as /metrics"],
  ["metrics.exportTimeoutMs", { metrics: { exportIntervalMs: 1000, exportTimeoutMs: 2000 } }, "at most 1000"],
  ["logging.level", { logging: { level: "verbose" } }, "trace, debug, info"],
  ["logging.sinks[0].type", { logging: { sinks: [{ type: "elastic" }] } }, 'did you mean "elasticsearch"?'],
  ["instrumentations.htp", { instrumentations: { htp: true } }, 'did you mean "http"?'],
  ["instrumentations.http", { instrumentations: { http: "on" } }, "true, false or an object"],
  ["storage", { storage: {} }, "allowed are service"],
  ["alerting.rules", { alerting: { rules: "alerts" } }, "give a list"],
  ["alerting.alertmanagers", { alerting: { alertmanagers: ["alertmanager:9093"] } }, "http://alertmanager:9093"],
  ["alerting", { alerting: true, metrics: false }, "on without metrics"],
  ["alerting.recievers", { alerting: { recievers: "a.yml" } }, "receivers"],
  ["backend", { backend: true }, "allowed are service"],
  ["shutdownTimeoutMs", { shutdownTimeoutMs: 0 }, "from 1 to"],
  ["diagnosticsLevel", { diagnosticsLevel: "WARN" }, 'did you mean "warn"?'],
  ["__proto__x", { __proto__x: 1 }, "allowed are service"],
];

describe("an option that cannot be used is named by its path with what would work", () => {
  test.each(badOptions)("%s %j: %s", (path, options, remedy) => {
    const { problems } = errorOf({ options });
    expect(problems.map((problem) => problem.name)).toEqual([path]);
    expect(problems[0]!.message).toContain(`${path} `);
    expect(problems[0]!.message).toContain(remedy);
  });
});

test("all problems of all places come in one error", () => {
  writeFileSync(join(cwd, "wrong.yaml"), "logging:\n  level: loud\n");
  const error = errorOf({
    options: { tracing: { sampling: { ratio: 2 } } },
    env: { TELLTALE_CONFIG: "wrong.yaml", TELLTALE_METRICS: "on", OTEL_TRACES_EXPORTER: "OTLP" },
  });
  expect(error).toMatchObject({ name: "ConfigurationError", code: "TELLTALE_BAD_CONFIGURATION" });
  expect(error.problems.map(({ name }) => name)).toEqual([
    "tracing.sampling.ratio",
    "TELLTALE_METRICS",
    "OTEL_TRACES_EXPORTER",
    "wrong.yaml: logging.level",
  ]);
  expect(error.message.split("\n")).toEqual([
    "telltale: 4 problems in the configuration",
    ...error.problems.map(({ message }) => `  - ${message}`),
  ]);
});

test("a fault in a variable that every signal reads is told once", () => {
  expect(errorOf({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" } }).problems).toHaveLength(1);
});

describe("no secret gets into the message", () => {
  test.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "//user:hunter2@collector:4318"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "user:hunter2@collector:4318"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", `ftp://user:${"x".repeat(90)}hunter2@collector`],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector/?api_key=hunter2"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "authorization Bearer hunter2"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=hunter2%"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=hunter2%0a"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "bad name=hunter2"],
    ["TELLTALE_TRACING_EXPORTERS", '[{"type":"otlp","headers":{"x-api-key":"hunter2"}'],
    ["TELLTALE_TRACING_EXPORTERS", '[{"type":"otlp","headers":{"bad name":"hunter2"}}]'],
    ["TELLTALE_TRACING_EXPORTERS", '[{"type":"otlp","headers":"x-api-key=hunter2"}]'],
    ["TELLTALE_CONFIG", "secret.json"],
    ["TELLTALE_CONFIG", "secret.yaml"],
    ["TELLTALE_CONFIG", "secret.toml"],
  ])("%s=%s", (name, value) => {
    writeFileSync(join(cwd, "secret.json"), '{"token": "hunter2" "x": 1}');
    writeFileSync(join(cwd, "secret.yaml"), 'token: "hunter2\n  x: : hunter2');
    writeFileSync(join(cwd, "secret.toml"), 'token = "hunter2');
    const { message } = errorOf({ env: { [name]: value } });
    expect(message).not.toContain("hunter2");
    expect(message).toContain(name);
  });
});
