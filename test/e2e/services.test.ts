/** Real services over real stores: what telltale/register makes of them, drawn as traces. */
import { drawTrace, type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "@telltale/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Application, startApplication } from "./application.ts";
import { absentServers } from "./server-program.ts";
import { mariadb, postgres, redis, type Server } from "./servers.ts";

/** How long nothing may have come until a trace counts as whole, in milliseconds: six export intervals of the services. */
const QUIET_MS = 300;

const absent = absentServers("postgres", "initdb", "mariadb", "redis");

let receiver: OtlpReceiver;
/** All that may have a part in a trace. */
const running: Application[] = [];
let stores: readonly Server[];
let storeUrls: Record<string, string>;

beforeAll(async () => {
  if (absent !== undefined) return;
  receiver = await otlpReceiver();
  const [database, ledger, cache] = await Promise.all([postgres(), mariadb(), redis()]);
  stores = [database, ledger, cache];
  storeUrls = { DATABASE_URL: database.url, MYSQL_URL: ledger.url, REDIS_URL: cache.url };
  await using seed = await startApplication({ file: "seed.mjs", until: "started", env: storeUrls });
  const { code, stderr } = await seed.exited;
  if (code !== 0) throw new Error(stderr);
});

afterAll(async () => {
  await Promise.all([...(stores ?? []).map((store) => store.stop()), receiver?.close()]);
});

const services = [
  { file: "express.mjs", handler: "request handler" },
  { file: "express.cjs", handler: "request handler" },
  { file: "fastify.mjs", handler: "handler - anonymous" },
  { file: "fastify.cjs", handler: "handler - anonymous" },
];
const reason = absent === undefined ? "" : ` (skipped: ${absent})`;
const drawn = ["db.system.name", "db.query.text", "http.response.status_code"];

describe.skipIf(absent !== undefined).each(services)(`$file with telltale/register${reason}`, ({ file, handler }) => {
  let service: Application;
  let peer: Application;

  beforeAll(async () => {
    peer = await startService(file, "peer");
    service = await startService(file, "service", { PEER_URL: peer.url });
    // The first query of each process also connects to the database.
    await traceOf(service, "/relay/http/7");
    await traceOf(service, "/orders/7");
  });

  afterAll(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop("SIGKILL")));
  });

  test("the server span has the route and the stable HTTP attributes", async () => {
    const [span] = await traceOf(service, "/quotes/ABC?side=buy&token=abc&sig=def");
    expect(span).toMatchObject({
      name: "GET /quotes/:symbol",
      kind: "server",
      parentSpanId: undefined,
      status: { code: "unset" },
      attributes: {
        "http.request.method": "GET",
        "http.route": "/quotes/:symbol",
        "http.response.status_code": 200,
        "url.path": "/quotes/ABC",
        "url.query": "side=buy&token=REDACTED&sig=REDACTED",
        "url.scheme": "http",
        "server.address": "127.0.0.1",
        "server.port": service.port,
        "network.protocol.version": "1.1",
      },
      resource: { attributes: { "service.name": "service", "telemetry.distro.name": "telltale" } },
    });
    const legacy = /^http\.(method|target|url|status_code|host|flavor)$|^net\./;
    expect(Object.keys(span!.attributes).filter((key) => legacy.test(key))).toEqual([]);
  });

  test("a query of PostgreSQL is a child of the route, without its literals", async () => {
    const spans = await traceOf(service, "/orders/7");
    expect(drawTrace(spans, { attributes: drawn })).toBe(`\
GET /orders/:id [server] http.response.status_code=200
  ${handler} [internal]
    pg-pool.connect [client] db.system.name=postgresql
    pg.query:SELECT postgres [client] db.system.name=postgresql db.query.text=SELECT id, side FROM orders WHERE side = ? AND id = $1`);
    expectNoSecrets(spans);
  });

  test("a query of MariaDB is a child of the route, without its literals", async () => {
    const spans = await traceOf(service, "/ledger/7");
    expect(drawTrace(spans, { attributes: drawn })).toBe(`\
GET /ledger/:id [server] http.response.status_code=200
  ${handler} [internal]
    SELECT [client] db.system.name=mysql db.query.text=SELECT id, side FROM ledger WHERE side = ? AND id = ?`);
    expectNoSecrets(spans);
  });

  test("commands of redis are children of the route, without their values", async () => {
    const spans = await traceOf(service, "/quotes/ABC");
    expect(drawTrace(spans, { attributes: drawn })).toBe(`\
GET /quotes/:symbol [server] http.response.status_code=200
  ${handler} [internal]
    redis-SET [client] db.system.name=redis db.query.text=SET quote:ABC [1 other arguments]
    redis-GET [client] db.system.name=redis db.query.text=GET quote:ABC`);
    expectNoSecrets(spans);
  });

  test("commands of ioredis are children of the route, without their values", async () => {
    const spans = await traceOf(service, "/sessions/1");
    expect(drawTrace(spans, { attributes: drawn })).toBe(`\
GET /sessions/:key [server] http.response.status_code=200
  ${handler} [internal]
    set [client] db.system.name=redis db.query.text=set session:1 [1 other arguments]
    get [client] db.system.name=redis db.query.text=get session:1`);
    expectNoSecrets(spans);
  });

  test.each(["http", "fetch"])("a trace crosses two services by %s, with one client span", async (client) => {
    const spans = await traceOf(service, `/relay/${client}/7`);
    expect(drawTrace(spans, { attributes: ["http.response.status_code"] })).toBe(`\
service: GET /relay/${client}/:id [server] http.response.status_code=200
  service: ${handler} [internal]
    service: GET [client] http.response.status_code=200
      peer: GET /orders/:id [server] http.response.status_code=200
        peer: ${handler} [internal]
          peer: pg-pool.connect [client]
          peer: pg.query:SELECT postgres [client]`);
    expect(spans.find((span) => span.kind === "client" && "url.full" in span.attributes)?.attributes).toMatchObject({
      "http.request.method": "GET",
      "server.address": "127.0.0.1",
      "server.port": peer.port,
      "url.full": `${peer.url}/orders/7`,
    });
  });
});

