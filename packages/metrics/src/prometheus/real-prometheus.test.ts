/** One Prometheus reads the same metrics in three formats, and has to store what was recorded. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { counter, exponentialHistogram, gauge, histogram, upDownCounter } from "../index.ts";
import { prometheusEndpoint } from "./endpoint.ts";

const installed = spawnSync("prometheus", ["--version"]).error === undefined;

/** What Prometheus asks for by itself depends on its version, so something between asks for each in turn. */
const formats = {
  text: "text/plain;version=0.0.4",
  openmetrics: "application/openmetrics-text;version=1.0.0",
  protobuf: "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
} as const;
type Format = keyof typeof formats;
const each = ["text", "openmetrics", "protobuf"] as const;

/** What is generated is the same at every run, and as much again is not: to see a failure again, write the seed of its name here. */
const seed = Math.floor(Math.random() * 2 ** 31);
const seeds = [7, seed];
const beganMs = Date.now();
const endpoint = prometheusEndpoint({ port: 0 });
const provider = new MeterProvider({ readers: [endpoint.reader] });
const sentinels = ['say "hi"', "back\\slash", "new\nline", "\r\n\t\0", "😀", "\ud800", "{}", "#", "x".repeat(4_096)];
const labels = new Set([
  ...seeds.flatMap((one) => fc.sample(fc.string({ unit: "binary", maxLength: 20 }), { numRuns: 300, seed: one })),
  ...sentinels,
]);
const expected = recordGenerated();
const spans = recordAll();
let server: Prometheus;

beforeAll(async () => {
  if (installed) server = await prometheus(endpoint.url);
});
afterAll(async () => {
  await server?.stop();
  await provider.shutdown();
});

test.skipIf(!installed).each(each)("every kind of metric comes through %s", async (format) => {
  const value = async (promql: string) =>
    (await server.query(format, promql)).map(({ value }) => Number(value?.[1])).sort();
  expect(await value("real_fractions_seconds_total")).toEqual([0.1 + 0.2]);
  expect(await value("real_open")).toEqual([-3]);
  expect(await value("real_share_ratio")).toEqual([1e-7]);
  expect(await value("real_theirs_total")).toEqual([5]);
  expect(await value('real_latency_seconds_bucket{venue="a",le=~"0.1|1|1.0|10|10.0|[+]Inf"}')).toEqual([2, 3, 3, 4]);
  expect(await value("real_latency_seconds_sum")).toEqual([20.65]);
  const sizes = format === "protobuf" ? "real_sizes_bytes" : "real_sizes_bytes_bucket";
  expect(await value(`histogram_quantile(1, ${sizes})`)).toEqual([
    format === "protobuf" ? expect.closeTo(700, -1) : 1_024,
  ]);
});

test.skipIf(!installed).each(each)(`whatever stands in the labels comes through %s, seed ${seed}`, async (format) => {
  const stored = (await server.query(format, "real_odd_total")).map(({ metric }) => metric["label"] ?? "");
  const recorded = [...labels].map((label) => label.replace(/\p{Surrogate}/gu, "\ufffd"));
  expect(new Set(stored)).toEqual(new Set(recorded));
});

test.skipIf(!installed).each(each)(
  `each of some thousand generated samples comes through %s, seed ${seed}`,
  async (format) => {
    expect(expected.size).toBeGreaterThan(1_000);
    const stored = (await server.query(format, '{__name__=~"generated_.+"}')).map(({ metric, value }) => {
      const { __name__: name = "", instance: _, job: __, ...rest } = metric;
      return [keyOf(name, Object.entries(rest)), Number(value?.[1])] as const;
    });
    expect(new Map(stored.sort())).toEqual(new Map([...expected].sort()));
  },
);

