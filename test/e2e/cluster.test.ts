/** Services of several processes and threads, with one Prometheus page under telltale/register. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

const off = { OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", TELLTALE_STRICT: "1" };

const service = `
  import cluster from "node:cluster";
  import { createServer } from "node:http";
  import { metrics } from "@opentelemetry/api";
  if (cluster.isPrimary) {
    let listening = 0;
    cluster.on("listening", (_, { port }) => { if (++listening === 2) console.log("listening on " + port); });
    cluster.fork();
    cluster.fork();
    process.on("SIGUSR2", () => Object.values(cluster.workers)[0].process.kill("SIGKILL"));
  } else {
    metrics.getMeter("service").createCounter("started").add(1);
    createServer((_, response) => response.end(String(process.pid))).listen(0, "127.0.0.1");
  }`;

test.for(["main", "worker"])("a cluster's requests are summed on one page, served by its %s thread", async (serve) => {
  const page = await freePort();
  const application = await startApplication({
    source: service,
    register: true,
    env: {
      ...off,
      TELLTALE_METRICS_PROMETHEUS_PORT: `${page}`,
      TELLTALE_METRICS_PROMETHEUS_CLUSTER: "true",
      TELLTALE_METRICS_PROMETHEUS_SERVE: serve,
    },
  });
  const workers = new Set<string>();
  // Connections are handed to one worker after the other.
  for (let i = 0; i < 10; i++) {
    workers.add(await (await application.request("/", { headers: { connection: "close" } })).text());
  }
  expect(workers.size).toBe(2);
  const text = async () => (await fetch(`http://127.0.0.1:${page}/metrics`)).text();
  await expect.poll(text, { interval: 1_100, timeout: 10_000 }).toContain("started_total 2\n");
  expect(await text()).toMatch(/^http_server_request_duration_seconds_count\{[^}]*\} 10$/m);
  expect((await text()).match(/^target_info/gm)).toHaveLength(1);
  process.kill(application.pid, "SIGUSR2");
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(await text()).toContain("started_total 2\n");
  expect(application.stderr).not.toMatch(/telltale|Error/);
  expect(await application.stop("SIGTERM")).toMatchObject({ signal: "SIGTERM" });
});

test("worker threads that inherit telltale/register share the main thread's page", async () => {
  const page = await freePort();
  const application = await startApplication({
    source: `
      import { isMainThread, Worker, parentPort } from "node:worker_threads";
      import { metrics } from "@opentelemetry/api";
      metrics.getMeter("jobs").createCounter("jobs").add(1);
      if (isMainThread) {
        const thread = new Worker(new URL(import.meta.url));
        thread.once("message", () => console.log("listening on 0"));
      } else {
        parentPort.postMessage("ready");
        setInterval(() => {}, 1000);
      }`,
    register: true,
    env: { ...off, TELLTALE_METRICS_PROMETHEUS_PORT: `${page}`, TELLTALE_METRICS_PROMETHEUS_CLUSTER: "true" },
  });
  const text = async () => (await fetch(`http://127.0.0.1:${page}/metrics`)).text();
  await expect.poll(text, { interval: 1_100, timeout: 10_000 }).toContain("jobs_total 2\n");
  expect(application.stderr).not.toMatch(/telltale|Error/);
});

const isBuilt = existsSync(join(import.meta.dirname, "../../packages/metrics/dist/page-worker.js"));

test.skipIf(!isBuilt)(
  "the worker thread also serves with the packages as they are published (npm run build)",
  async () => {
    const page = await freePort();
    await startApplication({
      source: `setInterval(() => {}, 1000); console.log("listening on 0");`,
      register: true,
      built: true,
      env: { ...off, TELLTALE_METRICS_PROMETHEUS_PORT: `${page}`, TELLTALE_METRICS_PROMETHEUS_SERVE: "worker" },
    });
    const text = async () => (await fetch(`http://127.0.0.1:${page}/metrics`)).text();
    await expect.poll(text, { interval: 200, timeout: 10_000 }).toContain("telltale_prometheus_sample_age_seconds");
  },
);

test("an application that the page's worker thread serves ends as it would without", async () => {
  for (const [ending, exit] of [
    ["", { code: 0 }],
    ["process.exit(3);", { code: 3 }],
    ["setTimeout(() => { throw new Error('boom'); }, 50);", { code: 1 }],
  ] as const) {
    const page = await freePort();
    const application = await startApplication({
      source: `import { bootstrap } from "telltale"; bootstrap(); ${ending}`,
      until: "started",
      env: { ...off, TELLTALE_METRICS_PROMETHEUS_PORT: `${page}`, TELLTALE_METRICS_PROMETHEUS_SERVE: "worker" },
    });
    expect(await application.exited).toMatchObject(exit);
  }
});
