/**
 * What our own code records in place of contrib's instrumentations is what those record: each program runs twice, and its
 * spans, their parents, names, attributes and states are compared. What differs on purpose is listed where it is left out.
 */
import { describe, expect, test } from "vitest";
import { type ObservedSpan, runObserved } from "./observed-program.ts";
import { absentServers } from "./server-program.ts";
import { mariadb, postgres, redis } from "./servers.ts";

const absent = absentServers("postgres", "initdb", "redis");

interface SpanTree {
  readonly name: string;
  readonly kind: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly exceptions: number;
  readonly children: readonly SpanTree[];
}

/** Traces cross processes, as they do after bootstrap(). */
const propagating = `
  require("@opentelemetry/api").propagation.setGlobalPropagator(
    new (require("@opentelemetry/core").W3CTraceContextPropagator)(),
  );`;

/** A client on a socket, which may ask for anything, and waits until the server is done with it. */
const client = `${propagating}
  const { connect } = require("node:net");
  const ask = (server, target, { method = "GET", headers = {}, body = "", hangUp = false } = {}) => new Promise((resolve) => {
    const socket = connect(server.address().port, "127.0.0.1");
    const head = { host: "shop.example:8080", connection: "close", ...headers, ...(body && { "content-length": body.length }) };
    const lines = Object.entries(head).map(([name, value]) => name + ": " + value + "\\r\\n").join("");
    socket.write(method + " " + target + " HTTP/1.1\\r\\n" + lines + "\\r\\n" + body);
    socket.resume();
    if (hangUp) setTimeout(() => socket.destroy(), 50);
    socket.on("close", () => setTimeout(resolve, 20));
  });
  const { trace } = require("@opentelemetry/api");
  const work = (name) => trace.getTracer("test").startSpan(name).end();`;

