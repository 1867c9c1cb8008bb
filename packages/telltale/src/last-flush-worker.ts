import { connect } from "node:net";
import { workerData } from "node:worker_threads";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { createSpanExporter } from "@telltale/tracing";
import type { LastFlushWork, UndeliveredBatch } from "./last-flush.ts";
import { createLogExporter } from "./log-exporter.ts";
import { createLineSink } from "./log-sinks.ts";
import { createMetricExporter, createRequestExporter, type PushedMetrics } from "./metric-exporter.ts";
import { type PlainMetrics, readableLogRecord, readableMetrics, readableSpan } from "./undelivered.ts";

const work = workerData as LastFlushWork;
await Promise.all(work.batches.map((batch) => deliver(batch).catch(() => {})));
const cell = new Int32Array(work.done);
Atomics.store(cell, 0, 1);
Atomics.notify(cell, 0);

async function deliver(batch: UndeliveredBatch): Promise<void> {
  if (batch.items.length === 0 || (await isRefused(batch.exporter))) return;
  switch (batch.signal) {
    case "traces":
      return sendMixed(batch.items, createSpanExporter(batch.exporter), readableSpan);
    case "logs":
      return sendMixed(batch.items, createLogExporter(batch.exporter), readableLogRecord);
    case "lines": {
      const sink = createLineSink(batch.exporter, batch.resource);
      for (const line of batch.items) sink.write(line);
      return sink.flush?.();
    }
    case "metrics": {
      for (const metrics of batch.items) await sendMetrics(metrics, batch.exporter);
      return;
    }
  }
}

/** Requests that are encoded already, and plain items. */
async function sendMixed<P, T>(
  items: readonly (P | Uint8Array)[],
  exporter: Exporter<T>,
  readable: (plain: P) => T,
): Promise<void> {
  const requests = items.filter((item) => item instanceof Uint8Array);
  const plain = items.filter((item): item is P => !(item instanceof Uint8Array));
  await Promise.all([
    ...requests.map((request) => send((done) => exporter.export(request as never, done))),
    sendAll(plain.map(readable), exporter),
  ]);
}

interface Exporter<T> {
  export(items: T[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
}

async function sendMetrics(metrics: PlainMetrics | Uint8Array, configuration: PushedMetrics): Promise<void> {
  if (metrics instanceof Uint8Array) {
    if (configuration.type !== "otlp") return;
    const exporter = createRequestExporter(configuration);
    await send((done) => exporter.export(metrics, done));
    return;
  }
  const exporter = createMetricExporter(configuration);
  await send((done) => exporter.export(readableMetrics(metrics), done));
  await exporter.forceFlush();
}

async function sendAll<T>(items: T[], exporter: Exporter<T>): Promise<void> {
  const requests: Promise<void>[] = [];
  for (let start = 0; start < items.length; start += work.batchSize) {
    requests.push(send((done) => exporter.export(items.slice(start, start + work.batchSize), done)));
  }
  await Promise.all(requests);
  // Exporters over UDP answer before the datagram has left.
  await exporter.forceFlush?.();
}

function send(start: (done: (result: ExportResult) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((result) => (result.code === ExportResultCode.SUCCESS ? resolve() : reject(result.error)));
  });
}

/** Exporters try a refused connection again and again; a process that ends has no time for a backend that is not there. */
function isRefused(exporter: UndeliveredBatch["exporter"]): Promise<boolean> {
  if (!("endpoint" in exporter) || !URL.canParse(exporter.endpoint)) return Promise.resolve(false);
  const { hostname, port, protocol } = new URL(exporter.endpoint);
  if (hostname === "") return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(Number(port) || (protocol === "https:" ? 443 : 80), hostname.replace(/^\[|\]$/g, ""));
    socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
    socket.unref().once("connect", () => socket.destroy());
  });
}
