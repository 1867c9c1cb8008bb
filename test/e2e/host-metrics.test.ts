/** What an application tells of itself and its machine, as its Prometheus page has it. */
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

const source = `
import { createServer } from "node:http";
createServer((request, response) => response.end("pong")).listen(0, "127.0.0.1", function () {
  console.log("listening on " + this.address().port);
});
`;

async function pageOf(env: Readonly<Record<string, string>>): Promise<() => Promise<string>> {
  const port = await freePort();
  const prometheus = { OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: `${port}` };
  const silent = { OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", TELLTALE_STRICT: "1" };
  await startApplication({ source, register: true, env: { ...silent, ...prometheus, ...env } });
  return async () => (await fetch(`http://127.0.0.1:${port}/metrics?${Math.random()}`)).text();
}

test("the process is told without being asked for, once, and the machine only when it is", async () => {
  const page = await pageOf({});
  await expect.poll(page, { interval: 200 }).toContain("process_uptime_seconds");
  const text = await page();
  expect(text).toMatch(/^nodejs_eventloop_delay_p99_seconds [\d.e-]+$/m);
  expect(text).toMatch(/^v8js_memory_heap_used_bytes\{v8js_heap_space_name="old_space"\} \d+$/m);
  expect(text.match(/^nodejs_eventloop_utilization_ratio /gm)).toHaveLength(1);
  expect(text).not.toContain("system_memory_limit_bytes");
});

test("the machine is told where it is switched on, and contrib's runtime metrics take the place of ours", async () => {
  const page = await pageOf({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: "host" });
  await expect.poll(page, { interval: 200 }).toMatch(/^system_memory_limit_bytes \d{8,}$/m);
  expect(await page()).toMatch(
    /^telltale_host_health\{telltale_check="memory",telltale_health_state="healthy"\} [01]$/m,
  );
  const theirs = await pageOf({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: "runtime-node" });
  await expect.poll(theirs, { interval: 200 }).toContain("nodejs_eventloop_utilization_ratio");
  expect(await theirs()).not.toContain("process_uptime_seconds");
});