describe("HTTP and Express", () => {
  const program = `${client}
    const express = require("express");
    const app = express();
    app.use(express.json());
    app.use("/assets", (request, response, next) => request.url === "/logo.png" ? response.end("png") : next());
    app.get("/ping", (request, response) => { work("in the handler"); response.json({}); });
    app.get("/orders/:id", async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      work("after a timer");
      response.status(request.params.id === "0" ? 503 : 201).json({});
    });
    app.post("/orders", (request, response) => { work(request.body.side); response.end(); });
    app.post("/raw", (request, response) => {
      request.on("data", () => work("at data")).on("end", () => { work("at end"); response.end(); });
    });
    app.get(["/a", "/b"], (request, response) => response.end());
    app.get(/^\\/re(gexp)?$/, (request, response) => response.end());
    app.get("/files/*path", (request, response) => response.end());
    app.get("/fails", () => { throw new TypeError("thrown"); });
    app.get("/rejects", async () => { throw new TypeError("rejected"); });
    app.get("/next", (request, response, next) => next(), (request, response) => { work("second handler"); response.end(); });
    app.get("/never", (request) => { request.on("close", () => work("at close")); });
    app.get("/piped", (request, response) => { response.on("finish", () => work("at finish")); response.end("x"); });
    const api = express.Router();
    api.use((request, response, next) => { setImmediate(next); });
    api.get("/users/:user", (request, response) => { work("in a router"); response.end(); });
    const inner = express.Router({ mergeParams: true });
    inner.get("/", (request, response) => response.end());
    inner.get("/:line", (request, response) => response.end());
    api.use("/carts/:cart/lines", inner);
    app.use("/api/v1", api);
    const admin = express();
    admin.get("/status", (request, response) => response.end());
    app.use("/admin", admin);
    app.use((error, request, response, next) => { response.status(500).end("failed"); });
    const server = app.listen(0, "127.0.0.1", async () => {
      for (const target of TARGETS) await ask(server, ...target);
      server.close();
    });`;
  const targets: readonly (readonly [string, object?])[] = [
    ["/ping"],
    ["/ping?side=buy&sig=abc&x=a+b"],
    ["/orders/7"],
    ["/orders/0"],
    ["/orders", { method: "POST", headers: { "content-type": "application/json" }, body: '{"side":"buy"}' }],
    ["/raw", { method: "POST", body: "some bytes" }],
    ["/a"],
    ["/b"],
    ["/re"],
    ["/files/a/b"],
    ["/fails"],
    ["/rejects"],
    ["/next"],
    ["/piped"],
    ["/api/v1/users/u1"],
    ["/api/v1/carts/c1/lines"],
    ["/api/v1/carts/c1/lines/2"],
    ["/assets/logo.png"],
    ["/nowhere"],
    ["/ping", { method: "HEAD" }],
    ["/ping", { method: "PROPFIND" }],
    ["/ping", { headers: { "user-agent": "Googlebot/2.1" } }],
    [
      "/ping",
      {
        headers: {
          "x-forwarded-for": "203.0.113.7, 10.0.0.1",
          "x-forwarded-host": "a.example",
          "x-forwarded-proto": "https",
        },
      },
    ],
    ["/ping", { headers: { forwarded: 'for="[2001:db8::17]:4711";proto=https;host=b.example, for=10.0.0.1' } }],
    ["/ping", { headers: { host: "[::1]:3000" } }],
    ["/ping", { headers: { host: "c.example" } }],
    ["/ping", { headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } }],
    ["/a/../ping"],
  ];
  const asking = (asked: typeof targets): string => program.replace("TARGETS", () => JSON.stringify(asked));
  const headers = { server: { requestHeaders: ["X-Forwarded-For"], responseHeaders: ["Content-Type"] } };
  const http = { headersToSpanAttributes: headers, enableSyntheticSourceDetection: true };

  test.each([
    ["handlers only", ["middleware", "router"]],
    ["each layer", []],
  ])("each kind of request is recorded as contrib does, with spans of %s", async (_, ignoreLayersType) => {
    const [contrib, ours] = await Promise.all(
      ["contrib", "telltale"].map((engine) =>
        tracesOf(asking(targets), { http: { ...http, engine }, express: { ignoreLayersType, engine } }),
      ),
    );
    expect(contrib).toHaveLength(targets.length);
    const targetOf = (trees: readonly SpanTree[]): Record<string, SpanTree> =>
      Object.fromEntries(trees.map((tree, index) => [JSON.stringify(targets[index]), tree]));
    expect(targetOf(ours!)).toEqual(targetOf(contrib!));
  });

  test("differs on purpose: a route is known however the request is written, and a query stays as it was sent", async () => {
    const asked = [
      // contrib: GET, since the target does not begin with the route.
      ["http://shop.example:8080/ping?q=1"],
      ["/PING"],
      // contrib: GET, since nobody keeps the path of an application that is mounted when middleware has no spans.
      ["/admin/status"],
      // contrib: x=a+b
      ["/ping?x=a%20b&sig=abc"],
    ] as const;
    const traces = await tracesOf(asking(asked), {});
    expect(traces.map(({ name, attributes }) => [name, attributes["http.route"], attributes["url.query"]])).toEqual([
      ["GET /ping", "/ping", "q=1"],
      ["GET /ping", "/ping", undefined],
      ["GET /admin/status", "/admin/status", undefined],
      ["GET /ping", "/ping", "x=a%20b&sig=REDACTED"],
    ]);
  });

  test("differs on purpose: who hangs up before the answer has had none", async () => {
    // contrib: http.response.status_code is 200.
    const [trace] = await tracesOf(asking([["/never", { hangUp: true }]]), {});
    expect(trace).toMatchObject({ name: "GET /never", failed: false, attributes: { "error.type": "aborted" } });
    expect(trace!.attributes).not.toHaveProperty("http.response.status_code");
    expect(JSON.stringify(trace!.children)).toContain("at close");
  });

  test("by default there is no span of middleware and of routers", async () => {
    const [trace] = await tracesOf(asking([["/api/v1/users/u1"]]), {});
    expect(trace!.children.map(({ name }) => name)).toEqual(["request handler"]);
  });
});

