/** What a process' batches put into our store is what Prometheus stores when it scrapes the page of the same process. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seriesIntake } from "@telltale/alerting";
import {
  counter,
  exponentialHistogram,
  gauge,
  histogram,
  meterProvider,
  observedGauge,
  prometheusEndpoint,
  seriesReader,
} from "@telltale/metrics";
import { MemoryStore, queryInstant, toRecord } from "@telltale/promql";
import { afterAll, expect, test } from "vitest";

const installed = spawnSync("prometheus", ["--version"]).error === undefined;
const target = { job: "desk", instance: "desk-1", zone: "a" };
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test.skipIf(!installed)(
  "the store has the series that the real Prometheus has, with the same labels and values",
  async () => {
    const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0 });
    const reader = seriesReader({ targetLabels: target });
    const provider = meterProvider({ readers: [endpoint.reader, reader.reader] });
    closing.push(() => provider.shutdown());
    record();
    provider
      .getMeter("theirs")
      .createCounter("same.theirs")
      .add(5, { "a.b": [1, "x"], instance: "own" });
    const prometheus = await scraping(endpoint.url);

    const store = new MemoryStore();
    const intake = seriesIntake(store);
    for (const timeMs of [0, 1_000, 2_000]) intake.append("main", await reader.collect(timeMs));
    const { value } = queryInstant(store, '{job="desk"}', { timeMs: 2_000 });
    const stored = value.type === "vector" ? value.samples : [];
    const ours = stored.map(({ labels, value, histogram }) => [
      keyOf(toRecord(labels)),
      histogram === undefined ? value : [histogram.count, histogram.sum],
    ]);
    // A page that comes too late takes its series away until the next scrape.
    await expect.poll(async () => comparable(await prometheus())).toEqual(comparable(ours));
    expect(ours.length).toBeGreaterThan(25);
  },
);

function record(): void {
  const orders = counter({ name: "same.orders", unit: "{order}" });
  orders.add(3, { side: "buy", job: "own job" });
  orders.add(4, { side: "sell", job: "own job", exported_job: "taken" });
  orders.add(5, { zone: "", code: 1 });
  orders.add(6, { code: "1" });
  counter({ name: "same.fractions", unit: "By" }).add(0.1 + 0.2, { text: 'odd "\\\n 😀 \ud800' });
  gauge({ name: "same.share", unit: "1" }).record(1e-7);
  const sizes = histogram({
    name: "same.sizes",
    unit: "s",
    boundaries: [0, 1e-5, 0.25, 10, 123_456.5, 1e6, 1_234_567, 1e21],
  });
  for (const size of [0, 0.25, 3, 1e300]) sizes.record(size, { le: "mine" });
  const wide = exponentialHistogram({ name: "same.wide", unit: "s" });
  for (const value of [0, 0.001, 5, 1e9]) wide.record(value, { instance: "own instance" });
  observedGauge({ name: "same.observed" }, (observe) => observe(1.5, { "größe ": "2" }));
}

/** How long a scrape took is nobody's to foretell. */
function comparable(samples: readonly (readonly unknown[])[]): Map<unknown, unknown> {
  const known = samples.filter(([key]) => !String(key).includes('"scrape_duration_seconds"'));
  expect(known.length).toBe(samples.length - 1);
  return new Map(known.map(([key, value]) => [key, value] as const).sort());
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
}

interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [number, { readonly count: string; readonly sum: string }];
}

/** A Prometheus that has scraped the page some times; gives what it has now. */
async function scraping(url: string): Promise<() => Promise<(readonly unknown[])[]>> {
  const folder = await mkdtemp(join(tmpdir(), "telltale-same-series-"));
  const port = await freePort();
  const { job, ...labels } = target;
  const jobs = [{ job_name: job, static_configs: [{ targets: [new URL(url).host], labels }] }];
  const configuration = { global: { scrape_interval: "1s" }, scrape_configs: jobs };
  await writeFile(join(folder, "prometheus.yml"), JSON.stringify(configuration));
  const options = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  const listening = [`--web.listen-address=127.0.0.1:${port}`, "--enable-feature=native-histograms"];
  const child = spawn("prometheus", [...options, ...listening], { stdio: "ignore" });
  closing.push(async () => {
    child.kill();
    await once(child, "exit");
    await rm(folder, { recursive: true, force: true });
  });
  const ask = async (query: string): Promise<readonly Answer[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?${new URLSearchParams({ query })}`);
    return ((await response.json()) as { data: { result: readonly Answer[] } }).data.result;
  };
  // The test's own time ends this.
  while ((await ask("count_over_time(up[5m]) > 3").catch(() => [])).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return async () =>
    (await ask('{job="desk"}')).map(({ metric, value, histogram }) => [
      keyOf(metric),
      histogram === undefined ? Number(value?.[1]) : [Number(histogram[1].count), Number(histogram[1].sum)],
    ]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
