/** What the rules and pages of services ask for is what a real service, with a real database, has on its page. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalogue } from "../../scripts/http-catalogue.ts";
import { labelsOfCatalogues } from "../../scripts/metric-labels.ts";
import { startApplication } from "../e2e/application.ts";
import { absentServers } from "../e2e/server-program.ts";
import { freePort, postgres, type Server } from "../e2e/servers.ts";

const absent = absentServers("postgres", "initdb");
const known = labelsOfCatalogues([catalogue]);

const source = `
import http from "node:http";
import express from "express";
import pg from "pg";
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.get("/leaf", (request, response) => response.end());
app.get("/orders/:id", async (request, response) => {
  await pool.query("SELECT 1");
  await pool.query("SELECT FROM nowhere").catch(() => {});
  http.get("http://127.0.0.1:" + server.address().port + "/leaf", (answer) => answer.resume().on("end", () => response.end()));
});
const server = app.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

let database: Server;
let page = "";

beforeAll(async () => {
  if (absent !== undefined) return;
  database = await postgres();
  const port = await freePort();
  const service = await startApplication({
    source,
    register: true,
    env: {
      DATABASE_URL: database.url,
      OTEL_TRACES_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_METRICS_EXPORTER: "prometheus",
      OTEL_EXPORTER_PROMETHEUS_PORT: `${port}`,
    },
  });
  expect((await service.request("/orders/7")).status).toBe(200);
  page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  await service.stop("SIGKILL");
});

afterAll(() => database?.stop());

test.skipIf(absent !== undefined).each([...known])(
  "a service has %s, with the labels that the catalogue says",
  (name, labels) => {
    const lines = page.split("\n").filter((line) => line.startsWith(`${name}{`));
    expect(lines).not.toEqual([]);
    const found = new Set(lines.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label]) => label!)));
    expect([...found].filter((label) => !labels.has(label))).toEqual([]);
  },
);
