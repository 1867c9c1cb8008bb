/** Snapshots of a network's health: one file a day, a JSON array, never half written and never larger than it may be. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requirePositive } from "./network-options.ts";

export interface SnapshotFileOptions {
  /** The oldest snapshots of the day go when the file would be larger. @default 10485760 */
  readonly maxBytes?: number;
}

/** The path of the file that the snapshot went to. */
export async function saveSnapshot(
  folder: string,
  network: string,
  snapshot: { readonly timestamp: number },
  { maxBytes = 10_485_760 }: SnapshotFileOptions = {},
): Promise<string> {
  requirePositive({ "saveMetrics.maxBytes": maxBytes });
  await mkdir(folder, { recursive: true });
  const day = new Date(snapshot.timestamp * 1_000).toISOString().slice(0, 10);
  const path = join(folder, `p2p-${network.replace(/[^\w.-]/g, "_")}-${day}.json`);
  const lines = [...(await savedLines(path)), JSON.stringify(snapshot)];
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, `[\n${within(lines, maxBytes).join(",\n")}\n]\n`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return path;
}

/** The snapshots of the day so far, one a line; a file that is none of ours is put aside. */
async function savedLines(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    const saved: unknown = JSON.parse(text);
    if (Array.isArray(saved)) return saved.map((one) => JSON.stringify(one));
  } catch {
    // Told by its name below.
  }
  await rename(path, `${path}.broken`);
  return [];
}

/** The last of the lines that fit, at least one. */
function within(lines: readonly string[], maxBytes: number): readonly string[] {
  // "[", "]" and their line ends.
  let bytes = 4;
  let from = lines.length;
  while (from > 0) {
    // Each has a line end, and a comma but for one.
    bytes += Buffer.byteLength(lines[from - 1]!) + 2;
    if (bytes > maxBytes && from < lines.length) break;
    from--;
  }
  return lines.slice(from);
}
