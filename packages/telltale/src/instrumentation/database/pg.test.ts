import { createRequire } from "node:module";
import { type Context, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import {
  AggregationTemporality,
  type DataPoint,
  type IMetricReader,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
  MeterProvider as SdkMeterProvider,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type Sampler, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { meterProvider } from "@telltale/metrics";
import {
  alwaysOffSampler,
  alwaysOnSampler,
  createTracerProvider,
  registerContextManager,
  ruleSampler,
} from "@telltale/tracing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adjustPgQueries } from "./pg.ts";
import type { Client, PgInternals } from "./pg-internals.ts";

const { PgInstrumentation } = createRequire(import.meta.url)("@opentelemetry/instrumentation-pg") as {
  readonly PgInstrumentation: new (config: object) => Instrumentation;
};

beforeAll(() => {
  registerContextManager();
});
afterAll(() => context.disable());

const meterProviders = {
  "the SDK": (reader: IMetricReader) => new SdkMeterProvider({ readers: [reader] }),
  ours: (reader: IMetricReader) => meterProvider({ readers: [reader] }),
};

describe.each(Object.entries(meterProviders))("with the meter provider of %s", (_, provider) => {
  test("durations are kept by operation and by error, for each provider from its beginning on", async () => {
    const { pg, query } = patched(alwaysOffSampler());
    for (let round = 0; round < 2; round++) {
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const made = provider(new PeriodicExportingMetricReader({ exporter }));
      pg.setMeterProvider(made);
      for (const text of ["SELECT 1", "SELECT 2", "select 3", "DELETE FROM orders", "SELECT 1"]) query(text);
      query({ text: "SELECT 1", name: "find" });
      query("SELECT nothing", { code: "42703" });
      await made.forceFlush();
      const points = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
        .filter(({ descriptor }) => descriptor.name === "db.client.operation.duration")
        .flatMap(({ dataPoints }) => dataPoints as readonly DataPoint<unknown>[])
        .map(({ attributes, value }) => {
          const { count } = value as { readonly count: number };
          return `${count} ${attributes["db.operation.name"]} ${attributes["error.type"] ?? "without an error"}`;
        });
      expect(points.toSorted()).toEqual(["1 DELETE without an error", "1 SELECT 42703", "5 SELECT without an error"]);
      await made.shutdown();
    }
  });
});

test("the exemplar of a duration is of the request that asked, in whatever context the answer comes", async () => {
  const { pg, query } = patched(alwaysOnSampler());
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const readers = [new PeriodicExportingMetricReader({ exporter })];
  const provider = meterProvider({ readers, exemplars: ["db.client.operation.duration"] });
  pg.setMeterProvider(provider);
  const traceOf = (digit: string): Context =>
    trace.setSpanContext(ROOT_CONTEXT, { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 });
  // The connection was opened by the first one.
  const connection = traceOf("a");
  context.with(traceOf("b"), () => query("INSERT INTO orders", undefined, connectionParameters, connection));
  await provider.forceFlush();
  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ dataPoints }) => dataPoints as readonly { readonly exemplar?: { readonly traceId: string } }[]);
  expect(points.flatMap(({ exemplar }) => exemplar?.traceId ?? [])).toEqual(["b".repeat(32)]);
  await provider.shutdown();
});

test("the same statement under another name, or at another database, has a span of its own kind", () => {
  const { query, spans } = patched(alwaysOnSampler());
  query("SELECT 1");
  query({ text: "SELECT 1", name: "find" });
  query("SELECT 1", undefined, { ...connectionParameters, database: "archive" });
  query("SELECT 1");
  expect(
    spans().map(({ name, attributes }) => [name, attributes["db.postgresql.plan"], attributes["db.namespace"]]),
  ).toEqual([
    ["pg.query:SELECT shop", undefined, "shop"],
    ["pg.query:find shop", "find", "shop"],
    ["pg.query:SELECT archive", undefined, "archive"],
    ["pg.query:SELECT shop", undefined, "shop"],
  ]);
});

test("a sampler with rules sees what the span would say", () => {
  const rules = [{ attributes: { "db.query.text": "SELECT 1" }, sampler: alwaysOffSampler() }];
  const { query, spans } = patched(ruleSampler({ rules, otherwise: alwaysOnSampler() }));
  query("SELECT 1");
  query("SELECT 2");
  expect(spans().map(({ attributes }) => attributes["db.query.text"])).toEqual(["SELECT 2"]);
});

test("hooks see the query, the connection and the result, whatever was asked before", () => {
  const seen: unknown[] = [];
  const { query, spans } = patched(alwaysOnSampler(), {
    requestHook: (span: Span, info: object) => {
      seen.push(info);
      span.setAttribute("tenant", "acme");
    },
    responseHook: (_span: Span, info: object) => seen.push(info),
  });
  query("SELECT 1");
  query({ text: "SELECT 1", name: "find", values: [1] });
  const connection = { database: "shop", host: "db.example", port: 5432, user: "u" };
  expect(seen).toEqual([
    { query: { text: "SELECT 1", name: undefined, values: undefined }, connection },
    { data: "rows" },
    { query: { text: "SELECT 1", name: "find", values: [1] }, connection },
    { data: "rows" },
  ]);
  expect(spans().map(({ attributes }) => attributes["tenant"])).toEqual(["acme", "acme"]);
});

const connectionParameters = { database: "shop", host: "db.example", port: 5432, user: "u" };

/** A driver that answers at once, around which the instrumentation is. */
function patched(sampler: Sampler, config: object = {}) {
  const exporter = new InMemorySpanExporter();
  const pg = new PgInstrumentation({ ...config, enabled: false }) as PgInternals;
  pg.setTracerProvider(createTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  adjustPgQueries(pg);
  let failure: unknown;
  let answersIn = ROOT_CONTEXT;
  const observed = pg._getClientQueryPatch!()((...args) => {
    const callback = args.at(-1) as (error: unknown, result: unknown) => void;
    context.with(answersIn, () => callback(failure, failure === undefined ? "rows" : undefined));
  });
  const query = (asked: unknown, error?: unknown, parameters = connectionParameters, within = ROOT_CONTEXT): void => {
    failure = error;
    answersIn = within;
    const client: Client = { database: parameters.database, connectionParameters: parameters };
    observed.call(client, asked, () => undefined);
  };
  return { pg, query, spans: () => exporter.getFinishedSpans() };
}
