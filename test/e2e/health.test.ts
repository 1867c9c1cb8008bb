/** Health of real applications, asked as a kubelet does. */
import { type HealthCheck, mysqlCheck, postgresCheck, redisCheck } from "@telltale/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { absentServers } from "./server-program.ts";
import { freePort, mariadb, postgres, redis, type Server } from "./servers.ts";

const silent = { OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", TELLTALE_STRICT: "1" };

const source = `
import { createServer } from "node:http";
import { bootstrap } from "telltale";
const telemetry = bootstrap();
process.on("message", () => {});
if (process.argv[2] === "slow") telemetry.health.register("database", () => new Promise((resolve) => process.once("SIGUSR2", () => resolve(true))));
// Ends when it has answered what it was asked, not at once.
process.on("SIGTERM", () => console.log("ending"));
createServer((request, response) => {
  if (!telemetry.healthHandler(request, response)) response.end("pong");
}).listen(0, "127.0.0.1", function () { console.log("listening on " + this.address().port); });
`;

test("a process is alive, becomes ready when its check has answered, and is not ready from SIGTERM on", async () => {
  const port = await freePort();
  const service = await startApplication({
    source,
    register: true,
    args: ["slow"],
    env: { ...silent, OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: `${port}` },
  });
  const probe = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect(await probe("/livez")).toBe(200);
  expect(await probe("/readyz")).toBe(503);
  process.kill(service.pid!, "SIGUSR2");
  await expect.poll(() => probe("/readyz"), { interval: 10 }).toBe(200);
  expect(await (await service.request("/readyz?verbose")).text()).toContain("[+]database ok");
  expect(await (await service.request("/other")).text()).toBe("pong");
  process.kill(service.pid!, "SIGTERM");
  await service.waitForOutput(/ending/);
  expect(await probe("/readyz")).toBe(503);
  expect(await probe("/livez")).toBe(200);
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toMatch(/^telltale_health_ready 0$/m);
});

test("health has a port of its own where there is no Prometheus page, and none when it is switched off", async () => {
  const port = await freePort();
  const env = {
    ...silent,
    OTEL_METRICS_EXPORTER: "none",
    TELLTALE_HEALTH_PORT: `${port}`,
    TELLTALE_HEALTH_PREFIX: "/ops",
  };
  await startApplication({ source, register: true, env });
  expect((await fetch(`http://127.0.0.1:${port}/ops/readyz`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(404);
  const metricsPort = await freePort();
  const off = {
    OTEL_METRICS_EXPORTER: "prometheus",
    OTEL_EXPORTER_PROMETHEUS_PORT: `${metricsPort}`,
    TELLTALE_HEALTH: "false",
  };
  await startApplication({ source, register: true, env: { ...silent, ...off } });
  expect((await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).status).toBe(404);
});

const absent = absentServers("postgres", "mariadb", "redis");

describe.skipIf(absent !== undefined)(`databases${absent ? ` (skipped: ${absent})` : ""}`, () => {
  const servers: Record<string, Server> = {};
  beforeAll(async () => {
    [servers["postgres"], servers["mysql"], servers["redis"]] = await Promise.all([postgres(), mariadb(), redis()]);
  });
  afterAll(async () => void (await Promise.all(Object.values(servers).map((server) => server.stop()))));

  test("the application's own clients are asked, and what is away is told", async () => {
    const { Pool } = await import("pg");
    const pool = new Pool({ connectionString: servers["postgres"]!.url });
    pool.on("error", () => {});
    const mysql = (await import("mysql2")).createPool({ uri: servers["mysql"]!.url });
    const { Redis } = await import("ioredis");
    const cache = new Redis(servers["redis"]!.url, { maxRetriesPerRequest: 0 });
    cache.on("error", () => {});
    const checks: Record<string, HealthCheck> = {
      postgres: postgresCheck(pool),
      mysql: mysqlCheck(mysql),
      mysqlPromises: mysqlCheck(mysql.promise()),
      redis: redisCheck(cache),
    };
    const ask = async (check: HealthCheck) => check({ signal: AbortSignal.timeout(10_000) });
    for (const [name, check] of Object.entries(checks)) expect([undefined, true], name).toContain(await ask(check));
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    for (const [name, check] of Object.entries(checks)) await expect(ask(check), name).rejects.toThrow();
    await pool.end();
    mysql.end();
    cache.disconnect();
  });
});
