import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, expect, test } from "vitest";
import { captureCpuProfile, captureHeapProfile } from "./capture.ts";
import { flameGraph } from "./flame-graph.ts";
import { hottestFunctions } from "./hottest-functions.ts";
import { decodePprof, encodePprof } from "./pprof.ts";
import { pprofHandler } from "./pprof-handler.ts";

/** The compiler may have put the one into the other, and then it has that one's name. */
const BURNING = /burnCpu|burning/;

const goTool = hasGo();
afterEach(() => context.disable());

test("a CPU profile says where the time went, as others read it", async () => {
  const bytes = await burning(captureCpuProfile({ seconds: 0.4, frequencyHz: 1_000 }));
  const profile = await decodePprof(bytes);
  expect(profile.types.at(-1)).toEqual({ type: "cpu", unit: "nanoseconds" });
  expect(profile.durationMs).toBeGreaterThan(300);
  const hottest = hottestFunctions(profile);
  const burn = hottest[0]!;
  expect(burn.name).toMatch(BURNING);
  expect(burn.share).toBeGreaterThan(0.4);
  expect(burn.total).toBeGreaterThanOrEqual(burn.self);
  expect(burn.file).toContain("capture.test.ts");
  const svg = flameGraph(profile);
  expect(svg).toMatch(/<title>(burnCpu|burning) \(.*capture\.test\.ts:\d+\): [\d.]+ ms, [\d.]+ %<\/title>/);
  if (goTool === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), "telltale-pprof-"));
  writeFileSync(join(folder, "cpu.pprof"), bytes);
  const top = execFileSync(goTool, ["tool", "pprof", "-top", join(folder, "cpu.pprof")], {
    encoding: "utf8",
    stdio: "pipe",
  });
  rmSync(folder, { recursive: true });
  expect(top).toMatch(/^Type: cpu$/m);
  expect(top.split("\n").find((line) => / [\d.]+% /.test(line) && !line.startsWith("Showing"))).toMatch(BURNING);
});

test("samples carry the id of the trace that was active, and a second capture waits its turn", async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const span = trace.wrapSpanContext({ traceId, spanId: "b7ad6b7169203331", traceFlags: 1 });
  const capturing = context.with(trace.setSpan(context.active(), span), () => captureCpuProfile({ seconds: 0.1 }));
  await expect(captureHeapProfile()).rejects.toMatchObject({ code: "TELLTALE_PROFILER_BUSY" });
  expect((await decodePprof(await burning(capturing))).labels).toEqual({ trace_id: traceId });
});

test("a heap profile says who allocated what is still in use", async () => {
  const kept: unknown[] = [];
  const enough = new AbortController();
  const capturing = captureHeapProfile({ seconds: 60, bytesPerSample: 4_096, signal: enough.signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  allocate(kept);
  enough.abort();
  const profile = await decodePprof(await capturing);
  expect(profile.types).toEqual([{ type: "inuse_space", unit: "bytes" }]);
  const allocator = hottestFunctions(profile, 200).find(({ name }) => name === "allocate")!;
  expect(allocator.total).toBeGreaterThan(1e6);
  expect(kept.length).toBeGreaterThan(0);
});

test("GET /debug/pprof/profile?seconds= gives a profile, as in Go", async () => {
  const server = createServer((request, response) => {
    if (!pprofHandler(request, response)) response.writeHead(404).end("mine");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debug/pprof`;
  const response = await fetch(`${url}/profile?seconds=0.05`);
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  expect((await decodePprof(new Uint8Array(await response.arrayBuffer()))).types).toHaveLength(2);
  for (const seconds of ["0", "301", "x"]) expect((await fetch(`${url}/profile?seconds=${seconds}`)).status).toBe(400);
  expect((await fetch(`${url}/heap`, { method: "POST" })).status).toBe(405);
  expect(await (await fetch(`${url}/other`)).text()).toBe("mine");
  // Whoever leaves does not keep the profiler busy.
  const left = new AbortController();
  const leaving = fetch(`${url}/profile?seconds=60`, { signal: left.signal }).catch(() => {});
  await expect.poll(async () => (await fetch(`${url}/heap?seconds=0.01`)).status, { interval: 5 }).toBe(503);
  left.abort();
  await leaving;
  await expect.poll(async () => (await fetch(`${url}/heap?seconds=0.01`)).status, { interval: 5 }).toBe(200);
  server.closeAllConnections();
  server.close();
});

test("what was written is read again, and other bytes are refused", async () => {
  const frame = (name: string) => ({ name, file: "/srv/<a>&.ts", line: 3 });
  const profile = {
    types: [{ type: "cpu", unit: "nanoseconds" }],
    samples: [
      { stack: [frame("leaf"), frame("main")], values: [5e9] },
      { stack: [frame("main"), frame("main")], values: [1e9] },
    ],
    startedAtMs: 1_700_000_000_000,
    durationMs: 6_000,
    period: { type: "cpu", unit: "nanoseconds", value: 1e7 },
    labels: {},
  };
  const again = await decodePprof(await encodePprof(profile));
  expect(again).toEqual(profile);
  expect(hottestFunctions(again).map(({ name, self, total }) => [name, self, total])).toEqual([
    ["leaf", 5e9, 5e9],
    ["main", 1e9, 6e9],
  ]);
  expect(flameGraph(again)).toContain("leaf (/srv/&#60;a&#62;&#38;.ts:3): 5000.0 ms, 83.3 %");
  for (const bytes of [Buffer.from("no"), gzipSync("no"), Buffer.alloc(0)]) {
    await expect(decodePprof(bytes)).rejects.toMatchObject({ code: "TELLTALE_BAD_PROFILE" });
  }
});

async function burning(capturing: Promise<Buffer>): Promise<Buffer> {
  let isDone = false;
  const done = capturing.finally(() => (isDone = true));
  while (!isDone) {
    burnCpu(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return done;
}

function burnCpu(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < until) for (let i = 0; i < 20_000; i++) sum += Math.sqrt(i);
  if (sum < 0) throw new Error("never");
}

function allocate(kept: unknown[]): void {
  for (let i = 0; i < 20_000; i++) kept.push(Array.from({ length: 20 }, () => i));
}

function hasGo(): string | undefined {
  for (const program of ["go", "/usr/lib/go/bin/go", "/usr/local/go/bin/go"]) {
    try {
      execFileSync(program, ["version"], { stdio: "ignore" });
      return program;
    } catch {}
  }
  return undefined;
}
