import { appendFile, mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import type { ResourceMetrics } from "./resource-monitor.ts";

export interface SnapshotOptions {
  /** How large the file of a day may become; then its older half goes. @default 16 MiB */
  readonly maxSnapshotBytes?: number;
  /** How many days are kept. @default 7 */
  readonly keepSnapshotDays?: number;
}

export interface SnapshotWriter {
  /** Writes one line, later and after those before; never throws. */
  write(metrics: ResourceMetrics): void;
  /** Settles when all is written. */
  written(): Promise<void>;
}

const FILE = /^resources-(\d{4}-\d{2}-\d{2})\.jsonl$/;

/** One file a day, in UTC, of one JSON object a line. A line is written by one call, so that no reader sees half of one. */
export function snapshotWriter(
  folder: string,
  { maxSnapshotBytes = 16 * 1_024 * 1_024, keepSnapshotDays = 7 }: SnapshotOptions = {},
): SnapshotWriter {
  let last = Promise.resolve();
  let day = "";
  let bytes = 0;
  let isFailing = false;

  async function append(metrics: ResourceMetrics): Promise<void> {
    const today = new Date(metrics.timestampMs).toISOString().slice(0, 10);
    const path = join(folder, `resources-${today}.jsonl`);
    if (today !== day) {
      await mkdir(folder, { recursive: true });
      await mendEnd(path);
      await removeOld(folder, keepSnapshotDays);
      bytes = await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
      day = today;
    }
    const line = `${JSON.stringify(metrics)}\n`;
    if (bytes + line.length > maxSnapshotBytes) bytes = await halve(path);
    await appendFile(path, line);
    bytes += line.length;
  }

  return {
    write: (metrics) => {
      last = last
        .then(() => append(metrics))
        .then(
          () => {
            isFailing = false;
          },
          (error: unknown) => {
            if (!isFailing) diag.warn(`telltale: no snapshot of resources can be written to ${folder}`, error);
            isFailing = true;
          },
        );
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

/** Keeps the newer half, in one step: whoever reads sees the file before or after. */
async function halve(path: string): Promise<number> {
  const lines = (await readFile(path, "utf8")).split("\n");
  const kept = lines.slice(Math.ceil(lines.length / 2)).join("\n");
  await writeFile(`${path}.new`, kept);
  await rename(`${path}.new`, path);
  return Buffer.byteLength(kept);
}

async function removeOld(folder: string, keepDays: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => FILE.test(name)).sort();
  // Today's file may not be there yet.
  for (const name of names.slice(0, Math.max(0, names.length - keepDays))) await unlink(join(folder, name));
}
