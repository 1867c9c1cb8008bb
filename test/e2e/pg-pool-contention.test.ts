/** Requests that wait for one another's connections: the queries of each belong to its own trace. */
import { otlpReceiver, type ReceivedSpan } from "@telltale/testing";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { absentServers } from "./server-program.ts";
import { postgres } from "./servers.ts";

const absent = absentServers("postgres", "initdb");

/** Ten times as many requests as the pool has connections. */
const REQUESTS = 20;

const source = `
const { bootstrap } = require("telltale");
bootstrap({ instrumentations: { pg: JSON.parse(process.env.PG_OPTIONS) } });
const express = require("express");
const pg = require("pg");
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const app = express();
app.get("/promise/:id", async (request, response) => {
  await pool.query(\`SELECT pg_sleep(0.005) AS first_\${request.params.id}\`);
  await pool.query(\`SELECT 1 AS second_\${request.params.id}\`);
  response.end();
});
app.get("/callback/:id", (request, response) => {
  pool.query(\`SELECT pg_sleep(0.005) AS first_\${request.params.id}\`, () => {
    pool.query(\`SELECT 1 AS second_\${request.params.id}\`, () => response.end());
  });
});
app.get("/client/:id", async (request, response) => {
  const client = await pool.connect();
  await client.query(\`SELECT pg_sleep(0.005) AS first_\${request.params.id}\`);
  await client.query(\`SELECT 1 AS second_\${request.params.id}\`);
  client.release();
  response.end();
});
const server = app.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

test.skipIf(absent !== undefined).each([
  { spans: "with spans of connecting", options: {} },
  { spans: "without spans of connecting", options: { ignoreConnectSpans: true } },
])(`each trace holds exactly its own queries, $spans${absent ? ` (skipped: ${absent})` : ""}`, async ({ options }) => {
  await using database = await postgres();
  const receiver = await otlpReceiver();
  const service = await startApplication({
    source,
    language: "cjs",
    env: {
      DATABASE_URL: database.url,
      PG_OPTIONS: JSON.stringify(options),
      OTEL_SERVICE_NAME: "orders",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_METRICS_EXPORTER: "none",
      TELLTALE_STRICT: "1",
    },
  });
  for (const way of ["promise", "callback", "client"]) {
    receiver.clear();
    const ids = Array.from({ length: REQUESTS }, (_, id) => id);
    await Promise.all(ids.map(async (id) => (await service.request(`/${way}/${id}`)).text()));
    await receiver.waitFor(() => servers(receiver.spans()).length === REQUESTS || undefined);
    await receiver.waitFor(() => queries(receiver.spans()).length === 2 * REQUESTS || undefined);
    const found = servers(receiver.spans()).map(({ traceId, attributes }) => [
      attributes["url.path"],
      queries(receiver.spans())
        .filter((span) => span.traceId === traceId)
        .map((span) => /\w+$/.exec(String(span.attributes["db.query.text"]))?.[0])
        .sort(),
    ]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(ids.map((id) => [`/${way}/${id}`, [`first_${id}`, `second_${id}`]])),
    );
  }
  await service.stop();
  await receiver.close();
});

function servers(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  return spans.filter((span) => span.kind === "server");
}

function queries(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  return spans.filter((span) => "db.query.text" in span.attributes);
}
