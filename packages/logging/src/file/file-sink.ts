/**
 * Lines into a file, rotated by size, time and count. Why not a library: docs/decisions/0008-log-sinks.md.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isatty } from "node:tty";
import type { LogLevel } from "../log-level.ts";
import type { LogSink } from "../log-sink.ts";
import { LineFile } from "./line-file.ts";
import type { RotationInterval } from "./rotation.ts";

export interface FileSinkOptions {
  /** Its folder is made when it is missing. */
  readonly path: string;
  /** The least severe level that is written. @default all that loggers let through */
  readonly level?: LogLevel;
  /** @default never rotated */
  readonly rotate?: FileRotationOptions;
  /**
   * What may wait for a slow disk, in characters; what comes beyond is dropped and counted.
   * @default 16_777_216
   */
  readonly maxQueueLength?: number;
  /**
   * Whether the file is closed and opened anew on SIGHUP, which then no longer ends the process. A file that has been moved
   * or removed is noticed without a signal, within a second.
   * @default when the process has no terminal, whose end SIGHUP would announce
   */
  readonly reopenOnSighup?: boolean;
}

export interface FileRotationOptions {
  /** The file grows no larger, in bytes, unless one line is. @default no limit */
  readonly maxSizeBytes?: number;
  /** A new file each hour, day or week (from Monday), in UTC. @default none */
  readonly interval?: RotationInterval;
  /** How many files are kept besides the one that is written: `app.log.1` is the last one before. @default 5 */
  readonly maxFiles?: number;
  /** Whether those are compressed, `app.log.1.gz`. @default false */
  readonly gzip?: boolean;
}

/**
 * A sink that appends to a file, from another thread and a few milliseconds after the call. What has not been written when the
 * process ends, by a crash or by `process.exit()`, is written then.
 * @throws Error with code TELLTALE_LOG_FILE when the file cannot be opened.
 */
export function fileSink(options: FileSinkOptions): LogSink {
  const path = resolve(options.path);
  checkWritable(path);
  const file = new LineFile({
    path,
    maxQueueLength: options.maxQueueLength ?? 16 * 2 ** 20,
    ...(options.rotate && { rotation: { maxFiles: 5, gzip: false, ...options.rotate } }),
  });
  const flushSync = (): void => file.flushSync();
  const reopen = (): void => file.reopen();
  process.on("exit", flushSync);
  if (options.reopenOnSighup ?? !(isatty(0) || isatty(1))) process.on("SIGHUP", reopen);
  return {
    name: `file ${path}`,
    ...(options.level !== undefined && { level: options.level }),
    write: (line) => file.add(line),
    flush: () => file.flush(),
    flushSync,
    pending: () => file.pending,
    isFailing: () => file.isFailing,
    sent: () => file.sent,
    failingSinceMs: () => file.failingSinceMs,
    failure: () => file.failure,
    dropped: () => file.dropped,
    async close() {
      process.off("exit", flushSync);
      process.off("SIGHUP", reopen);
      await file.close();
    },
  };
}

function checkWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, "a"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `the log file ${path} cannot be opened (${code}); give a path that this process may write to`;
    throw Object.assign(new Error(message, { cause: error }), { code: "TELLTALE_LOG_FILE" });
  }
}
