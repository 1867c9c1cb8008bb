import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { counter, exponentialHistogram, gauge, histogram } from "../index.ts";
import { prometheusEndpoint } from "./endpoint.ts";

/** Debian's, and another one where it is installed: `TELLTALE_PROMETHEUS_3=/path/to/prometheus`, or `prometheus3` in the PATH. */
const binaries = ["prometheus", process.env["TELLTALE_PROMETHEUS_3"] ?? "prometheus3"];

const ODD = ['say "hi"', "back\\slash", "new\nline", "😀", "\ud800", "{}", "x".repeat(4_096), "\u0007"];
const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

const values = [0, 0, 0.001, 0.5, 1, 1.0001, 3, 3, 700, 1e6];
declareAll();

test.for(binaries)("%s with native histograms stores what was recorded, by protobuf", async (binary, { skip }) => {
  const missing = spawnSync(binary, ["--version"]).error;
  skip(missing !== undefined, `${binary} cannot be run: ${missing?.message}`);
  const formats: string[] = [];
  const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0 });
  const provider = new MeterProvider({
    readers: [endpoint.reader],
    resource: resourceFromAttributes({ "service.name": "desk" }),
  });
  provider.getMeter("x").createCounter("native.theirs").add(5);
  const between = await listeningIn(endpoint.url, formats);
  const query = await prometheus(binary, [between.url]);
  try {
    const sample = async (promql: string) => {
      const [first, ...others] = await query(promql);
      expect(others, promql).toEqual([]);
      return first;
    };
    const value = async (promql: string) => Number((await sample(promql))?.value?.[1]);
    expect(await value("native_fractions_seconds_total")).toBe(0.1 + 0.2);
    expect(await value("native_share_ratio")).toBe(1e-7);
    expect(await value("native_theirs_total")).toBe(5);
    expect(await value('target_info{service_name="desk"}')).toBe(1);
    expect(await value('native_latency_seconds_bucket{le="0.1"}')).toBe(2);
    expect(await value('native_latency_seconds_bucket{le="+Inf"}')).toBe(4);
    expect(await value("native_latency_seconds_sum")).toBe(0.1 + 0.5 + 20 + 0.05);
    const stored = (await query("native_odd_total")).map(({ metric }) => metric["label"]);
    expect(stored.sort()).toEqual(ODD.map((label) => label.replace(/\p{Surrogate}/gu, "\ufffd")).sort());

    const native = (await sample("native_sizes"))?.histogram?.[1];
    expect([Number(native?.count), Number(native?.sum)]).toEqual([values.length, sum(values)]);
    const buckets = (native?.buckets ?? []).map(([, lower, upper, count]) => [lower, upper, count].map(Number));
    // The zero bucket, and then the others; every value is in the bucket whose limits hold it.
    expect(buckets.find(([lower = 0, upper = 0]) => lower < 0 && upper > 0)?.[2]).toBe(2);
    for (const [lower = 0, upper = 0, count] of buckets) {
      const inside = values.filter((one) => (lower < 0 ? one <= upper : one > lower && one <= upper));
      expect(count, `(${lower}, ${upper}]`).toBe(inside.length);
    }
    expect(sum(buckets.map(([, , count]) => count ?? 0))).toBe(values.length);
    // The classic buckets of a native histogram are left alone.
    expect(await query("native_sizes_bucket")).toEqual([]);
    expect(await value("histogram_quantile(1, native_sizes)")).toBeGreaterThanOrEqual(1e6 * 0.95);
    expect(await sample("native_empty")).toMatchObject({ histogram: [expect.anything(), { count: "0" }] });

    const exemplars = await query.exemplars('{__name__=~"native_.+"}');
    const traced = exemplars.filter((one) => one.labels["trace_id"] === SPAN.traceId).map((one) => Number(one.value));
    expect(traced).toEqual(expect.arrayContaining([2, 0.05]));
    expect(new Set(formats)).toEqual(
      new Set(["application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"]),
    );
  } finally {
    await query.stop();
    between.close();
    await provider.shutdown();
  }
});

