import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ResourceMetrics } from "./resource-monitor.ts";
import { resourceMonitor } from "./resource-monitor.ts";
import { readSnapshots, snapshotWriter } from "./snapshots.ts";

let folder: string;
const said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-snapshots-"));
  said.length = 0;
  const logger = { error: () => {}, warn: (text: string) => void said.push(text), info: () => {}, debug: () => {} };
  const quiet = { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true };
  diag.setLogger({ ...logger, verbose: () => {} }, quiet);
});
afterEach(() => {
  diag.disable();
  rmSync(folder, { recursive: true });
});

const at = (second: number): ResourceMetrics => ({ timestampMs: Date.UTC(2026, 0, 3, 0, 0, second), health: {} });
const file = () => join(folder, "resources-2026-01-03.jsonl");

test("half a line that a full disk has left harms no line after it", async () => {
  const writer = snapshotWriter(folder);
  writer.write(at(1));
  await writer.written();
  rmSync(file());
  mkdirSync(file());
  writer.write(at(2));
  writer.write(at(3));
  await writer.written();
  expect(said).toHaveLength(1);
  rmdirSync(file());
  writeFileSync(file(), '{"timestampMs":17');
  writer.write(at(4));
  await writer.written();
  expect(await seconds()).toEqual([4]);
});

test("a file to which others write as well stays within its size", async () => {
  const writer = snapshotWriter(folder, { maxSnapshotBytes: 1_000 });
  writer.write(at(1));
  await writer.written();
  for (let i = 0; i < 40; i++) appendFileSync(file(), `${JSON.stringify(at(2))}\n`);
  for (let i = 0; i < 3; i++) writer.write(at(3));
  await writer.written();
  expect(readFileSync(file(), "utf8").length).toBeLessThanOrEqual(1_000);
  expect((await seconds()).slice(-3)).toEqual([3, 3, 3]);
});

test("days of a clock that was ahead go first", async () => {
  for (const day of ["2026-01-01", "2026-01-02", "2090-01-01", "2090-01-02"]) {
    writeFileSync(join(folder, `resources-${day}.jsonl`), `${JSON.stringify(at(0))}\n`);
  }
  const writer = snapshotWriter(folder, { keepSnapshotDays: 3 });
  writer.write(at(1));
  await writer.written();
  const days = readdirSync(folder)
    .sort()
    .map((name) => name.slice("resources-".length, -".jsonl".length));
  expect(days).toEqual(["2026-01-01", "2026-01-02", "2026-01-03", "2090-01-02"]);
});

test("snapshots that nothing takes in do not pile up", async () => {
  const writer = snapshotWriter(folder);
  for (let second = 0; second < 200; second++) writer.write(at(second));
  await writer.written();
  expect(await seconds()).toHaveLength(60);
  expect(said).toEqual([expect.stringContaining("no snapshot of resources can be written")]);
  writer.write(at(300));
  await writer.written();
  expect(await seconds()).toHaveLength(61);
});

test.each([
  { maxSnapshotBytes: 0 },
  { maxSnapshotBytes: Number.NaN },
  { keepSnapshotDays: 0 },
  { keepSnapshotDays: "7" as never },
])("%j is refused", (options) => {
  expect(() => resourceMonitor(options)).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_SNAPSHOTS" }));
});

async function seconds(): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { timestampMs } of readSnapshots(folder)) found.push((timestampMs - at(0).timestampMs) / 1_000);
  return found;
}
