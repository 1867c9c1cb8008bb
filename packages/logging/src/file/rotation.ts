import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

export type RotationInterval = "hourly" | "daily" | "weekly";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A number that is the same for all times of one hour, day or week, in UTC. */
export function periodOf(interval: RotationInterval, atMs: number): number {
  switch (interval) {
    case "hourly":
      return Math.floor(atMs / HOUR_MS);
    case "daily":
      return Math.floor(atMs / DAY_MS);
    case "weekly":
      // The first of January 1970 was a Thursday.
      return Math.floor((atMs + 3 * DAY_MS) / (7 * DAY_MS));
  }
}

/** `app.log` becomes `app.log.1`, that `app.log.2` and so on, compressed or not; beyond `maxFiles` they are removed. */
export async function shiftFiles(path: string, { maxFiles }: { readonly maxFiles: number }): Promise<void> {
  for (const suffix of ["", ".gz"]) await rm(`${path}.${maxFiles}${suffix}`, { force: true });
  for (let i = maxFiles - 1; i >= 1; i--) {
    for (const suffix of ["", ".gz"]) await moved(`${path}.${i}${suffix}`, `${path}.${i + 1}${suffix}`);
  }
  if (maxFiles > 0) await moved(path, `${path}.1`);
  else await rm(path, { force: true });
}

/** Makes `app.log.1.gz` of `app.log.1`, which is there until the other one is complete. */
export async function compress(path: string): Promise<void> {
  const { createGzip } = await import("node:zlib");
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.gz.part`));
  await rename(`${path}.gz.part`, `${path}.gz`);
  await rm(path);
}

async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
