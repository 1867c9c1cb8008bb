import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ConfigurationSources, isStrict, readConfiguration } from "./config.ts";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import { targetsOf } from "./configuration/environment.ts";
import { variablesIn } from "./configuration/opentelemetry-variables.ts";
import { schema } from "./configuration/schema.ts";
import type { Configuration } from "./configuration.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "telltale-config-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const read = (sources: ConfigurationSources): Configuration => readConfiguration({ env: {}, cwd, ...sources });

function file(name: string, text: string): void {
  writeFileSync(join(cwd, name), text);
}

const types = (exporters: readonly { readonly type: string }[]): string[] => exporters.map(({ type }) => type);

test("without any configuration all signals go to OTLP on localhost, logs to the console as well", () => {
  const { tracing, metrics, logging, ...rest } = read({});
  const urls = [tracing.exporters, metrics.exporters, logging.sinks].map((list) =>
    list.map((one) => "endpoint" in one && one.endpoint),
  );
  expect(urls).toEqual([
    ["http://localhost:4318/v1/traces"],
    ["http://localhost:4318/v1/metrics"],
    [false, "http://localhost:4318/v1/logs"],
  ]);
  expect(rest).toMatchObject({
    enabled: true,
    propagators: ["tracecontext", "baggage"],
    shutdownTimeoutMs: 2000,
    diagnosticsLevel: "warn",
    warnings: [],
  });
  expect([tracing.sampling, tracing.parentBased]).toEqual([{ type: "always_on" }, true]);
  expect(tracing.batch.scheduledDelayMs).toBe(5000);
  expect(logging.batch.scheduledDelayMs).toBe(1000);
});

test("code is stronger than TELLTALE_*, that than OTEL_*, that than a file, that than the default", () => {
  file("telltale.yaml", "tracing: { batch: { maxQueueSize: 4 } }");
  const sizes = [
    read({ options: { tracing: { batch: { maxQueueSize: 1 } } }, env: { ...ours, ...standard } }),
    read({ env: { ...ours, ...standard } }),
    read({ env: standard }),
    read({}),
    readConfiguration({ env: {}, cwd: tmpdir() }),
  ].map(({ tracing }) => tracing.batch.maxQueueSize);
  expect(sizes).toEqual([1, 2, 3, 4, 16_384]);
});

const ours = { TELLTALE_TRACING_BATCH_MAX_QUEUE_SIZE: "2" };
const standard = { OTEL_BSP_MAX_QUEUE_SIZE: "3" };

test("attributes of all places come together, the strongest place having each key", () => {
  file("telltale.json", JSON.stringify({ resource: { attributes: { a: "file", b: "file", c: "file", d: "file" } } }));
  const { resource } = read({
    options: { resource: { attributes: { a: "code", n: 1 } } },
    env: { TELLTALE_RESOURCE_ATTRIBUTES: "a=ours,b=ours", OTEL_RESOURCE_ATTRIBUTES: "a=otel,b=otel,c=otel" },
  });
  expect(resource.attributes).toEqual({ a: "code", b: "ours", c: "otel", d: "file", n: 1 });
});

test("the service's name comes from the strongest place, as option or as attribute", () => {
  file("telltale.yaml", "service: { name: file }");
  expect(read({}).service.name).toBe("file");
  expect(read({ env: { OTEL_RESOURCE_ATTRIBUTES: "service.name=otel" } }).service.name).toBe("otel");
  const { service, resource } = read({
    options: { resource: { attributes: { "service.name": "code" } } },
    env: { OTEL_SERVICE_NAME: "x" },
  });
  expect([service.name, resource.attributes]).toEqual(["code", {}]);
});

test("lists are taken whole from the strongest place", () => {
  file("telltale.yaml", "tracing: { exporters: [{ type: console }] }\npropagators: [b3]");
  expect(types(read({}).tracing.exporters)).toEqual(["console"]);
  expect(types(read({ env: { OTEL_TRACES_EXPORTER: "zipkin" } }).tracing.exporters)).toEqual(["zipkin"]);
  const sources = { options: { tracing: { exporters: [] } }, env: { TELLTALE_TRACING_EXPORTERS: "jaeger,console" } };
  expect(types(read({ env: sources.env }).tracing.exporters)).toEqual(["jaeger", "console"]);
  expect(read(sources).tracing.exporters).toEqual([]);
  expect(read({ env: { TELLTALE_PROPAGATORS: "none" } }).propagators).toEqual([]);
});