test("outgoing requests are recorded as contrib does, however they are asked for", async () => {
  const source = `${propagating}
    const http = require("node:http");
    const { trace } = require("@opentelemetry/api");
    const tracer = trace.getTracer("test");
    const seen = [];
    const ended = (request) => request.end("body");
    const server = http.createServer((request, response) => {
      seen.push([request.method, request.url, /^00-/.test(request.headers.traceparent)]);
      if (request.url === "/reset") return request.socket.destroy();
      if (request.url === "/cut") {
        response.writeHead(200, { "content-length": 10 });
        response.write("half");
        return setTimeout(() => request.socket.destroy(), 20);
      }
      response.statusCode = Number(/\\d{3}$/.exec(request.url)?.[0] ?? 200);
      request.resume();
      response.end("answer");
    });
    const work = (name) => tracer.startSpan(name).end();
    const step = (name, ask) => tracer.startActiveSpan(name, (span) => new Promise((resolve) => {
      const done = (event) => { work(event); setTimeout(resolve, 10); };
      const read = (response) => {
        work("at response");
        response.resume().on("end", () => done("at end")).on("error", () => done("at error"));
      };
      ask(read).on("error", () => done("at request error"));
    }).then(() => span.end()));
    server.listen(0, "127.0.0.1", async () => {
      const { port } = server.address();
      const url = "http://127.0.0.1:" + port;
      const keep = new http.Agent({ keepAlive: true });
      const headers = { "user-agent": "tester" };
      await step("by text", (read) => http.get(url + "/text?a=1&sig=secret", read));
      await step("by text and options", (read) => http.get(url + "/text", { headers }, read));
      await step("by URL", (read) => http.get(new URL("http://user:secret@127.0.0.1:" + port + "/url"), read));
      await step("by options", (read) => ended(http.request({ host: "127.0.0.1", port, path: "/o", method: "post" }, read)));
      await step("by hostname", (read) => http.get({ hostname: "localhost", family: 4, port: String(port), path: "/n" }, read));
      await step("with a host header", (read) => http.get({ port, family: 4, headers: { host: "shop.example" } }, read));
      await step("with an event only", (read) => http.get(url + "/event").on("response", read));
      await step("over a kept connection", (read) => http.get(url + "/kept", { agent: keep }, read));
      await step("over it again", (read) => http.get(url + "/kept", { agent: keep }, read));
      await step("a missing one", (read) => http.get(url + "/404", read));
      await step("a failing one", (read) => http.get(url + "/503", read));
      await step("a strange method", (read) => ended(http.request(url + "/strange", { method: "PROPFIND" }, read)));
      await step("reset", (read) => http.get(url + "/reset", read));
      if (CUT) await step("cut off", (read) => http.get(url + "/cut", read));
      await step("refused", (read) => http.get("http://127.0.0.1:1/", read));
      for (const bad of ["not a url", { path: "/a b" }]) {
        try { http.get(bad); } catch (error) { work(error.code); }
      }
      seen.forEach((one) => work(JSON.stringify(one)));
      keep.destroy();
      server.close();
    });`;
  const clientOnly = { disableIncomingRequestInstrumentation: true };
  const headersToSpanAttributes = { client: { requestHeaders: ["host"], responseHeaders: ["content-length"] } };
  const [contrib, ours] = await Promise.all(
    ["contrib", "telltale"].map((engine) =>
      tracesOf(source.replace("CUT", "false"), { http: { engine, headersToSpanAttributes, ...clientOnly } }),
    ),
  );
  expect(contrib!.length).toBeGreaterThan(25);
  // On purpose: contrib says of every failure that it is an "Error".
  const codes: Readonly<Record<string, string>> = { reset: "ECONNRESET", refused: "ECONNREFUSED" };
  const withCode = (tree: SpanTree): SpanTree =>
    JSON.parse(JSON.stringify(tree).replace('"error.type":"Error"', `"error.type":"${codes[tree.name]}"`));
  expect(ours).toEqual(contrib!.map(withCode));

  // On purpose: a response that is cut off has failed; contrib ends its span without a word.
  const cut = (await tracesOf(source.replace("CUT", "true"), { http: clientOnly })).find(
    ({ name }) => name === "cut off",
  );
  expect(cut!.children.map(({ name, failed }) => ({ name, failed }))).toEqual([
    { name: "at error", failed: false },
    { name: "at response", failed: false },
    { name: "GET", failed: true },
  ]);
});

