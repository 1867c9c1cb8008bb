import { closeSync, mkdirSync, openSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const require = createRequire(import.meta.url);

export interface RotatingFileOptions {
  readonly path: string;
  readonly maxSizeBytes: number;
  readonly maxFiles: number;
}

/** A file of lines that several processes may append to. */
export interface RotatingFile {
  /** Writes the line and its end in one piece, so that lines of several processes do not mix. */
  append(line: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error with code TELLTALE_BAD_FILE when the file cannot be opened. */
export function rotatingFile({ path, maxSizeBytes, maxFiles }: RotatingFileOptions): RotatingFile {
  const { open, rename, rm, stat } = require("node:fs/promises") as typeof import("node:fs/promises");
  probe(path);
  let handle: FileHandle | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function write(line: Uint8Array): Promise<void> {
    const bytes = Buffer.concat([line, NEWLINE]);
    await reopenIfMoved();
    const { size } = await handle!.stat();
    if (size > 0 && size + bytes.length > maxSizeBytes) await rotate();
    // Appending is one system call; what it leaves over on a full disk follows or fails.
    for (let written = 0; written < bytes.length; ) {
      written += (await handle!.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  }

  /** Another process, or logrotate, may have moved the file away. */
  async function reopenIfMoved(): Promise<void> {
    if (handle !== undefined) {
      const [ours, there] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
      if (ours.ino === there?.ino && ours.dev === there.dev) return;
      await handle.close();
    }
    handle = undefined;
    handle = await open(path, "a");
  }

  async function rotate(): Promise<void> {
    await handle!.close();
    handle = undefined;
    if (maxFiles === 0) await rm(path, { force: true });
    for (let number = maxFiles; number > 0; number--) {
      const from = number === 1 ? path : `${path}.${number - 1}`;
      await rename(from, `${path}.${number}`).catch(unlessMissing);
    }
    handle = await open(path, "a");
  }

  return {
    append(line) {
      const written = last.then(() => write(line));
      last = written.catch(() => {});
      return written;
    },
    async close() {
      await last;
      await handle?.close();
      handle = undefined;
    },
  };
}

const NEWLINE = Buffer.from("\n");

function probe(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, "a"));
  } catch (cause) {
    const message = `The file exporter cannot write to "${path}" (${(cause as Error).message}); give a path that this process may write to`;
    throw Object.assign(new Error(message, { cause }), { code: "TELLTALE_BAD_FILE" });
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
