/** Profiles of a real application, asked for as `go tool pprof` does. */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { decodePprof } from "@telltale/runtime";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

const silent = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
const source = `
import { createServer } from "node:http";
function busyWork() { for (let until = performance.now() + 5; performance.now() < until; ); setImmediate(busyWork); }
busyWork();
createServer((request, response) => response.end()).listen(0, "127.0.0.1", function () { console.log("listening on " + this.address().port); });
`;

test("profiling answers go tool pprof on a port of its own, and nothing else there", async () => {
  const port = await freePort();
  const env = { ...silent, TELLTALE_STRICT: "1", TELLTALE_PROFILING: "true", TELLTALE_PROFILING_PORT: `${port}` };
  await startApplication({ source, register: true, env });
  const answer = await fetch(`http://127.0.0.1:${port}/debug/pprof/profile?seconds=0.5`);
  expect(answer.status).toBe(200);
  const { samples } = await decodePprof(Buffer.from(await answer.arrayBuffer()));
  expect(samples.some(({ stack }) => stack.some(({ name }) => name === "busyWork"))).toBe(true);
  expect((await fetch(`http://127.0.0.1:${port}/debug/pprof/heap?seconds=no`)).status).toBe(400);
  const other = await fetch(`http://127.0.0.1:${port}/`);
  expect([other.status, await other.text()]).toEqual([404, expect.stringContaining("/debug/pprof/profile")]);
});

test("a page that reaches the loopback address by a name of its own gets no profile", async () => {
  const port = await freePort();
  await startApplication({ source, register: true, env: { ...silent, TELLTALE_PROFILING_PORT: `${port}` } });
  const asked = request({ port, host: "127.0.0.1", path: "/debug/pprof/heap", headers: { host: "evil.example" } });
  const [status, said] = await new Promise<[number | undefined, string]>((resolve, reject) => {
    asked.on("response", async (response) => resolve([response.statusCode, await text(response)]));
    asked.on("error", reject);
    asked.end();
  });
  expect([status, said]).toEqual([403, "The Host header names another host. Ask by address.\n"]);
});

test("without being asked for there is no such port", async () => {
  const port = await freePort();
  const bootstrapped = `import { bootstrap } from "telltale"; bootstrap({ profiling: false });${source}`;
  await startApplication({ source: bootstrapped, env: { ...silent, TELLTALE_PROFILING_PORT: `${port}` } });
  await expect(fetch(`http://127.0.0.1:${port}/debug/pprof/heap`)).rejects.toThrow();
});
