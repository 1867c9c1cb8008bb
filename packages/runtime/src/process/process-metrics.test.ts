import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { instrumentProducer } from "@telltale/metrics";
import { afterEach, expect, test } from "vitest";
import { type ProcessMetrics, startProcessMetrics } from "./process-metrics.ts";

let metrics: ProcessMetrics | undefined;
afterEach(() => {
  metrics?.[Symbol.dispose]();
  metrics = undefined;
});

test("a blocked event loop shows in its delay and its utilization", async () => {
  metrics = startProcessMetrics();
  await turn();
  const beganMs = performance.now();
  await metrics.sample();
  await turn();
  const until = performance.now() + 120;
  while (performance.now() < until);
  await turn();
  const { eventLoop } = await metrics.sample();
  expect(eventLoop.max).toBeGreaterThan(0.08);
  expect(eventLoop.p50).toBeLessThanOrEqual(eventLoop.max);
  // However long the turns took.
  expect(eventLoop.utilization).toBeGreaterThan(115 / (performance.now() - beganMs));
});

test("CPU, memory and descriptors are what the process is told of itself", async () => {
  metrics = startProcessMetrics();
  const sample = await metrics.sample();
  const { user, system } = process.cpuUsage();
  expect(sample.cpu.user + sample.cpu.system).toBeLessThanOrEqual((user + system) / 1e6);
  expect(sample.cpu.user + sample.cpu.system).toBeGreaterThan(((user + system) / 1e6) * 0.5);
  expect(Math.abs(sample.residentBytes! / process.memoryUsage.rss() - 1)).toBeLessThan(0.2);
  if (process.platform !== "linux") return;
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"))![1];
  expect(sample.fileDescriptorLimit).toBe(limit === "unlimited" ? undefined : Number(limit));
  expect(Math.abs(sample.fileDescriptors! - (readdirSync("/proc/self/fd").length - 1))).toBeLessThanOrEqual(2);
  const opened = Array.from({ length: 20 }, () => openSync("/dev/null", "r"));
  const more = await metrics.sample();
  for (const fd of opened) closeSync(fd);
  expect(more.fileDescriptors! - sample.fileDescriptors!).toBeGreaterThanOrEqual(18);
});

test("shares of the CPU are of all that may be used, and do not depend on who collects", async () => {
  metrics = startProcessMetrics();
  await metrics.sample();
  const until = performance.now() + 50;
  while (performance.now() < until);
  await metrics.sample();
  const [a, b] = await Promise.all([collected("process.cpu.utilization"), collected("process.cpu.utilization")]);
  const [first, second] = [a, b].map((all) => all!.dataPoints.map(({ value }) => value));
  expect(first).toHaveLength(2);
  expect(first).toEqual(second);
  for (const share of first as number[]) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1.5);
  }
});

test("the metrics have the names of the semantic conventions, and are gone after the end", async () => {
  metrics = startProcessMetrics();
  await metrics.sample();
  const names = [
    "nodejs.eventloop.delay.p99",
    "nodejs.eventloop.utilization",
    "nodejs.eventloop.time",
    "v8js.memory.heap.used",
    "process.cpu.time",
    "process.memory.usage",
    "process.uptime",
  ];
  for (const name of names) expect((await collected(name))?.dataPoints.length, name).toBeGreaterThan(0);
  const spaces = (await collected("v8js.memory.heap.used"))!.dataPoints.map(
    ({ attributes }) => attributes["v8js.heap.space.name"],
  );
  expect(spaces).toContain("old_space");
  metrics[Symbol.dispose]();
  for (const name of names) expect(await collected(name), name).toBeUndefined();
});

test("garbage collections are timed by their kind", async () => {
  metrics = startProcessMetrics();
  const collections = async () =>
    ((await collected("v8js.gc.duration"))?.dataPoints ?? []).filter(
      ({ attributes }) => attributes["v8js.gc.type"] === "minor",
    );
  const count = async () => ((await collections())[0]?.value as { count: number } | undefined)?.count ?? 0;
  const before = await count();
  let kept: unknown[] = [];
  for (let i = 0; i < 300_000; i++) {
    kept.push({ i });
    if (kept.length > 1_000) kept = [];
  }
  await expect.poll(count, { interval: 5 }).toBeGreaterThan(before);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 15));
}

async function collected(name: string): Promise<MetricData | undefined> {
  const { resourceMetrics } = await instrumentProducer().collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === name);
}