test("Prometheus alone means no OTLP metrics, Prometheus with exporters means both", () => {
  const alone = read({ options: { metrics: { prometheus: true } } }).metrics;
  const page = { resourceLabels: [], scopeLabels: false, created: false, utf8Names: false, serve: "main" };
  expect([alone.exporters, alone.prometheus]).toEqual([
    [],
    { host: "127.0.0.1", port: 9464, path: "/metrics", ...page },
  ]);
  const both = read({ options: { metrics: { prometheus: { port: 0 }, exporters: [{ type: "otlp" }] } } }).metrics;
  expect([types(both.exporters), both.prometheus?.port]).toEqual([["otlp"], 0]);
});

test("a cluster shares one page when it is asked to, its gauges apart unless told otherwise", () => {
  const cluster = (given: object, env = {}) =>
    read({ options: { metrics: { prometheus: given } }, env }).metrics.prometheus?.cluster;
  expect(cluster({})).toBeUndefined();
  expect(cluster({ cluster: true })).toEqual({ gauges: "each" });
  expect(cluster({ cluster: { gauges: "max" } })).toEqual({ gauges: "max" });
  expect(cluster({}, { TELLTALE_METRICS_PROMETHEUS_CLUSTER_GAUGES: "sum" })).toEqual({ gauges: "sum" });
  expect(cluster({ cluster: false }, { TELLTALE_METRICS_PROMETHEUS_CLUSTER_GAUGES: "sum" })).toBeUndefined();
});

test("StatsD takes the place of OTLP metrics, and both may be asked for", () => {
  const options = { metrics: { statsd: { prefix: "app", tags: { env: "prod" } } } };
  const alone = read({ options, env: { TELLTALE_METRICS_STATSD_TAGS: "team=desk,env=test" } }).metrics;
  expect([alone.exporters, alone.statsd, alone.statsdListener]).toEqual([
    [],
    {
      host: "127.0.0.1",
      port: 8125,
      flavour: "dogstatsd",
      prefix: "app",
      tags: { team: "desk", env: "prod" },
      resourceTags: [],
      intervalMs: 10_000,
    },
    undefined,
  ]);
  const both = read({ options: { metrics: { statsd: true, exporters: [{ type: "otlp" }] } } }).metrics;
  expect([types(both.exporters), both.statsd?.port]).toEqual([["otlp"], 8125]);
  const received = read({ env: { TELLTALE_METRICS_STATSD_LISTENER_PORT: "0" } }).metrics;
  expect([types(received.exporters), received.statsdListener?.port]).toEqual([["otlp"], 0]);
});

test("the page's credentials are read from variables, and half of them is no use", () => {
  const user = { TELLTALE_METRICS_PROMETHEUS_BASIC_AUTH_USERNAME: "prometheus" };
  const password = { TELLTALE_METRICS_PROMETHEUS_BASIC_AUTH_PASSWORD: "s3cret" };
  const both = read({ env: { ...user, ...password, TELLTALE_METRICS_PROMETHEUS_BEARER_TOKEN: "t0ken" } });
  expect(both.metrics.prometheus).toMatchObject({
    bearerToken: "t0ken",
    basicAuth: { username: "prometheus", password: "s3cret" },
  });
  expect(() => read({ env: { TELLTALE_METRICS_PROMETHEUS: "true", ...password } })).toThrow("without username");
  expect(() => read({ env: { TELLTALE_METRICS_PROMETHEUS: "true", ...password } })).not.toThrow("s3cret");
  const inCode = (bearerToken: unknown) => read({ options: { metrics: { prometheus: { bearerToken } } } as never });
  expect(() => inCode(48_151_623)).toThrow("metrics.prometheus.bearerToken is no text");
  expect(() => inCode(48_151_623)).not.toThrow("48151623");
  expect(() => inCode("s3 cret")).toThrow("metrics.prometheus.bearerToken has a space");
  expect(() => inCode("s3 cret")).not.toThrow("s3 cret");
});

test("a variable inside prometheus switches it on, the group's own variable has the last word", () => {
  const port = { TELLTALE_METRICS_PROMETHEUS_PORT: "9000" };
  expect(read({ env: port }).metrics.prometheus?.port).toBe(9000);
  expect(read({ env: { ...port, TELLTALE_METRICS_PROMETHEUS: "false" } }).metrics.prometheus).toBeUndefined();
  expect(read({ env: { TELLTALE_METRICS_PROMETHEUS: "false", ...port } }).metrics.prometheus).toBeUndefined();
  expect(read({ env: { OTEL_EXPORTER_PROMETHEUS_PORT: "9000" } }).metrics.prometheus).toBeUndefined();
});

