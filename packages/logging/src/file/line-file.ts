/**
 * The queue in front of a file. Writing goes through Node's thread pool, so that a slow disk costs the application nothing, and
 * can be finished synchronously at any moment, for a process that ends.
 */
import { closeSync, fstatSync, openSync, type Stats, writeSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { diag } from "@opentelemetry/api";
import { warnOnce } from "../warn-once.ts";
import { compress, periodOf, type RotationInterval, shiftFiles } from "./rotation.ts";

export interface LineFileOptions {
  readonly path: string;
  readonly maxQueueLength: number;
  readonly rotation?: {
    readonly maxSizeBytes?: number;
    readonly interval?: RotationInterval;
    readonly maxFiles: number;
    readonly gzip: boolean;
  };
}

/** Lines are written together when so much is waiting, in characters, or the first has waited so long. */
const CHUNK_LENGTH = 65_536;
const WRITE_DELAY_MS = 10;
/** How often is looked whether the file is still where it was opened. */
const WATCH_INTERVAL_MS = 1_000;
const RETRY_DELAY_MS = 1_000;
/** How long the end of a process waits for a write that another thread has begun. */
const LAST_WRITE_PATIENCE_MS = 200;

export class LineFile {
  readonly #options: LineFileOptions;
  #lines: string[] = [];
  /** Characters in `#lines`. */
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #handle: FileHandle | undefined;
  #opened: Stats | undefined;
  #sizeBytes = 0;
  #period = 0;
  #watchedAtMs = 0;
  #reopens = false;
  /** On its way to the disk. */
  #inFlight: { readonly bytes: Uint8Array; readonly lines: number; readonly endBytes: number } | undefined;
  #compressing: Promise<void> | undefined;
  #dropped = 0;
  #ended = false;
  #sent = 0;
  #failing: { readonly sinceMs: number; readonly reason: string } | undefined;
  readonly #warnOfDrop = warnOnce();

  constructor(options: LineFileOptions) {
    this.#options = options;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the last write failed. */
  get isFailing(): boolean {
    return this.#failing !== undefined;
  }

  /** Unix time in milliseconds. */
  get failingSinceMs(): number | undefined {
    return this.#failing?.sinceMs;
  }

  get failure(): string | undefined {
    return this.#failing?.reason;
  }

  /** Lines that are in the file. */
  get sent(): number {
    return this.#sent;
  }

  get pending(): number {
    return this.#lines.length + (this.#inFlight?.lines ?? 0);
  }

  add(line: string): void {
    if (this.#ended) return;
    if (this.#length + line.length > this.#options.maxQueueLength) {
      this.#dropped++;
      this.#warnOfDrop(`the disk of ${this.#options.path} is too slow or full; log lines are dropped and counted`);
      return;
    }
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= CHUNK_LENGTH && this.#failing === undefined) this.#writing ??= this.#writeAll();
    else this.#timer ??= setTimeout(() => this.#onTimer(), WRITE_DELAY_MS).unref();
  }

  /** Settles when all lines so far are in the file, or one write has failed. */
  async flush(): Promise<void> {
    this.#writing ??= this.#writeAll();
    await this.#writing;
    await this.#compressing;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.flush();
    clearTimeout(this.#timer);
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** The file is closed and opened anew before the next line. */
  reopen(): void {
    this.#reopens = true;
  }

  /** Writes everything before it returns. For the end of the process: nothing is written afterwards by another thread. */
  flushSync(): void {
    if (this.#inFlight === undefined && this.#lines.length === 0) return;
    let fd: number | undefined;
    try {
      fd = openSync(this.#options.path, "a");
      const inFlightLines = this.#inFlight?.lines ?? 0;
      const { bytes } = this.#finishInFlight() ?? {};
      // That thread has not begun, and at the end of a process it will not.
      if (bytes !== undefined) writeFully(fd, bytes);
      const rest = Buffer.from(this.#lines.join(""));
      writeFully(fd, rest);
      this.#sizeBytes += rest.length;
      this.#sent += this.#lines.length + (bytes === undefined ? 0 : inFlightLines);
      this.#lines = [];
      this.#length = 0;
    } catch (error) {
      diag.warn(`telltale: the last log lines could not be written to ${this.#options.path}`, error);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      while (this.#lines.length > 0) {
        await this.#prepare();
        await this.#write(this.#take());
      }
      this.#failing = undefined;
    } catch (error) {
      if (this.#failing === undefined)
        diag.warn(`telltale: the log file ${this.#options.path} cannot be written to; trying again`, error);
      this.#failing ??= { sinceMs: Date.now(), reason: error instanceof Error ? error.message : String(error) };
      if (!this.#ended) this.#timer = setTimeout(() => this.#onTimer(), RETRY_DELAY_MS).unref();
    } finally {
      this.#writing = undefined;
    }
  }

  async #prepare(): Promise<void> {
    if (this.#reopens || (await this.#wasMoved())) {
      this.#reopens = false;
      await this.#handle?.close();
      this.#handle = undefined;
    }
    if (this.#handle === undefined) await this.#open();
    if (this.#isRotationDue()) await this.#rotate();
  }

  async #open(): Promise<void> {
    const { path, rotation } = this.#options;
    this.#handle = await open(path, "a");
    this.#opened = await this.#handle.stat();
    this.#sizeBytes = this.#opened.size;
    this.#watchedAtMs = Date.now();
    // A file from before this process belongs to the time when it was last written.
    const sinceMs = this.#sizeBytes > 0 ? this.#opened.mtimeMs : Date.now();
    this.#period = rotation?.interval === undefined ? 0 : periodOf(rotation.interval, sinceMs);
  }

  /** logrotate and people rename the file, and expect a new one where it was. */
  async #wasMoved(): Promise<boolean> {
    if (this.#opened === undefined || Date.now() - this.#watchedAtMs < WATCH_INTERVAL_MS) return false;
    this.#watchedAtMs = Date.now();
    const now = await stat(this.#options.path).catch(() => undefined);
    return now === undefined || now.ino !== this.#opened.ino || now.dev !== this.#opened.dev;
  }

  #isRotationDue(): boolean {
    const { rotation } = this.#options;
    // While the last file is being compressed the next one waits, rather than the lines.
    if (rotation === undefined || this.#sizeBytes === 0 || this.#compressing !== undefined) return false;
    const { maxSizeBytes = Number.POSITIVE_INFINITY, interval } = rotation;
    if (interval !== undefined && periodOf(interval, Date.now()) !== this.#period) return true;
    return this.#sizeBytes + this.#bytesOf(this.#lines[0] ?? "") > maxSizeBytes;
  }

  async #rotate(): Promise<void> {
    const { path, rotation } = this.#options;
    await this.#handle?.close();
    this.#handle = undefined;
    await shiftFiles(path, { maxFiles: rotation!.maxFiles });
    if (rotation!.gzip && rotation!.maxFiles > 0) {
      this.#compressing = compress(`${path}.1`)
        .catch((error: unknown) => diag.warn(`telltale: ${path}.1 could not be compressed and stays as it is`, error))
        .finally(() => {
          this.#compressing = undefined;
        });
    }
    await this.#open();
  }

  /** Lines that are written together, of one file's size at most. */
  #take(): string[] {
    const roomBytes = (this.#options.rotation?.maxSizeBytes ?? Number.POSITIVE_INFINITY) - this.#sizeBytes;
    let length = 0;
    let bytes = 0;
    let count = 0;
    while (count < this.#lines.length) {
      const next = this.#lines[count]!;
      bytes += this.#bytesOf(next);
      if (count > 0 && (length + next.length > CHUNK_LENGTH || bytes > roomBytes)) break;
      length += next.length;
      count++;
    }
    this.#length -= length;
    return count === this.#lines.length ? this.#lines.splice(0) : this.#lines.splice(0, count);
  }

  /** Counted where there is a limit; characters beyond ASCII have several. */
  #bytesOf(line: string): number {
    return this.#options.rotation?.maxSizeBytes === undefined ? 0 : Buffer.byteLength(line);
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(""));
    const endBytes = this.#sizeBytes + bytes.length;
    this.#inFlight = { bytes, lines: lines.length, endBytes };
    try {
      for (let written = 0; written < bytes.length; ) {
        written += (await this.#handle!.write(bytes, written)).bytesWritten;
      }
      this.#sizeBytes += bytes.length;
      this.#sent += lines.length;
    } catch (error) {
      this.#lines.unshift(...lines);
      this.#length += lines.reduce((sum, { length }) => sum + length, 0);
      throw error;
    } finally {
      this.#inFlight = undefined;
    }
  }

  /** Waits until the other thread has written what it has; the result is what it has not begun with. */
  #finishInFlight(): { readonly bytes: Uint8Array } | undefined {
    const inFlight = this.#inFlight;
    if (inFlight === undefined || this.#handle === undefined) return inFlight;
    const deadlineMs = Date.now() + LAST_WRITE_PATIENCE_MS;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (Date.now() < deadlineMs) {
      if (fstatSync(this.#handle.fd).size >= inFlight.endBytes) return undefined;
      Atomics.wait(pause, 0, 0, 1);
    }
    return inFlight;
  }
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