test("https is recorded as contrib does, on both sides", async () => {
  const source = `${propagating}
    const { execFileSync } = require("node:child_process");
    const { mkdtempSync, readFileSync, rmSync } = require("node:fs");
    const https = require("node:https");
    const { join } = require("node:path");
    const folder = mkdtempSync("tls-");
    const [key, crt] = ["key", "crt"].map((name) => join(folder, name));
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"];
    execFileSync("openssl", ["req", "-x509", ...ec, "-keyout", key, "-out", crt, "-days", "2"], { stdio: "ignore" });
    const tls = { key: readFileSync(key), cert: readFileSync(crt) };
    rmSync(folder, { recursive: true });
    const server = https.createServer(tls, (request, response) => { request.resume(); response.end("secret"); });
    server.listen(0, "127.0.0.1", async () => {
      const { port } = server.address();
      const options = { rejectUnauthorized: false, agent: false };
      const read = (ask) => new Promise((resolve) => ask((response) => response.resume().on("end", () => setTimeout(resolve, 20))));
      await read((done) => https.get("https://127.0.0.1:" + port + "/text", options, done));
      await read((done) => https.get({ host: "127.0.0.1", port, path: "/options", ...options }, done));
      await read((done) => https.request({ hostname: "127.0.0.1", port, path: "/o", method: "PUT", ...options }, done).end());
      server.close();
    });`;
  const [contrib, ours] = await Promise.all(
    ["contrib", "telltale"].map((engine) => tracesOf(source, { http: { engine } })),
  );
  expect(contrib!.map(({ children }) => children.length)).toEqual([1, 1, 1]);
  expect(ours).toEqual(contrib);
});

test("requests of Koa are recorded as contrib does", async () => {
  const source = `${client}
    const Koa = require("koa");
    const app = new Koa();
    app.silent = true;
    app.use(async function first(ctx, next) { work("on the way in"); await next(); work("on the way out"); });
    app.use((ctx, next) => ctx.path === "/early" ? void (ctx.body = "early") : next());
    app.use(async function answer(ctx) {
      if (ctx.path === "/thrown") throw new Error("a mistake");
      await new Promise((resolve) => setImmediate(resolve));
      if (ctx.path === "/refused") ctx.throw(403, "not allowed");
      work("in the handler");
      ctx.body = { pong: true };
    });
    app.use(function late(ctx) { throw new Error("never reached"); });
    const server = app.listen(0, "127.0.0.1", async () => {
      for (const path of ["/", "/early", "/thrown", "/refused"]) await ask(server, path);
      server.close();
    });`;
  const [contrib, ours] = await Promise.all(
    ["contrib", "telltale"].map((engine) => tracesOf(source, { koa: { engine } })),
  );
  expect(contrib).toHaveLength(4);
  expect(JSON.stringify(contrib)).toContain("middleware - answer");
  expect(ours).toEqual(contrib);
});

