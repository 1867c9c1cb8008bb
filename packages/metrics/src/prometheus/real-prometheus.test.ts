import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { counter, exponentialHistogram, gauge, histogram, upDownCounter } from "../index.ts";
import { prometheusEndpoint } from "./endpoint.ts";

const installed = spawnSync("prometheus", ["--version"]).error === undefined;

test.skipIf(!installed)(
  "Prometheus stores what was recorded, by either format, whatever stands in the labels",
  async () => {
    const labels = new Set(fc.sample(fc.string({ unit: "binary", maxLength: 20 }), { numRuns: 300, seed: 7 }));
    for (const odd of [
      'say "hi"',
      "back\\slash",
      "new\nline",
      "\r\n\t\0",
      "😀",
      "\ud800",
      "{}",
      "#",
      "x".repeat(4_096),
    ])
      labels.add(odd);
    const odd = counter({ name: "real.odd", description: 'Labels with "quotes" \\ and\nlines.' });
    for (const label of labels) odd.add(1, { label });
    counter({ name: "real.fractions", unit: "s" }).add(0.1 + 0.2);
    upDownCounter({ name: "real.open" }).add(-3);
    gauge({ name: "real.share", unit: "1" }).record(1e-7);
    const latency = histogram({ name: "real.latency", unit: "s", boundaries: [0.1, 1, 10], exemplars: true });
    for (const value of [0.05, 0.1, 0.5, 20]) latency.record(value, { venue: "a" });
    exponentialHistogram({ name: "real.sizes", unit: "By" }).record(700);
    const endpoint = prometheusEndpoint({ port: 0 });
    new MeterProvider({ readers: [endpoint.reader] }).getMeter("x").createCounter("real.theirs").add(5);

    for (const protocol of ["openmetrics", "text"] as const) {
      // Prometheus asks for OpenMetrics by itself; for the other format something between them asks for plain text.
      const between = protocol === "text" ? await inPlainText(endpoint.url) : undefined;
      const query = await prometheus(between?.url ?? endpoint.url);
      try {
        const value = async (promql: string) => (await query(promql)).map((sample) => Number(sample.value[1])).sort();
        expect(await value("real_fractions_seconds_total")).toEqual([0.1 + 0.2]);
        expect(await value("real_open")).toEqual([-3]);
        expect(await value("real_share_ratio")).toEqual([1e-7]);
        expect(await value("real_theirs_total")).toEqual([5]);
        expect(await value('real_latency_seconds_bucket{venue="a",le=~"0.1|1|1.0|10|10.0|[+]Inf"}')).toEqual([
          2, 3, 3, 4,
        ]);
        expect(await value("real_latency_seconds_sum")).toEqual([20.65]);
        expect(await value("histogram_quantile(1, real_sizes_bytes_bucket)")).toEqual([1_024]);
        const stored = (await query("real_odd_total")).map((sample) => sample.metric["label"] ?? "");
        const recorded = [...labels].map((label) => label.replace(/\p{Surrogate}/gu, "\ufffd"));
        expect(new Set(stored)).toEqual(new Set(recorded));
      } finally {
        await query.stop();
        between?.close();
      }
    }
    await endpoint.shutdown();
  },
);

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Query {
  (promql: string): Promise<Sample[]>;
  stop(): Promise<void>;
}

async function inPlainText(url: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (_, response) => {
    const answer = await fetch(url, { headers: { accept: "text/plain" } });
    response.setHeader("content-type", answer.headers.get("content-type") ?? "");
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

async function prometheus(url: string): Promise<Query> {
  const { host, pathname } = new URL(url);
  const folder = await mkdtemp(join(tmpdir(), "telltale-prometheus-"));
  const port = await freePort();
  await writeFile(
    join(folder, "prometheus.yml"),
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: test
    metrics_path: ${pathname}
    static_configs: [{ targets: ["${host}"] }]
`,
  );
  const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  const child = spawn("prometheus", [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: "ignore" });
  const ask = async (promql: string): Promise<Sample[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(promql)}`);
    const { data } = (await response.json()) as { data: { result: Sample[] } };
    return data.result;
  };
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const up = await ask("up").catch(() => []);
    if (up[0]?.value[1] === "1") break;
  }
  return Object.assign(ask, {
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
