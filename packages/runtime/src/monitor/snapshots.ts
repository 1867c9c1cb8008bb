import { appendFile, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import { replaceFile } from "../replace-file.ts";
import type { ResourceMetrics } from "./resource-monitor.ts";

export interface SnapshotOptions {
  /** How large the file of a day may become; then its older half goes. @default 16 MiB */
  readonly maxSnapshotBytes?: number;
  /** How many days are kept. @default 7 */
  readonly keepSnapshotDays?: number;
}

export interface SnapshotWriter {
  /** Writes one line, later and after those before; never throws. While a disk does not answer, only so many wait for it. */
  write(metrics: ResourceMetrics): void;
  /** Settles when all is written. */
  written(): Promise<void>;
}

/** Ten minutes of them, at the usual interval. */
const MAX_WAITING = 60;
const FILE = /^resources-(\d{4}-\d{2}-\d{2})\.jsonl$/;

const defaults: Required<SnapshotOptions> = { maxSnapshotBytes: 16 * 1_024 * 1_024, keepSnapshotDays: 7 };

/** @throws TypeError with code TELLTALE_BAD_SNAPSHOTS */
export function snapshotOptions(given: SnapshotOptions): Required<SnapshotOptions> {
  const { maxSnapshotBytes = defaults.maxSnapshotBytes, keepSnapshotDays = defaults.keepSnapshotDays } = given;
  for (const [option, value] of Object.entries({ maxSnapshotBytes, keepSnapshotDays })) {
    if (typeof value === "number" && value >= 1) continue;
    const message = `${option} is ${String(value)}; give a number from 1, such as ${defaults[option as keyof SnapshotOptions]}`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_SNAPSHOTS" });
  }
  return { maxSnapshotBytes, keepSnapshotDays };
}

/**
 * One file a day, in UTC, of one JSON object a line. A line is written by one call, so that no reader sees half of one, and
 * several processes can write to one file.
 */
export function snapshotWriter(folder: string, options: SnapshotOptions = {}): SnapshotWriter {
  const { maxSnapshotBytes, keepSnapshotDays } = snapshotOptions(options);
  let last = Promise.resolve();
  let waiting = 0;
  let day = "";
  let isFailing = false;

  async function append(metrics: ResourceMetrics): Promise<void> {
    const today = new Date(metrics.timestampMs).toISOString().slice(0, 10);
    const path = join(folder, `resources-${today}.jsonl`);
    if (today !== day) {
      await mkdir(folder, { recursive: true });
      await mendEnd(path);
      await removeOld(folder, { today, keepDays: keepSnapshotDays });
      day = today;
    }
    const line = `${JSON.stringify(metrics)}\n`;
    // Asked each time: others may write to it.
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    if (bytes > 0 && bytes + line.length > maxSnapshotBytes) await halve(path);
    await appendFile(path, line);
  }

  function fail(error: unknown): void {
    if (!isFailing) diag.warn(`telltale: no snapshot of resources can be written to ${folder}`, error);
    isFailing = true;
    // A full disk may have taken half a line: its end is looked at anew.
    day = "";
  }

  return {
    write: (metrics) => {
      if (waiting >= MAX_WAITING) {
        fail(new Error(`the file system has not answered for ${MAX_WAITING} snapshots`));
        return;
      }
      waiting++;
      last = last
        .then(() => append(metrics))
        .then(() => {
          isFailing = false;
        }, fail)
        .finally(() => {
          waiting--;
        });
    },
    written: () => last,
  };
}

/** All snapshots of a folder, oldest first; lines that a crash has cut are left out. */
export async function* readSnapshots(folder: string): AsyncGenerator<ResourceMetrics> {
  for (const name of (await readdir(folder)).filter((one) => FILE.test(one)).sort()) {
    for (const line of (await readFile(join(folder, name), "utf8")).split("\n")) {
      const metrics = parsed(line);
      if (metrics !== undefined) yield metrics;
    }
  }
}

function parsed(line: string): ResourceMetrics | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const { timestampMs } = Object(value) as Partial<ResourceMetrics>;
    return typeof timestampMs === "number" ? (value as ResourceMetrics) : undefined;
  } catch {
    return undefined;
  }
}

/** A line that was cut must not be continued by the next one. */
async function mendEnd(path: string): Promise<void> {
  const file = await open(path, "r+").catch(() => undefined);
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    if (size > 0 && buffer[0] !== 10) await file.write("\n", size);
  } finally {
    await file.close();
  }
}

/** Keeps the newer half. */
async function halve(path: string): Promise<void> {
  const lines = (await readFile(path, "utf8")).split("\n");
  await replaceFile(path, lines.slice(Math.ceil(lines.length / 2)).join("\n"));
}

async function removeOld(
  folder: string,
  { today, keepDays }: { readonly today: string; readonly keepDays: number },
): Promise<void> {
  const all = (await readdir(folder)).filter((name) => FILE.test(name)).sort();
  // Days to come are those of a clock that has been put right since, and go first.
  const isToCome = (name: string): boolean => name > `resources-${today}.jsonl`;
  const names = [...all.filter(isToCome), ...all.filter((name) => !isToCome(name))];
  // Today's file may not be there yet, and another process may have removed one.
  for (const name of names.slice(0, Math.max(0, names.length - keepDays)))
    await rm(join(folder, name), { force: true });
}