test("requests of fetch and undici are recorded as contrib does", async () => {
  const source = `${propagating}
    const http = require("node:http");
    const undici = require("undici");
    const { trace } = require("@opentelemetry/api");
    const tracer = trace.getTracer("test");
    const seen = [];
    const givingUp = new AbortController();
    const server = http.createServer((request, response) => {
      seen.push([request.method, request.url, /^00-/.test(request.headers.traceparent), request.headers["user-agent"]]);
      if (request.url === "/reset") return request.socket.destroy();
      if (request.url === "/slow") return givingUp.abort();
      if (request.url === "/late") return;
      response.statusCode = Number(/\\d{3}$/.exec(request.url)?.[0] ?? 200);
      response.setHeader("x-items", ["1", "2"]);
      request.resume();
      response.end("answer");
    });
    const step = (name, ask) => tracer.startActiveSpan(name, async (span) => {
      await ask().catch(() => {});
      span.end();
    });
    server.listen(0, "127.0.0.1", async () => {
      const url = "http://127.0.0.1:" + server.address().port;
      const read = (path, options) => async () => (await fetch(url + path, options)).text();
      await step("fetch", read("/a?x=1&sig=secret"));
      await step("with headers", read("/a", { headers: { "user-agent": "tester", "x-tenant": "acme" } }));
      await step("with a body", read("/a", { method: "post", body: "text" }));
      await step("a strange method", read("/a", { method: "PROPFIND" }));
      await step("a missing one", read("/404"));
      await step("a failing one", read("/503"));
      await step("reset", read("/reset"));
      await step("called off", read("/slow", { signal: givingUp.signal }));
      await step("not answered in time", read("/late", { signal: AbortSignal.timeout(20) }));
      await step("refused", () => fetch("http://127.0.0.1:1/"));
      await step("undici.request", async () => (await undici.request(url + "/b", { headers: { "User-Agent": "u" } })).body.text());
      await step("undici.request, a list of headers", async () => (await undici.request(url + "/b", { headers: ["user-agent", "l"] })).body.text());
      seen.forEach((one) => tracer.startSpan(JSON.stringify(one)).end());
      await undici.getGlobalDispatcher().close();
      server.closeAllConnections();
      server.close();
    });`;
  const headersToSpanAttributes = { requestHeaders: ["X-Tenant"], responseHeaders: ["X-Items"] };
  const [contrib, ours] = await Promise.all(
    ["contrib", "telltale"].map((engine) =>
      tracesOf(source, {
        http: { disableIncomingRequestInstrumentation: true },
        undici: { engine, headersToSpanAttributes },
      }),
    ),
  );
  expect(contrib!.length).toBeGreaterThan(20);
  expect(ours).toEqual(contrib!.map(asConventions));
});

test.skipIf(absent !== undefined)(
  `queries of pg and commands of ioredis are recorded as contrib does${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    await using database = await postgres();
    await using cache = await redis();
    const source = `
      const { once } = require("node:events");
      const { Client, Pool } = require("pg");
      const { Redis } = require("ioredis");
      const { trace } = require("@opentelemetry/api");
      const tracer = trace.getTracer("test");
      const step = (name, run) => tracer.startActiveSpan(name, async (span) => {
        try { await run(); } catch {}
        tracer.startSpan("after").end();
        span.end();
      });
      const call = (run) => new Promise((resolve) => run((error) => { tracer.startSpan("in the callback").end(); resolve(); }));
      (async () => {
        const pool = new Pool({ connectionString: "${database.url}", max: 2 });
        const redis = new Redis("${cache.url}");
        await once(redis, "ready");
        await step("pool, first", () => pool.query("SELECT 1"));
        await step("pool, again", () => pool.query("SELECT $1::int", [1]));
        await step("pool, named", () => pool.query({ name: "find", text: "SELECT $1::int", values: [1] }));
        await step("pool, callback", () => call((done) => pool.query("SELECT 1", done)));
        await step("pool, values and callback", () => call((done) => pool.query("SELECT $1::int", [1], done)));
        await step("pool, failing", () => pool.query("SELECT nothing"));
        await step("pool, failing callback", () => call((done) => pool.query("SELECT nothing", done)));
        await step("client of the pool", async () => {
          const client = await pool.connect();
          await client.query("BEGIN");
          await client.query("COMMIT");
          client.release();
        });
        await step("connect by callback", () => call((done) => pool.connect((error, client, release) => { release(); done(error); })));
        await step("client", async () => {
          const client = new Client({ connectionString: "${database.url}" });
          await client.connect();
          await client.query("select 1;");
          await client.end();
        });
        await pool.query("SELECT 1");
        await step("unreachable", () => new Pool({ host: "127.0.0.1", port: 1, user: "u", database: "d" }).query("SELECT 1"));
        await step("commands", async () => {
          await redis.set("key", "value", "EX", 10);
          await redis.get("key");
          await redis.incr("key").catch(() => {});
        });
        await step("pipeline", () => redis.pipeline().set("a", 1).get("a").exec());
        await step("multi", () => redis.multi().set("a", 1).get("a").exec());
        await redis.get("without a parent");
        await pool.end();
        await redis.quit();
      })();`;
    const [contrib, ours] = await Promise.all(
      ["contrib", "telltale"].map((engine) => tracesOf(source, { pg: { engine }, ioredis: { engine } })),
    );
    expect(contrib!.length).toBeGreaterThan(15);
    const { failures, others } = withoutFailures(ours!);
    expect(others).toEqual(contrib);
    expect(failures).toEqual([
      "pg.query:SELECT postgres: 42703 42703",
      "pg.query:SELECT postgres: 42703 42703",
      "pg-pool.connect: undefined ECONNREFUSED",
      "incr: ERR ERR",
    ]);
  },
);

test.skipIf(absent !== undefined)(
  `commands of redis are recorded as contrib does${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    await using cache = await redis();
    const source = `
      const { createClient } = require("redis");
      const { trace } = require("@opentelemetry/api");
      const tracer = trace.getTracer("test");
      const step = (name, run) => tracer.startActiveSpan(name, async (span) => {
        try { await run(); } catch {}
        tracer.startSpan("after").end();
        span.end();
      });
      (async () => {
        const client = createClient({ url: "${cache.url}" });
        await step("connect", () => client.connect());
        await step("commands", async () => {
          await client.set("key", "value", { EX: 10 });
          await client.get("key");
          await client.sendCommand(["ECHO", "secret"]);
        });
        await step("failing", () => client.incr("key"));
        await step("multi", () => client.multi().set("a", "1").get("a").exec());
        await step("multi, failing", () => client.multi().set("a", "text").incr("a").exec());
        await step("pipeline", () => client.multi().set("a", "1").get("a").execAsPipeline());
        await client.get("without a parent");
        await client.close();
      })();`;
    const [contrib, ours] = await Promise.all(
      ["contrib", "telltale"].map((engine) => tracesOf(source, { redis: { engine } })),
    );
    expect(contrib!.length).toBeGreaterThan(5);
    expect(JSON.stringify(contrib)).toContain("redis-GET");
    const { failures, others } = withoutFailures(ours!);
    expect(others).toEqual(contrib);
    expect(failures).toEqual(["redis-INCR: ERR ERR"]);
  },
);

