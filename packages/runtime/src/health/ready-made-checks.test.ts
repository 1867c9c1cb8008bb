import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { startHost } from "../host/host.ts";
import { startProcessMetrics } from "../process/process-metrics.ts";
import { answerOf, type HealthAnswer, type HealthCheck, reasonOf } from "./health-check.ts";
import {
  diskCheck,
  eventLoopCheck,
  exportOutcomes,
  heartbeat,
  httpCheck,
  limitCheck,
  memoryCheck,
  mysqlCheck,
  redisCheck,
  tcpCheck,
} from "./ready-made-checks.ts";

test("a number is compared with its limits, and one that is not there is healthy", async () => {
  let depth: number | undefined;
  const check = limitCheck(() => depth, { degraded: 10, unhealthy: 100, what: "spool depth" });
  expect(await ask(check)).toEqual({ state: "healthy" });
  depth = 9;
  expect(await ask(check)).toEqual({ state: "healthy" });
  depth = 10;
  expect(await ask(check)).toEqual({ state: "degraded", reason: "spool depth is 10, degraded from 10" });
  depth = 1_000;
  expect(await ask(check)).toEqual({ state: "unhealthy", reason: "spool depth is 1000, unhealthy from 100" });
  expect(() => limitCheck(() => 1, { degraded: 2, unhealthy: 1 })).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_HEALTH_CHECK" }),
  );
});

test("memory, disk and event loop are judged by their last sample", async () => {
  using host = startHost({ mounts: ["/"] });
  using process_ = startProcessMetrics();
  await host.sample();
  await process_.sample();
  const impossible = { degraded: 0, unhealthy: 2_000 };
  expect(await ask(memoryCheck(host, impossible))).toMatchObject({
    state: "degraded",
    reason: expect.stringContaining("share of memory"),
  });
  expect(await ask(diskCheck(host, impossible))).toMatchObject({ state: "degraded" });
  expect(await ask(eventLoopCheck(process_, { degraded: 0, unhealthy: 1e6 }))).toMatchObject({ state: "degraded" });
  const unreachable = { degraded: 2, unhealthy: 3 };
  expect(await ask(memoryCheck(host, unreachable))).toEqual({ state: "healthy" });
});

test("a feed is degraded after some silence, unhealthy after more, and well again with the next message", async () => {
  const clock = manualClock();
  const { check, beat } = heartbeat({ degradedAfterMs: 20, unhealthyAfterMs: 60 });
  clock.pass(19);
  expect(await ask(check)).toEqual({ state: "healthy" });
  clock.pass(1);
  expect(await ask(check)).toMatchObject({ state: "degraded" });
  clock.pass(40);
  expect(await ask(check)).toMatchObject({ state: "unhealthy" });
  beat();
  expect(await ask(check)).toEqual({ state: "healthy" });
});

test("exports that fail degrade, those that go on failing are unhealthy", async () => {
  const clock = manualClock();
  const outcomes = exportOutcomes({ unhealthyAfterMs: 20 });
  expect(await ask(outcomes.check)).toEqual({ state: "healthy" });
  outcomes.failed(new Error("503"));
  expect(await ask(outcomes.check)).toEqual({ state: "degraded", reason: "exports have failed for 0 s: 503" });
  clock.pass(20);
  expect(await ask(outcomes.check)).toMatchObject({ state: "unhealthy" });
  expect(() => outcomes.failed(null)).not.toThrow();
  expect(await ask(outcomes.check)).toMatchObject({ reason: expect.stringMatching(/: null$/) });
  outcomes.succeeded();
  expect(await ask(outcomes.check)).toEqual({ state: "healthy" });
});

test("a URL and a port are healthy when they answer, and say what is wrong when they do not", async () => {
  const server = createServer((request, response) =>
    response.writeHead(request.url?.startsWith("/down") ? 503 : 204).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  expect(await ask(httpCheck(`${url}/up`))).toEqual({ state: "healthy" });
  expect(await ask(httpCheck(`${url}/up`, { status: 200 }))).toMatchObject({ state: "unhealthy" });
  expect(await ask(httpCheck(`${url}/down?token=secret`))).toEqual({
    state: "unhealthy",
    reason: `${url}/down answered with status 503`,
  });
  expect(await ask(tcpCheck({ port }))).toEqual({ state: "healthy" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await ask(tcpCheck({ port }))).toMatchObject({
    state: "unhealthy",
    reason: expect.stringContaining("ECONNREFUSED"),
  });
  expect(await ask(httpCheck(url))).toMatchObject({
    state: "unhealthy",
    reason: expect.stringMatching(/^fetch failed: .*ECONNREFUSED/),
  });
});

test("a check of a URL ends at its deadline", async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await ask(httpCheck(`http://127.0.0.1:${port}`), AbortSignal.timeout(20));
  expect(answer.state).toBe("unhealthy");
  server.closeAllConnections();
  server.close();
});

test("an answer to PING other than PONG is unhealthy, and a pool with callbacks is asked by its promises", async () => {
  expect(await ask(redisCheck({ ping: async () => "LOADING" }))).toEqual({
    state: "unhealthy",
    reason: "it answered PING with LOADING",
  });
  const asked: string[] = [];
  const withCallbacks = {
    query: () => "a query object",
    promise: () => ({ query: async (sql: string) => asked.push(sql) }),
  };
  expect(await ask(mysqlCheck(withCallbacks))).toEqual({ state: "healthy" });
  expect(asked).toEqual(["SELECT 1"]);
  expect(await ask(mysqlCheck({ query: () => "a query object" }))).toMatchObject({
    state: "unhealthy",
    reason: expect.stringContaining("mysql2"),
  });
});

function manualClock(): { pass(milliseconds: number): void } {
  let nowMs = 1_000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  return {
    pass(milliseconds) {
      nowMs += milliseconds;
    },
  };
}

async function ask(check: HealthCheck, signal = new AbortController().signal): Promise<HealthAnswer> {
  try {
    return answerOf(await check({ signal }));
  } catch (error) {
    return { state: "unhealthy", reason: reasonOf(error) };
  }
}