test("a signal that is switched off has no exporters", () => {
  const { tracing, metrics, logging } = read({ options: { tracing: false, metrics: false, logging: false } });
  expect([tracing, metrics, logging].map(({ enabled }) => enabled)).toEqual([false, false, false]);
  expect([tracing.exporters, metrics.exporters, logging.sinks]).toEqual([[], [], []]);
});

test("who names exporters for one signal gets no OTLP for the others, unless the variables say where it goes", () => {
  const options = { tracing: { exporters: [{ type: "zipkin" as const }] } };
  const alone = read({ options });
  expect([types(alone.tracing.exporters), types(alone.metrics.exporters), types(alone.logging.sinks)]).toEqual([
    ["zipkin"],
    [],
    ["console"],
  ]);
  const aimed = read({ options, env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" } });
  expect([types(aimed.metrics.exporters), types(aimed.logging.sinks)]).toEqual([["otlp"], ["console", "otlp"]]);
  const standard = read({ env: { OTEL_TRACES_EXPORTER: "zipkin" } });
  expect([types(standard.metrics.exporters), types(standard.logging.sinks)]).toEqual([["otlp"], ["console", "otlp"]]);
});

test("a sampling type hides what weaker places say about sampling", () => {
  const env = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.5" };
  const limited = read({
    options: { tracing: { sampling: { type: "rate_limiting", tracesPerSecond: 5 } } },
    env,
  }).tracing;
  expect([limited.sampling, limited.parentBased]).toEqual([{ type: "rate_limiting", tracesPerSecond: 5 }, true]);
  const adjusted = read({ env: { ...env, TELLTALE_TRACING_SAMPLING_RATIO: "0.1" } }).tracing;
  expect([adjusted.sampling, adjusted.parentBased]).toEqual([{ type: "ratio", ratio: 0.1 }, false]);
});

test("a sampling number alone says the type", () => {
  expect(read({ options: { tracing: { sampling: { ratio: 0.1 } } } }).tracing.sampling).toEqual({
    type: "ratio",
    ratio: 0.1,
  });
  const env = { TELLTALE_TRACING_SAMPLING_TRACES_PER_SECOND: "10" };
  expect(read({ env }).tracing.sampling).toEqual({ type: "rate_limiting", tracesPerSecond: 10 });
});

test("an exporter takes from the variables what it leaves out", () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=1", OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" };
  const options = { tracing: { exporters: [{ type: "otlp", endpoint: "http://vendor", timeoutMs: 7 }] } } as const;
  expect(read({ options, env }).tracing.exporters[0]).toMatchObject({
    endpoint: "http://vendor/v1/traces",
    headers: { "x-api-key": "1" },
    compression: "gzip",
    timeoutMs: 7,
  });
});

test("health that has nowhere to answer, since a worker thread serves the page, is told", () => {
  const prometheus = { serve: "worker" } as const;
  const warningsOf = (options: ConfigurationSources["options"]) => read({ options: options ?? {} }).warnings;
  expect(warningsOf({ metrics: { prometheus } })).toEqual([expect.stringMatching(/Give health\.port, such as 8080/)]);
  expect(warningsOf({ metrics: { prometheus }, health: { port: 8080 } })).toEqual([]);
  expect(warningsOf({ metrics: { prometheus }, health: false })).toEqual([]);
  expect(warningsOf({ metrics: { prometheus: true } })).toEqual([]);
});

test("headers of the variables' endpoint are not sent to another endpoint, which is said", () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=1", OTEL_EXPORTER_OTLP_ENDPOINT: "https://vendor" };
  const options = { tracing: { exporters: [{ type: "otlp", endpoint: "http://other" }] } } as const;
  const { tracing, metrics, warnings } = read({ options, env });
  expect(tracing.exporters[0]).toHaveProperty("endpoint", "http://other/v1/traces");
  expect(tracing.exporters[0]).toHaveProperty("headers", {});
  expect(metrics.exporters[0]).toMatchObject({ endpoint: "https://vendor/v1/metrics", headers: { "x-api-key": "1" } });
  expect(warnings).toEqual([
    "OTEL_EXPORTER_OTLP_HEADERS is not used for tracing.exporters[0], which has an endpoint of its own; give its headers there if it needs them",
  ]);
});

