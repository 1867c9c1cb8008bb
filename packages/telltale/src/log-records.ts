import { createRequire } from "node:module";
import type { ExportResult } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { type LogSink, recordSink } from "@telltale/logging";
import type { Configuration, LogSinkConfiguration } from "./configuration.ts";
import { ExportQueue } from "./export-queue.ts";
import { createLogExporter, type LogExporter } from "./log-exporter.ts";
import { knownAttributes } from "./resource.ts";
import type { Signal } from "./signal.ts";
import { plainLogRecord } from "./undelivered.ts";

const require = createRequire(import.meta.url);

type OtlpSink = Extract<LogSinkConfiguration, { readonly type: "otlp" }>;

export interface LogRecords extends Signal {
  readonly provider: LoggerProvider;
  /** What telltale's own loggers write to: their lines become OTLP without being records in between, where that is possible. */
  readonly lineSinks: readonly LogSink[];
}

/** The logger provider with queues for each OTLP sink; `undefined` when no sink takes log records. */
export function startLogRecords(configuration: Configuration["logging"], resource: Resource): LogRecords | undefined {
  const sinks = configuration.sinks.filter((sink) => sink.type === "otlp");
  if (sinks.length === 0) return undefined;
  // JSON is written by OpenTelemetry's serializer, which wants records; and records of the API go to all sinks.
  const takesLines = sinks.every(({ protocol }) => protocol !== "http/json");
  const queues = sinks.map((sink) => startQueues(sink, { configuration, resource }));
  const sdk = require("@opentelemetry/sdk-logs") as typeof import("@opentelemetry/sdk-logs");
  const provider = new sdk.LoggerProvider({
    resource,
    logRecordLimits: limitsOf(configuration),
    processors: queues.map(({ sink, records }) => queueingProcessor(records, sink.level)),
  });
  const all = queues.flatMap(({ records, lines }): readonly Queue[] => [records, lines]);
  return {
    provider,
    lineSinks: takesLines ? queues.map(({ sink, lines }) => lineSink(sink, lines)) : [recordSink()],
    async flush() {
      await Promise.all(all.map((queue) => queue.flush()));
    },
    async shutdown() {
      // They share the exporters, which end with the queues of records.
      await Promise.all(queues.map(({ lines }) => lines.shutdown()));
      await provider.shutdown();
    },
    pending: () => all.reduce((sum, queue) => sum + queue.pending, 0),
    takeUndelivered: () =>
      queues.map(({ sink, records, lines, encode }) => {
        const left = lines.takeUndelivered();
        const requests = left.length === 0 ? [] : [encode(left)];
        return {
          signal: "logs",
          exporter: sink,
          items: [...requests, ...records.takeUndelivered().map(plainLogRecord)],
        };
      }),
  };
}

type Queue = Pick<ExportQueue<ReadableLogRecord>, "flush" | "pending">;

function startQueues(
  sink: OtlpSink,
  { configuration, resource }: { readonly configuration: Configuration["logging"]; readonly resource: Resource },
) {
  const exporter = createLogExporter(sink);
  const { batch } = configuration;
  const what = `log records to ${sink.endpoint}`;
  const limits = limitsOf(configuration);
  const encode = (lines: readonly string[]): Uint8Array => {
    const { logRequest } = require("@telltale/logging/otlp-lines") as typeof import("@telltale/logging/otlp-lines");
    return logRequest(lines, { resource: knownAttributes(resource), resourceSchemaUrl: resource.schemaUrl, limits });
  };
  const records = new ExportQueue<ReadableLogRecord>({ exporter, batch, what });
  const lines = new ExportQueue<string>({ exporter: lineExporter(exporter, { resource, encode }), batch, what });
  return { sink, records, lines, encode };
}

/** Takes lines; the exporter is shut down by the queue of records, which has the same. */
function lineExporter(
  exporter: LogExporter,
  { resource, encode }: { readonly resource: Resource; readonly encode: (lines: readonly string[]) => Uint8Array },
) {
  return {
    export(lines: string[], done: (result: ExportResult) => void): void {
      const send = (): void => exporter.export(encode(lines), done);
      if (resource.asyncAttributesPending) void resource.waitForAsyncAttributes?.().then(send);
      else send();
    },
    shutdown: () => Promise.resolve(),
  };
}

function lineSink({ level, endpoint }: OtlpSink, queue: ExportQueue<string>): LogSink {
  return {
    name: `OTLP ${endpoint}`,
    ...(level !== undefined && { level }),
    write: (line) => queue.add(line),
    flush: () => queue.flush(),
    pending: () => queue.pending,
    dropped: () => queue.dropped,
  };
}

/** OpenTelemetry's numbers for the least severe records of each level. */
const severities = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21, silent: 25 } as const;

function queueingProcessor(queue: ExportQueue<ReadableLogRecord>, level: OtlpSink["level"]): LogRecordProcessor {
  const least = level === undefined ? 0 : severities[level];
  return {
    onEmit: (record) => {
      if ((record.severityNumber ?? 0) >= least || record.severityNumber === 0) queue.add(record);
    },
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(),
  };
}

function limitsOf({ attributeCountLimit, attributeValueLengthLimit }: Configuration["logging"]) {
  return { attributeCountLimit, attributeValueLengthLimit };
}