test.for([
  ["prometheus", "underscores"],
  [binaries[1] as string, "allow-utf-8"],
] as const)("%s stores the names that it asks for: %s", async ([binary, escaping], { skip }) => {
  const missing = spawnSync(binary, ["--version"]).error;
  skip(missing !== undefined, `${binary} cannot be run: ${missing?.message}`);
  const [plain, utf8] = [prometheusEndpoint({ port: 0 }), prometheusEndpoint({ port: 0, utf8Names: true })];
  const query = await prometheus(binary, [plain.url, utf8.url], []);
  try {
    const stored = async (port: number, name: string, label: string) => {
      const found = await query(`{__name__="${name}",instance="127.0.0.1:${port}",exported_le="7"}`);
      return found.map(({ metric, value }) => [metric[label], value?.[1]]);
    };
    const expected = ODD.map((label) => [label.replace(/\p{Surrogate}/gu, "\ufffd"), "1"]);
    const byLabel = expect.arrayContaining(expected);
    expect(await stored(plain.port, "utf8_stored_sizes_bytes_count", "odd_label")).toEqual(byLabel);
    const [name, label] = ["utf8.stored.sizes_bytes_count", "odd.label"];
    const asAsked = escaping === "allow-utf-8" ? [name, label] : [name.replaceAll(".", "_"), "odd_label"];
    expect(await stored(utf8.port, ...(asAsked as [string, string]))).toEqual(byLabel);
  } finally {
    await query.stop();
    await Promise.all([plain.shutdown(), utf8.shutdown()]);
  }
});

function declareAll(): void {
  const odd = counter({ name: "native.odd", description: 'Labels with "quotes" \\ and\nlines.' });
  for (const label of ODD) odd.add(1, { label });
  counter({ name: "native.fractions", unit: "s" }).add(0.1 + 0.2);
  gauge({ name: "native.share", unit: "1" }).record(1e-7);
  const traced = counter({ name: "native.traced", exemplars: true });
  const latency = histogram({ name: "native.latency", unit: "s", boundaries: [0.1, 1, 10], exemplars: true });
  for (const value of [0.1, 0.5, 20]) latency.record(value);
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  context.with(trace.setSpanContext(context.active(), SPAN), () => {
    traced.add(2);
    latency.record(0.05);
  });
  context.disable();
  const sizes = exponentialHistogram({ name: "native.sizes" });
  for (const value of values) sizes.record(value);
  exponentialHistogram({ name: "native.empty" }).bind();
  const dotted = histogram({ name: "utf8.stored.sizes", unit: "By", description: 'Of "all".', boundaries: [1] });
  for (const label of ODD) dotted.record(3, { "odd.label": label, le: "7" });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [
    number,
    {
      readonly count: string;
      readonly sum: string;
      readonly buckets?: readonly (readonly [number, string, string, string])[];
    },
  ];
}

interface StoredExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

interface Query {
  (promql: string): Promise<Sample[]>;
  exemplars(promql: string): Promise<StoredExemplar[]>;
  stop(): Promise<void>;
}

/** Hands scrapes through, and notes in which format they are answered. */
async function listeningIn(url: string, formats: string[]): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const answer = await fetch(url, { headers: { accept: request.headers.accept ?? "" } });
    const type = answer.headers.get("content-type") ?? "";
    formats.push(type);
    response.setHeader("content-type", type);
    response.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/metrics`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function prometheus(
  binary: string,
  urls: readonly string[],
  features: readonly string[] = ["native-histograms", "exemplar-storage"],
): Promise<Query> {
  const targets = urls.map((url) => new URL(url).host);
  const folder = await mkdtemp(join(tmpdir(), "telltale-prometheus-"));
  const port = await freePort();
  await writeFile(
    join(folder, "prometheus.yml"),
    // Series whose page comes too late once are gone until the next time.
    `global: { scrape_interval: 5s, scrape_timeout: 5s }
scrape_configs:
  - job_name: test
    static_configs: [{ targets: ${JSON.stringify(targets)} }]
`,
  );
  const child = spawn(
    binary,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(features.length === 0 ? [] : [`--enable-feature=${features.join(",")}`]),
    ],
    { stdio: "ignore" },
  );
  const api = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    return ((await response.json()) as { data: unknown }).data;
  };
  const ask = async (promql: string): Promise<Sample[]> =>
    ((await api(`query?query=${encodeURIComponent(promql)}`)) as { result: Sample[] }).result;
  await expect
    .poll(() => ask("up == 1").then(({ length }) => length, String), { interval: 200, timeout: 50_000 })
    .toBe(targets.length);
  return Object.assign(ask, {
    async exemplars(promql: string): Promise<StoredExemplar[]> {
      const nowS = Date.now() / 1_000;
      const range = `&start=${nowS - 600}&end=${nowS + 60}`;
      const found = (await api(`query_exemplars?query=${encodeURIComponent(promql)}${range}`)) as {
        exemplars: StoredExemplar[];
      }[];
      return found.flatMap(({ exemplars }) => exemplars);
    },
    async stop(): Promise<void> {
      child.kill();
      await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
