import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Configuration } from "./configuration.ts";
import { ExportQueue } from "./export-queue.ts";
import { createLogExporter } from "./log-exporter.ts";
import type { Signal } from "./signal.ts";
import { plainLogRecord } from "./undelivered.ts";

const require = createRequire(import.meta.url);

export interface LogRecords extends Signal {
  readonly provider: LoggerProvider;
}

/** The logger provider with a queue for each OTLP sink; `undefined` when no sink takes log records. */
export function startLogRecords(configuration: Configuration["logging"], resource: Resource): LogRecords | undefined {
  const queues = configuration.sinks
    .filter((sink) => sink.type === "otlp")
    .map((exporter) => ({
      exporter,
      queue: new ExportQueue<ReadableLogRecord>({
        exporter: createLogExporter(exporter),
        batch: configuration.batch,
        what: `log records to ${exporter.endpoint}`,
      }),
    }));
  if (queues.length === 0) return undefined;
  const sdk = require("@opentelemetry/sdk-logs") as typeof import("@opentelemetry/sdk-logs");
  const provider = new sdk.LoggerProvider({
    resource,
    logRecordLimits: {
      attributeCountLimit: configuration.attributeCountLimit,
      attributeValueLengthLimit: configuration.attributeValueLengthLimit,
    },
    processors: queues.map(({ queue }) => queueingProcessor(queue)),
  });
  return {
    provider,
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
    pending: () => queues.reduce((sum, { queue }) => sum + queue.pending, 0),
    takeUndelivered: () =>
      queues.map(({ exporter, queue }) => ({
        signal: "logs",
        exporter,
        items: queue.takeUndelivered().map(plainLogRecord),
      })),
  };
}

function queueingProcessor(queue: ExportQueue<ReadableLogRecord>): LogRecordProcessor {
  return {
    onEmit: (record) => queue.add(record),
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(),
  };
}
