/**
 * The last flush of a process that is about to end inside a synchronous callback: an uncaught exception, or
 * `process.exit()`. A worker thread sends what is left while this thread waits, so that Node then ends by itself, with
 * its own message, its own exit code, and no application code run in between.
 */
import type { Attributes } from "@opentelemetry/api";
import type { LogSinkConfiguration, SpanExporterConfiguration } from "./configuration.ts";
import type { NetworkSinkConfiguration } from "./log-sinks.ts";
import type { PushedMetrics } from "./metric-exporter.ts";
import type { PlainLogRecord, PlainMetrics, PlainSpan } from "./undelivered.ts";

type OtlpLogs = Extract<LogSinkConfiguration, { type: "otlp" }>;

/** One exporter, by its configuration, with what it has yet to deliver. */
export type UndeliveredBatch =
  /** Bytes are an OTLP request that is encoded already, here and for logs and metrics. */
  | {
      readonly signal: "traces";
      readonly exporter: SpanExporterConfiguration;
      readonly items: readonly (PlainSpan | Uint8Array)[];
    }
  | { readonly signal: "logs"; readonly exporter: OtlpLogs; readonly items: readonly (PlainLogRecord | Uint8Array)[] }
  | {
      readonly signal: "lines";
      readonly exporter: NetworkSinkConfiguration;
      readonly resource: Attributes;
      readonly items: readonly string[];
    }
  | {
      readonly signal: "metrics";
      readonly exporter: PushedMetrics;
      readonly items: readonly (PlainMetrics | Uint8Array)[];
    };

export interface LastFlushWork {
  readonly batches: readonly UndeliveredBatch[];
  /** Items in one export request. */
  readonly batchSize: number;
  readonly timeoutMs: number;
  /** One 32-bit cell that becomes 1 when everything has been sent or has failed. */
  readonly done: SharedArrayBuffer;
}

/** Sends the batches from another thread and blocks this one until they are sent, or until `timeoutMs` has passed. */
export function deliverSynchronously(options: {
  readonly batches: readonly UndeliveredBatch[];
  readonly batchSize: number;
  readonly timeoutMs: number;
}): void {
  if (options.batches.every((batch) => batch.items.length === 0)) return;
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const done = new SharedArrayBuffer(4);
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const work: LastFlushWork = { ...options, done };
  // The worker must not run the application's preloads (--import, NODE_OPTIONS): they would observe the observer.
  const worker = new Worker(new URL(`./last-flush-worker.${extension}`, import.meta.url), {
    workerData: work,
    env: {},
    execArgv: process.execArgv.filter((argument) => /^(--conditions|-C)=/.test(argument)),
    stdin: false,
  });
  worker.unref();
  worker.on("error", () => {});
  Atomics.wait(new Int32Array(done), 0, 0, options.timeoutMs);
}

/**
 * Runs what is waiting in the microtask and nextTick queues, so that a promise of the SDK that needs no I/O settles
 * inside a synchronous callback. Node has had `_tickCallback` since its first years; where it is missing, such a
 * promise stays unsettled and its data is not sent.
 */
export function settleMicrotasks(): void {
  (process as unknown as { _tickCallback?: () => void })._tickCallback?.();
}