test.skipIf(!installed).each(["openmetrics", "protobuf"] as const)(
  "exemplars come through %s as they were recorded",
  async (format) => {
    const stored = await server.exemplars(format);
    expect(stored.map(({ labels, value }) => ({ ...labels, value: Number(value) })).sort(byValue)).toEqual(
      spans.map(({ traceId: trace_id, spanId: span_id, value }) => ({ trace_id, span_id, value })),
    );
    for (const { timestamp } of stored) {
      expect(timestamp * 1_000).toBeGreaterThan(beganMs - 1);
      expect(timestamp * 1_000).toBeLessThan((spans.at(-1)?.atMs ?? 0) + 1);
    }
  },
);

function recordAll() {
  const odd = counter({ name: "real.odd", description: 'Labels with "quotes" \\ and\nlines.' });
  for (const label of labels) odd.add(1, { label });
  counter({ name: "real.fractions", unit: "s" }).add(0.1 + 0.2);
  upDownCounter({ name: "real.open" }).add(-3);
  gauge({ name: "real.share", unit: "1" }).record(1e-7);
  const latency = histogram({ name: "real.latency", unit: "s", boundaries: [0.1, 1, 10] });
  for (const value of [0.05, 0.1, 0.5, 20]) latency.record(value, { venue: "a" });
  exponentialHistogram({ name: "real.sizes", unit: "By" }).record(700);
  provider.getMeter("x").createCounter("real.theirs").add(5);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const traced = histogram({ name: "traced.latency", unit: "s", boundaries: [0.1, 1], exemplars: true });
  const counted = counter({ name: "traced.orders", exemplars: true }).bind({ side: "buy" });
  const recorded = [0.25, 0.5, 7].map((value, i) => {
    const span = { traceId: `${i + 1}`.repeat(32), spanId: `${i + 1}`.repeat(16), traceFlags: 1 };
    context.with(trace.setSpanContext(context.active(), span), () => {
      if (value === 7) counted.add(value);
      else traced.record(value, { i });
    });
    return { ...span, value, atMs: Date.now() };
  });
  context.disable();
  return recorded;
}

/** Instruments of all kinds whose names, attributes and values are arbitrary; returns what has to be stored. */
function recordGenerated(): Map<string, number> {
  const stored = new Map<string, number>();
  // Sums of eighths are exact, in whatever order they are added.
  const value = fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 8);
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom("", "a", 'q"', "b\\", "\n"));
  const keys = { plain: "plain", "dotted.key": "dotted_key", le: "exported_le", "9": "key_9" } as const;
  const attributes = fc.dictionary(fc.constantFrom(...Object.keys(keys)), text, { maxKeys: 4, noNullPrototype: true });
  const series = fc.array(fc.tuple(attributes, fc.array(value, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  });
  const name = fc.string({ unit: fc.constantFrom(..."abcXYZ019._-/"), minLength: 1, maxLength: 20 });
  const kinds = ["counter", "upDownCounter", "gauge", "histogram"] as const;
  const boundaries = [0, 0.5, 100, 5e4];
  const one = fc.tuple(fc.constantFrom(...kinds), name, series);
  const samples = seeds.flatMap((first) => fc.sample(one, { numRuns: 100, seed: first }));
  samples.forEach(([kind, tail, recorded], i) => {
    const declaration = { name: `generated.g${i}x${tail}` };
    const base = declaration.name
      .split(/[^A-Za-z0-9]+/)
      .filter(Boolean)
      .join("_");
    const put = instrumentOf(kind, { ...declaration, boundaries });
    const bySeries = new Map<string, { readonly labels: [string, string][]; readonly values: number[] }>();
    for (const [given, values] of recorded) {
      for (const one of values) put(one, given);
      const key = JSON.stringify(Object.entries(given).sort());
      const labels = Object.entries(given).map(([k, v]): [string, string] => [keys[k as keyof typeof keys], v]);
      const known = bySeries.get(key);
      if (known === undefined) bySeries.set(key, { labels, values: [...values] });
      else known.values.push(...values);
    }
    for (const { labels, values } of bySeries.values()) {
      // The first of two series whose labels are the same to Prometheus stays.
      const put = (sample: string, number: number, extra: [string, string][] = []) => {
        const key = keyOf(sample, [...labels, ...extra]);
        if (!stored.has(key)) stored.set(key, number);
      };
      const sum = values.reduce((total, one) => total + one, 0);
      if (kind === "counter") put(`${base}_total`, sum);
      else if (kind === "upDownCounter") put(base, sum);
      else if (kind === "gauge") put(base, values.at(-1) as number);
      else {
        for (const le of boundaries)
          put(`${base}_bucket`, values.filter((one) => one <= le).length, [["le", String(le)]]);
        put(`${base}_bucket`, values.length, [["le", "+Inf"]]);
        put(`${base}_sum`, sum);
        put(`${base}_count`, values.length);
      }
    }
  });
  return stored;
}