test.skipIf(absentServers("mariadb") !== undefined)("queries of mysql2 are recorded as contrib does", async () => {
  await using database = await mariadb();
  const source = `
    const mysql = require("mysql2");
    const { trace } = require("@opentelemetry/api");
    const tracer = trace.getTracer("test");
    const step = (name, run) => tracer.startActiveSpan(name, async (span) => {
      try { await run(); } catch {}
      tracer.startSpan("after").end();
      span.end();
    });
    // What is done in a callback is in the query's trace; contrib's is in that of the connection.
    const call = (run) => new Promise((resolve) => run(() => resolve()));
    (async () => {
      const options = { uri: "${database.url}", multipleStatements: true };
      const connection = mysql.createConnection(options);
      const pool = mysql.createPool({ ...options, connectionLimit: 1 });
      await step("callback", () => call((done) => connection.query("SELECT 1", done)));
      await step("values", () => call((done) => connection.query("SELECT ?", [7], done)));
      await step("an object", () => call((done) => connection.query({ sql: "SELECT ?", values: [7] }, done)));
      await step("prepared", () => call((done) => connection.execute("SELECT ?", [7], done)));
      await step("failing", () => call((done) => connection.query("SELECT nothing", done)));
      await step("several", () => call((done) => connection.query("SELECT 1; SELECT 2", done)));
      await step("streamed", () => new Promise((resolve) => connection.query("SELECT 1").on("end", resolve)));
      await step("pool", () => call((done) => pool.query("SELECT 1", done)));
      await step("pool, prepared", () => call((done) => pool.execute("SELECT ?", [7], done)));
      await step("pool, failing", () => call((done) => pool.query("SELECT nothing", done)));
      await step("promise", () => pool.promise().query("SELECT ?", [7]));
      await step("promise, failing", () => pool.promise().query("SELECT nothing"));
      connection.destroy();
      pool.end();
    })();`;
  const [contrib, ours] = await Promise.all(
    ["contrib", "telltale"].map((engine) => tracesOf(source, { mysql2: { engine } })),
  );
  expect(contrib!.length).toBeGreaterThan(11);
  expect(JSON.stringify(contrib)).toContain("SELECT");
  const { failures, others } = withoutFailures(ours!);
  expect(others).toEqual(contrib);
  expect(failures).toEqual(Array(3).fill("SELECT: 1054 1054"));
});

