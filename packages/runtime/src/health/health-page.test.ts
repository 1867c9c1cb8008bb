import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHealth, type Health } from "./health.ts";
import { type HealthHandlerOptions, healthHandler } from "./health-page.ts";

let health: Health;
let server: Server | undefined;
beforeEach(() => {
  health = createHealth();
});
afterEach(() => {
  health[Symbol.dispose]();
  server?.close();
  server = undefined;
});

test("a healthy process says ok, and lists its checks when asked", async () => {
  health.register("database", () => true);
  await health.checkNow();
  const get = await serve();
  for (const path of ["/livez", "/readyz", "/healthz"]) expect(await get(path)).toEqual([200, "ok"]);
  expect(await get("/readyz?verbose")).toEqual([200, "[+]process ok\n[+]database ok\nreadyz check passed\n"]);
  expect(await get("/readyz/database")).toEqual([200, "ok"]);
});

test("before it has started and once it ends it is alive, but not ready", async () => {
  health.register("database", () => new Promise(() => {}));
  const get = await serve();
  expect(await get("/readyz")).toEqual([
    503,
    "[-]process failed: it is starting\n[-]database failed: no answer yet\nreadyz check failed\n",
  ]);
  expect((await get("/livez"))[0]).toBe(200);
  health.register("database", () => true);
  await health.checkNow();
  expect((await get("/readyz"))[0]).toBe(200);
  health.stopping();
  expect(await get("/readyz")).toEqual([503, "[-]process failed: it is ending\n[+]database ok\nreadyz check failed\n"]);
  expect((await get("/livez"))[0]).toBe(200);
  expect((await get("/healthz"))[0]).toBe(200);
});

test("a critical check that is unhealthy fails readiness with its reason, others only show", async () => {
  health.register("database", () => Promise.reject(new Error("connection refused")));
  health.register("cache", () => false, { critical: false });
  health.register("feed", () => ({ state: "degraded", reason: "12 s old" }));
  await health.checkNow();
  const get = await serve();
  const text =
    "[+]process ok\n[-]database failed: connection refused\n[+]cache unhealthy: the check said no\n[+]feed degraded: 12 s old\n";
  expect(await get("/readyz")).toEqual([503, `${text}readyz check failed\n`]);
  expect(await get("/healthz")).toEqual([503, `${text}healthz check failed\n`]);
  expect((await get("/livez"))[0]).toBe(200);
  expect((await get("/readyz?exclude=database"))[0]).toBe(200);
  expect((await get("/healthz/cache"))[0]).toBe(503);
  expect(await get("/healthz/nothing")).toEqual([404, 'there is no check "nothing" here\n']);
});

test("only checks of liveness can have a process restarted", async () => {
  health.register("deadlock", () => false, { liveness: true });
  health.register("database", () => false);
  await health.checkNow();
  const get = await serve();
  expect(await get("/livez")).toEqual([
    503,
    "[+]process ok\n[-]deadlock failed: the check said no\nlivez check failed\n",
  ]);
});

test("who accepts JSON gets application/health+json", async () => {
  health.register("database", () => ({ state: "degraded", reason: "slow" }));
  await health.checkNow();
  await serve();
  const response = await fetch(`${origin()}/healthz`, { headers: { accept: "application/health+json" } });
  expect(response.headers.get("content-type")).toBe("application/health+json");
  expect(await response.json()).toEqual({
    status: "warn",
    phase: "running",
    checks: {
      database: [
        {
          status: "warn",
          observedValue: expect.any(Number),
          observedUnit: "ms",
          time: expect.any(String),
          output: "slow",
        },
      ],
    },
  });
});

test("reasons can be withheld, and other paths and methods are left alone or refused", async () => {
  health.register("database", () => false);
  await health.checkNow();
  const get = await serve({ reasons: false, prefix: "/ops" });
  expect((await get("/ops/readyz"))[1]).toContain("[-]database failed: reason withheld\n");
  expect(await get("/ops/readyz?format=json")).toEqual([503, expect.not.stringContaining("said no")]);
  for (const path of ["/readyz", "/ops", "/ops/readyzz", "/ops/readyz/a/b", "//", "/constructor"]) {
    expect(await get(path), path).toEqual([404, "mine"]);
  }
  const posted = await fetch(`${origin()}/ops/readyz`, { method: "POST" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  const head = await fetch(`${origin()}/ops/livez`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("a check whose name has a colon is found however the colon is sent", async () => {
  health.register("db:primary", () => false);
  await health.checkNow();
  const get = await serve();
  for (const path of ["/readyz/db:primary", "/readyz/db%3Aprimary"]) expect((await get(path))[0], path).toBe(503);
  expect((await get("/readyz/db%")).at(0)).toBe(404);
});

async function serve(options?: HealthHandlerOptions): Promise<(path: string) => Promise<[number, string]>> {
  const handler = healthHandler(health, options);
  const own = createServer((request, response) => {
    if (!handler(request, response)) response.writeHead(404).end("mine");
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  return async (path) => {
    const response = await fetch(origin() + path);
    return [response.status, await response.text()];
  };
}

function origin(): string {
  return `http://127.0.0.1:${(server!.address() as AddressInfo).port}`;
}
