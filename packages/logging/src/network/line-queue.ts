/**
 * The queue in front of a log backend: bounded, in batches, with retries of what failed. One batch is under way at a time, so
 * that a backend that is slow is asked for less, not more.
 */
import { context, createContextKey, diag } from "@opentelemetry/api";
import { warnOnce } from "../warn-once.ts";

export interface QueueOptions {
  /**
   * What may wait for the backend, in characters; what comes beyond is dropped and counted.
   * @default 16_777_216
   */
  readonly maxQueueLength?: number;
  /** Of one request, in lines. @default 2_000 */
  readonly maxBatchLines?: number;
  /** Of one request, in characters of its lines. @default 4_194_304 */
  readonly maxBatchLength?: number;
  /** How long a line waits at most before its batch is sent. @default 1_000 */
  readonly scheduledDelayMs?: number;
}

/** What has become of a batch. A rejected promise means that all of it is to be tried again. */
export interface Sent {
  /** To be sent again, later. */
  readonly retry: readonly string[];
  /** Lines that the backend will never take. */
  readonly refused: number;
  /** Why, in the backend's words. */
  readonly reason?: string;
  /** When it wants to be asked again. */
  readonly retryAfterMs?: number;
  /** Whether the request was too large: the lines are sent again at once, in smaller batches. */
  readonly tooLarge?: boolean;
}

export const allSent: Sent = { retry: [], refused: 0 };

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** OpenTelemetry's own key for work of which no spans are to be made; a key of that name is the same everywhere. */
const SUPPRESSED = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

export class LineQueue {
  readonly name: string;
  readonly #send: (lines: readonly string[]) => Promise<Sent>;
  readonly #options: Required<QueueOptions>;
  readonly #warnOfDrop = warnOnce();
  readonly #warnOfRefusal = warnOnce();
  #lines: string[] = [];
  #length = 0;
  #inFlight: readonly string[] = [];
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #maxBatchLines: number;
  #failures = 0;
  #sent = 0;
  #dropped = 0;
  #failingSinceMs: number | undefined;
  #failure: string | undefined;
  #ended = false;

  /** `send` gets each batch, in a context in which nothing is traced. */
  constructor(name: string, options: QueueOptions, send: (lines: readonly string[]) => Promise<Sent>) {
    this.name = name;
    this.#send = send;
    this.#options = {
      maxQueueLength: 16 * 2 ** 20,
      maxBatchLines: 2_000,
      maxBatchLength: 4 * 2 ** 20,
      scheduledDelayMs: 1_000,
      ...options,
    };
    this.#maxBatchLines = this.#options.maxBatchLines;
  }

  /** Lines lost: there was no room, or the backend refused them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the last batch could not be delivered; what is pending is sent again later. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Lines that the backend has taken. */
  get sent(): number {
    return this.#sent;
  }

  /** Unix time in milliseconds. */
  get failingSinceMs(): number | undefined {
    return this.#failingSinceMs;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  get pending(): number {
    return this.#lines.length + this.#inFlight.length;
  }

  add(line: string): void {
    if (this.#ended) return;
    if (this.#length + line.length > this.#options.maxQueueLength) {
      this.#dropped++;
      this.#warnOfDrop(`the queue of log lines to ${this.name} is full; the newest are dropped and counted`);
      return;
    }
    // A line is a tree of the texts that it was made of, several times its size, until somebody reads a character.
    line.charCodeAt(0);
    this.#lines.push(line);
    this.#length += line.length;
    // What is being sent looks for more when it is done, and during an outage the timer decides.
    if (this.#sending !== undefined) return;
    if (this.#failures === 0 && this.#lines.length >= this.#maxBatchLines) this.#sending = this.#sendAll();
    else this.#arm(this.#options.scheduledDelayMs);
  }

  /** Settles when all lines so far have been delivered, or a batch has failed. */
  async flush(): Promise<void> {
    if (this.#sending === undefined && this.#lines.length > 0) this.#sending = this.#sendAll();
    // Sockets do not keep the process alive, and who waits here wants it to be.
    const alive = setInterval(() => {}, LAST_RETRY_MS);
    await this.#sending;
    clearInterval(alive);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#dropped += this.#lines.length;
    this.#lines = [];
  }

  /** What has not been delivered, the batch under way included; the queue takes nothing more. */
  takeUndelivered(): string[] {
    const lines = [...this.#inFlight, ...this.#lines];
    this.#ended = true;
    this.#lines = [];
    clearTimeout(this.#timer);
    return lines;
  }

  #arm(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sending ??= this.#sendAll();
    }, delayMs).unref();
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let retryAfterMs: number | undefined;
    while (this.#lines.length > 0 && !this.#ended) {
      retryAfterMs = await this.#sendOne(this.#take());
      if (retryAfterMs !== undefined) break;
    }
    this.#sending = undefined;
    if (retryAfterMs !== undefined && !this.#ended) this.#arm(retryAfterMs);
    else if (this.#lines.length > 0) this.#arm(this.#options.scheduledDelayMs);
  }

  /** Sends a batch; the result is how long to wait when some of it has to be sent again. */
  async #sendOne(lines: readonly string[]): Promise<number | undefined> {
    this.#inFlight = lines;
    let sent: Sent;
    try {
      sent = await context.with(context.active().setValue(SUPPRESSED, true), () => this.#send(lines));
    } catch (error) {
      sent = { retry: lines, refused: 0, reason: messageOf(error) };
    }
    this.#inFlight = [];
    if (this.#ended) return undefined;
    this.#sent += lines.length - sent.retry.length - sent.refused;
    this.#countRefused(sent);
    if (sent.tooLarge) {
      if (this.#maxBatchLines === 1) {
        this.#countRefused({ retry: [], refused: sent.retry.length, reason: "one line alone is too large" });
        return undefined;
      }
      this.#maxBatchLines = Math.max(1, lines.length >> 1);
      this.#putBack(sent.retry);
      return undefined;
    }
    if (sent.retry.length === 0) {
      if (this.#failures > 0) diag.info(`telltale: ${this.name} takes log lines again`);
      this.#failures = 0;
      this.#failingSinceMs = undefined;
      this.#failure = undefined;
      return undefined;
    }
    if (this.#failures === 0) {
      diag.warn(
        `telltale: ${this.name} does not take log lines (${sent.reason ?? "no reason given"}); they are kept and sent again`,
      );
    }
    this.#failingSinceMs ??= Date.now();
    this.#failure = sent.reason ?? "no reason given";
    this.#putBack(sent.retry);
    const backOffMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#failures++;
    return sent.retryAfterMs ?? backOffMs;
  }

  #countRefused({ refused, reason }: Sent): void {
    if (refused === 0) return;
    this.#dropped += refused;
    this.#warnOfRefusal(`${this.name} refuses log lines: ${reason ?? "no reason given"}. They are dropped and counted`);
  }

  #take(): string[] {
    const { maxBatchLength } = this.#options;
    let length = 0;
    let count = 0;
    while (count < this.#lines.length && count < this.#maxBatchLines) {
      const next = this.#lines[count]!.length;
      if (count > 0 && length + next > maxBatchLength) break;
      length += next;
      count++;
    }
    this.#length -= length;
    return this.#lines.splice(0, count);
  }

  #putBack(lines: readonly string[]): void {
    this.#lines.unshift(...lines);
    this.#length += lines.reduce((sum, { length }) => sum + length, 0);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
}