test.skipIf(absent !== undefined)(
  "a command that waits for the connection is recorded once, in the trace that sent it",
  async () => {
    await using cache = await redis();
    // contrib: a second span of each below "first", which opened the connection.
    const traces = await tracesOf(
      `const { Redis } = require("ioredis");
      const { trace } = require("@opentelemetry/api");
      const redis = new Redis("${cache.url}", { lazyConnect: true });
      const step = (name) => trace.getTracer("test").startActiveSpan(name, async (span) => {
        await redis.get(name);
        span.end();
      });
      Promise.all([step("first"), step("second"), redis.get("outside")]).then(() => redis.quit());`,
      {},
    );
    // The first one also has what the client says when it connects.
    const reads = traces.map(({ name, children }) => [
      name,
      ...children.map((child) => child.attributes["db.query.text"]).filter((text) => /^get /.test(String(text))),
    ]);
    expect(reads.toSorted()).toEqual([
      ["first", "get first"],
      ["second", "get second"],
    ]);
  },
);

/**
 * On purpose: contrib's queries of fetch have their `?`, or are empty, each method is told twice, and a TimeoutError is of
 * the type 23.
 */
function asConventions(tree: SpanTree): SpanTree {
  const attributes = { ...tree.attributes };
  const { "url.query": query, "http.request.method": method, "http.request.method_original": original } = attributes;
  if (query === "") delete attributes["url.query"];
  else if (typeof query === "string") attributes["url.query"] = query.slice(1);
  if (original === method) delete attributes["http.request.method_original"];
  if (attributes["error.type"] === 23) attributes["error.type"] = "TimeoutError";
  return { ...tree, attributes, children: tree.children.map(asConventions) };
}

/** On purpose: contrib does not say what a database answers instead of a result. */
function withoutFailures(trees: readonly SpanTree[]): { failures: string[]; others: SpanTree[] } {
  const failures: string[] = [];
  const without = (tree: SpanTree): SpanTree => {
    const { "error.type": type, "db.response.status_code": status, ...attributes } = tree.attributes;
    if (type !== undefined) failures.push(`${tree.name}: ${status} ${type}`);
    return { ...tree, attributes, children: tree.children.map(without) };
  };
  return { others: trees.map(without), failures };
}

async function tracesOf(
  source: string,
  instrumentations: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<readonly SpanTree[]> {
  const { spans, stderr } = await runObserved(source, { language: "cjs", instrumentations });
  expect(stderr).toBe("");
  const ids = new Set(spans.map((span) => span.spanId));
  const isRoot = ({ parentSpanId }: ObservedSpan): boolean => parentSpanId === undefined || !ids.has(parentSpanId);
  return spans.filter(isRoot).map((span) => treeOf(span, spans));
}

function treeOf(span: ObservedSpan, spans: readonly ObservedSpan[]): SpanTree {
  const { name, kind, scope, attributes, failed, exceptions } = span;
  const children = spans
    .filter(({ parentSpanId }) => parentSpanId === span.spanId)
    .map((child) => treeOf(child, spans));
  return {
    ...{ name, kind, scope, failed, exceptions },
    // Each connection and each run has ports of its own.
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, withoutPort(key, value)])),
    // In order of name: what ends with the response ends at the same time.
    children: children.toSorted((a, b) => a.name.localeCompare(b.name)),
  };
}

function withoutPort(key: string, value: unknown): unknown {
  if (typeof value === "number") return key.endsWith(".port") && value > 10_000 ? "some port" : value;
  return JSON.parse(JSON.stringify(value).replaceAll(/\b(127\.0\.0\.1|localhost|shop\.example):\d{4,5}\b/g, "$1:PORT"));
}