function instrumentOf(
  kind: "counter" | "upDownCounter" | "gauge" | "histogram",
  declaration: { readonly name: string; readonly boundaries: readonly number[] },
): (value: number, attributes: Record<string, string>) => void {
  const { name } = declaration;
  switch (kind) {
    case "counter":
      return counter({ name }).add;
    case "upDownCounter":
      return upDownCounter({ name }).add;
    case "gauge":
      return gauge({ name }).record;
    case "histogram":
      return histogram(declaration).record;
  }
}

/** As Prometheus compares labels: in no order, without empty ones, in UTF-8. */
function keyOf(name: string, labels: Iterable<readonly [string, string]>): string {
  const written = [...labels].map(([key, value]) => [
    key,
    key === "le" ? String(Number(value.replace("+Inf", "Infinity"))) : value.replace(/\p{Surrogate}/gu, "\ufffd"),
  ]);
  return JSON.stringify([name, ...written.filter(([, value]) => value !== "").sort()]);
}

const byValue = (a: { readonly value: number }, b: { readonly value: number }): number => a.value - b.value;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
}

interface StoredExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly timestamp: number;
}

interface Prometheus {
  query(format: Format, promql: string): Promise<readonly Sample[]>;
  exemplars(format: Format): Promise<readonly StoredExemplar[]>;
  stop(): Promise<void>;
}

/** Scrapes the page in each format. */
async function prometheus(url: string): Promise<Prometheus> {
  const targets = await Promise.all(each.map((format) => inFormat(url, formats[format])));
  const folder = await mkdtemp(join(tmpdir(), "telltale-prometheus-"));
  const port = await freePort();
  const jobs = each.map((format, i) => ({ job_name: format, static_configs: [{ targets: [targets[i]?.host] }] }));
  // Series whose page comes too late once are gone until the next time.
  const global = { scrape_interval: "5s", scrape_timeout: "5s" };
  // JSON is YAML.
  await writeFile(join(folder, "prometheus.yml"), JSON.stringify({ global, scrape_configs: jobs }));
  const child = spawn(
    "prometheus",
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=native-histograms,exemplar-storage",
    ],
    { stdio: "ignore" },
  );
  const api = async (path: string, parameters: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    return ((await response.json()) as { data: unknown }).data;
  };
  const ask = async (query: string) => ((await api("query", { query })) as { result: readonly Sample[] }).result;
  // A hook has no `expect.poll`; its own time ends this.
  while ((await ask("up == 1").catch(() => [])).length < each.length) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    // A label matcher for each selector would make the queries hard to read; the job is enough in the result.
    query: async (format, promql) => (await ask(promql)).filter(({ metric }) => metric["job"] === format),
    async exemplars(format) {
      const nowS = Date.now() / 1_000;
      const found = (await api("query_exemplars", {
        query: `{__name__=~"traced_.+",job="${format}"}`,
        start: String(nowS - 600),
        end: String(nowS + 60),
      })) as readonly { readonly exemplars: readonly StoredExemplar[] }[];
      return found.flatMap(({ exemplars }) => exemplars);
    },
    async stop() {
      child.kill();
      await once(child, "exit");
      for (const target of targets) target.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function inFormat(url: string, accept: string): Promise<{ readonly host: string; close(): void }> {
  const server = createServer(async (_, response) => {
    const answer = await fetch(url, { headers: { accept } });
    response.setHeader("content-type", answer.headers.get("content-type") ?? "");
    response.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as { port: number }).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