test("a variable is stronger than the file's only exporter of its type, and leaves two of them alone", () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://variable" };
  const endpoints = (): unknown[] => read({ env }).tracing.exporters.map((one) => "endpoint" in one && one.endpoint);
  file("telltale.yaml", "tracing: { exporters: [{ type: otlp, endpoint: http://a }] }");
  expect(endpoints()).toEqual(["http://variable/v1/traces"]);
  file(
    "telltale.yaml",
    "tracing: { exporters: [{ type: otlp, endpoint: http://a }, { type: otlp, endpoint: http://b }] }",
  );
  expect(endpoints()).toEqual(["http://a/v1/traces", "http://b/v1/traces"]);
});

test("exporters and instrumentations can be given as JSON in a variable", () => {
  const { tracing, instrumentations } = read({
    env: {
      TELLTALE_TRACING_EXPORTERS: '[{"type":"jaeger","endpoint":"http://jaeger:4318"},{"type":"zipkin"}]',
      TELLTALE_INSTRUMENTATIONS_AWS_SDK: '{"suppressInternalInstrumentation":true}',
      TELLTALE_INSTRUMENTATIONS_SOCKET_IO: "false",
    },
  });
  expect(tracing.exporters.map((one) => "endpoint" in one && one.endpoint)).toEqual([
    "http://jaeger:4318/v1/traces",
    "http://localhost:9411/api/v2/spans",
  ]);
  expect(instrumentations).toEqual({ "aws-sdk": { suppressInternalInstrumentation: true }, "socket.io": false });
});

test("an instrumentation's object reaches it with its functions", () => {
  const http = { requestHook: () => {} };
  const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: "http,pg" };
  expect(read({ options: { instrumentations: { http } }, env }).instrumentations).toEqual({ http, pg: false });
});

test("an instrumentation's object may refer to itself", () => {
  const http: Record<string, unknown> = {};
  http["self"] = http;
  expect(read({ options: { instrumentations: { http } } }).instrumentations["http"]).toBe(http);
});

test("whatever the options and variables hold, the only error is a ConfigurationError", () => {
  const names = [
    "service",
    "tracing",
    "exporters",
    "type",
    "otlp",
    "headers",
    "sampling",
    "metrics",
    "instrumentations",
    "http",
  ];
  const options = fc.anything({
    key: fc.constantFrom(...names),
    maxDepth: 5,
    withBigInt: true,
    withNullPrototype: true,
  });
  const variables = fc.dictionary(fc.constantFrom(...variablesIn(schema), ...targetsOf(schema).keys()), fc.string(), {
    maxKeys: 5,
  });
  fc.assert(
    fc.property(options, variables, (given, env) => {
      try {
        read({ options: given as object, env: { ...env, OTEL_CONFIG_FILE: undefined } });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
      }
    }),
    { numRuns: 500 },
  );
});

test("with telemetry switched off, nothing throws: what is wrong becomes a warning", () => {
  const { enabled, warnings } = read({ env: { OTEL_SDK_DISABLED: "true", OTEL_TRACES_EXPORTER: "OTLP" } });
  expect([enabled, warnings]).toEqual([false, [expect.stringContaining('OTEL_TRACES_EXPORTER has "OTLP"')]]);
  expect(read({ options: { enabled: true }, env: { OTEL_SDK_DISABLED: "true" } }).enabled).toBe(true);
});

test("an empty secret is refused, since it would leave open what it protects", () => {
  const env = { TELLTALE_METRICS_PROMETHEUS_BEARER_TOKEN: " " };
  expect(() => read({ env })).toThrow("TELLTALE_METRICS_PROMETHEUS_BEARER_TOKEN is empty");
});

test("an option that is explicitly undefined is not there", () => {
  const options = { service: { name: undefined }, tracing: undefined } as object;
  expect(read({ options })).toEqual(read({}));
});

test("TELLTALE_STRICT is 1 or true", () => {
  expect(["1", "true", " TRUE ", "0", "false", ""].map((text) => isStrict({ TELLTALE_STRICT: text }))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(isStrict({})).toBe(false);
  expect(read({ env: { TELLTALE_STRICT: "1" } })).toEqual(read({}));
});

test("reading the configuration loads neither yaml nor toml when there is no such file", () => {
  const script = `
    const { readConfiguration } = await import(${JSON.stringify(new URL("config.ts", import.meta.url).href)});
    const { createRequire } = await import("node:module");
    readConfiguration({ env: {} });
    console.log(Object.keys(createRequire(import.meta.url).cache).length);
  `;
  const args = ["--conditions=telltale-source", "--input-type=module", "--eval", script];
  const modulesRequired = (): number => Number(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
  expect(modulesRequired()).toBe(0);
  file("telltale.yaml", "");
  expect(modulesRequired()).toBeGreaterThan(0);
});
