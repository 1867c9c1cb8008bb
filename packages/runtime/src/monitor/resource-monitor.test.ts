import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instrumentProducer } from "@telltale/metrics";
import { afterEach, expect, test } from "vitest";
import { type ResourceMetrics, type ResourceMonitor, resourceMonitor } from "./resource-monitor.ts";
import { readSnapshots, snapshotWriter } from "./snapshots.ts";
import { stateOf } from "./thresholds.ts";

let monitor: ResourceMonitor | undefined;
const folders: string[] = [];
afterEach(() => {
  monitor?.[Symbol.dispose]();
  monitor = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test("a value gets worse at a threshold and better only two points below it", () => {
  let before: ReturnType<typeof stateOf> = "healthy";
  const seen = [0.84, 0.85, 0.84, 0.831, 0.829, 0.849, 0.96, 0.94, 0.929, 0.86, 0.82].map((value) => {
    before = stateOf(value, { check: "disk", threshold: [0.85, 0.95], before });
    return before;
  });
  expect(seen).toEqual([
    "healthy",
    "degraded",
    "degraded",
    "degraded",
    "healthy",
    "healthy",
    "unhealthy",
    "unhealthy",
    "degraded",
    "degraded",
    "healthy",
  ]);
});

test("current metrics are shares in use, and a crossed threshold is told once", async () => {
  monitor = resourceMonitor({ mounts: ["/"], thresholds: { memory: [0.0001, 1.5], disk: [2, 3] } });
  expect(monitor.current()).toBeUndefined();
  const changes: unknown[] = [];
  monitor.onHealthChange(({ check, state, before }) => changes.push([check, state, before]));
  // The system counts CPU time in ticks of 10 ms: nothing is known of it between samples within one.
  await expect.poll(async () => (await monitor!.sample()).cpu, { interval: 20 }).toBeDefined();
  const metrics = monitor.current()!;
  for (const share of [metrics.cpu, metrics.memory, metrics.disk]) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
  expect(metrics.health).toMatchObject({ memory: "degraded", disk: "healthy" });
  expect(changes.filter((change) => (change as string[])[0] === "memory")).toEqual([["memory", "degraded", "healthy"]]);
  const { resourceMetrics } = await instrumentProducer().collect();
  const health = resourceMetrics.scopeMetrics
    .flatMap(({ metrics: all }) => all)
    .find(({ descriptor }) => descriptor.name === "telltale.host.health")!;
  const memory = health.dataPoints.filter(({ attributes }) => attributes["telltale.check"] === "memory");
  expect(memory.map(({ attributes, value }) => [attributes["telltale.health.state"], value])).toEqual([
    ["healthy", 0],
    ["degraded", 1],
    ["unhealthy", 0],
  ]);
});

test("a monitor that is started writes a snapshot of each sample, which can be read again", async () => {
  const snapshotDir = temporaryFolder();
  monitor = resourceMonitor({ intervalMs: 100, mounts: ["/"], snapshotDir }).start();
  monitor.start();
  await expect.poll(async () => (await all(snapshotDir)).length, { interval: 20 }).toBeGreaterThan(1);
  monitor[Symbol.dispose]();
  const [first] = await all(snapshotDir);
  expect(first).toMatchObject({
    timestampMs: expect.any(Number),
    memory: expect.any(Number),
    health: { memory: expect.any(String) },
  });
  // At midnight another one is begun.
  expect(readdirSync(snapshotDir).sort()[0]).toBe(
    `resources-${new Date(first!.timestampMs).toISOString().slice(0, 10)}.jsonl`,
  );
});

test("there is one file a day, of a limited size, for some days; a line that was cut harms no other", async () => {
  const folder = temporaryFolder();
  const at = (day: number, second = 0): ResourceMetrics => ({
    timestampMs: Date.UTC(2026, 0, day, 0, 0, second),
    health: {},
  });
  for (const day of [1, 2, 3])
    writeFileSync(join(folder, `resources-2026-01-0${day}.jsonl`), `${JSON.stringify(at(day))}\n`);
  writeFileSync(join(folder, "mine.txt"), "kept");
  appendFileSync(join(folder, "resources-2026-01-03.jsonl"), '{"timestampMs":17');
  const writer = snapshotWriter(folder, { maxSnapshotBytes: 500, keepSnapshotDays: 2 });
  for (let second = 0; second < 40; second++) writer.write(at(3, second));
  await writer.written();
  expect(readdirSync(folder).sort()).toEqual(["mine.txt", "resources-2026-01-02.jsonl", "resources-2026-01-03.jsonl"]);
  expect(readFileSync(join(folder, "resources-2026-01-03.jsonl"), "utf8").length).toBeLessThanOrEqual(500);
  const times = (await all(folder)).map(({ timestampMs }) => timestampMs);
  expect(times.at(-1)).toBe(at(3, 39).timestampMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("a folder that cannot be written to ends nothing", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  const writer = snapshotWriter(join(folder, "file/inside"));
  writer.write({ timestampMs: 0, health: {} });
  await expect(writer.written()).resolves.toBeUndefined();
});

test.each([
  [{ disk: [0.95, 0.85] }, "thresholds.disk is [0.95,0.85]"],
  [{ cpu: 0.9 }, "thresholds.cpu is 0.9"],
  [{ cpu: [0, 1] }, "thresholds.cpu is [0,1]"],
  [{ gpu: [0.8, 0.9] }, "thresholds.gpu is unknown"],
])("thresholds %j are refused", (thresholds, message) => {
  expect(() => resourceMonitor({ thresholds: thresholds as never })).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_THRESHOLDS", message: expect.stringContaining(message) }),
  );
});

async function all(folder: string): Promise<readonly ResourceMetrics[]> {
  const snapshots: ResourceMetrics[] = [];
  for await (const snapshot of readSnapshots(folder)) snapshots.push(snapshot);
  return snapshots;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "telltale-snapshots-"));
  folders.push(folder);
  return folder;
}