async function startService(file: string, name: string, env: Record<string, string> = {}): Promise<Application> {
  const service = await startApplication({
    file,
    register: true,
    env: {
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      TELLTALE_STRICT: "1",
      ...storeUrls,
      ...env,
    },
  });
  running.push(service);
  return service;
}

/**
 * The spans of the trace that the request started, the root first. It is whole once a later request of each process has
 * come and nothing new for a while, and not sooner, so that a span too many is seen as well.
 */
async function traceOf(service: Application, path: string): Promise<readonly ReceivedSpan[]> {
  receiver.clear();
  const response = await service.request(path);
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("secret")]);
  await receiver.waitFor(() => rootOf(receiver.spans()));
  for (const one of running) {
    await (await one.request("/nothing-here")).text();
    await receiver.waitFor(() => receiver.spans().some((span) => isRequest(span, "/nothing-here", one.port)));
  }
  let count = 0;
  while (count !== receiver.spans().length) {
    count = receiver.spans().length;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
  expect(receiver.problems()).toEqual([]);
  const spans = receiver.spans();
  const root = rootOf(spans)!;
  return [root, ...spans.filter((span) => span.traceId === root.traceId && span !== root)];
}

function isRequest({ kind, attributes }: ReceivedSpan, path: string, port: number): boolean {
  return kind === "server" && attributes["url.path"] === path && attributes["server.port"] === port;
}

function rootOf(spans: readonly ReceivedSpan[]): ReceivedSpan | undefined {
  return spans.find((span) => span.parentSpanId === undefined && span.kind === "server");
}

function expectNoSecrets(spans: readonly ReceivedSpan[]): void {
  const text = JSON.stringify(spans, (_, value) => (typeof value === "bigint" ? String(value) : value));
  expect(text).not.toContain("secret");
}
