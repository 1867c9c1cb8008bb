/** The real Prometheus scrapes a service that telltale/register observes. */
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { absentServers } from "./server-program.ts";
import { freePort, prometheus } from "./servers.ts";

const absent = absentServers("prometheus");

const source = `
import express from "express";
const app = express();
app.get("/orders/:id", (request, response) => response.json({ id: request.params.id }));
const server = app.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

test.skipIf(absent !== undefined)(
  `Prometheus scrapes request durations and answers a query on them${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    const port = await freePort();
    const service = await startApplication({
      source,
      register: true,
      env: {
        OTEL_SERVICE_NAME: "orders",
        OTEL_TRACES_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
        OTEL_METRICS_EXPORTER: "prometheus",
        OTEL_EXPORTER_PROMETHEUS_PORT: `${port}`,
        TELLTALE_STRICT: "1",
      },
    });
    await using server = await prometheus({ scrape: [`127.0.0.1:${port}`] });
    for (let i = 0; i < 3; i++) expect((await service.request(`/orders/${i}`)).status).toBe(200);

    const route = '{http_route="/orders/:id",http_request_method="GET",http_response_status_code="200"}';
    expect(await server.waitForQuery(`http_server_request_duration_seconds_count${route} == 3`)).toHaveLength(1);
    const [median] = await server.waitForQuery(
      `histogram_quantile(0.5, http_server_request_duration_seconds_bucket${route})`,
    );
    expect(median?.value).toBeGreaterThan(0);
    expect(await server.waitForQuery("target_info")).toMatchObject([{ labels: { service_name: "orders" } }]);
  },
);

test("a page with a token is for those who have it", async () => {
  const port = await freePort();
  const service = await startApplication({
    source,
    register: true,
    env: {
      OTEL_SERVICE_NAME: "orders",
      OTEL_TRACES_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_METRICS_EXPORTER: "prometheus",
      OTEL_EXPORTER_PROMETHEUS_PORT: `${port}`,
      TELLTALE_METRICS_PROMETHEUS_BEARER_TOKEN: "s3cret",
      TELLTALE_STRICT: "1",
    },
  });
  expect((await service.request("/orders/1")).status).toBe(200);
  const page = (authorization: string) => fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization } });
  expect((await page("Bearer wrong")).status).toBe(401);
  const got = await page("Bearer s3cret");
  expect([got.status, await got.text()]).toEqual([200, expect.stringContaining('service_name="orders"')]);
});

test("a scrape that is in progress when SIGTERM comes is answered before the process ends", async () => {
  const port = await freePort();
  const service = await startApplication({
    source: `
      import { metrics } from "@opentelemetry/api";
      import { createServer } from "node:http";
      const slow = metrics.getMeter("desk").createObservableGauge("slow");
      slow.addCallback(async (result) => {
        console.log("collecting");
        await new Promise((resolve) => setTimeout(resolve, 500));
        result.observe(7);
      });
      const server = createServer((request, response) => response.end());
      server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
    `,
    register: true,
    env: {
      OTEL_TRACES_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_METRICS_EXPORTER: "prometheus",
      OTEL_EXPORTER_PROMETHEUS_PORT: `${port}`,
    },
  });
  const page = fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
  await service.waitForOutput(/collecting/);
  const [ended, text] = await Promise.all([service.stop("SIGTERM"), page]);
  expect(text).toContain("slow 7\n");
  expect(ended).toMatchObject({ signal: "SIGTERM", stderr: "" });
});
