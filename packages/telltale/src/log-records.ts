import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider, LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { type LogSink, recordSink } from "@telltale/logging";
import type { Configuration, LogSinkConfiguration } from "./configuration.ts";
import { type Delivery, shownEndpoint } from "./delivery.ts";
import { ExportQueue } from "./export-queue.ts";
import { createLogExporter } from "./log-exporter.ts";
import { otlpLineSink } from "./otlp-line-sink.ts";
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
  const queues = sinks.map((sink) => {
    const exporter = createLogExporter(sink);
    const { batch } = configuration;
    const records = new ExportQueue<ReadableLogRecord>({ exporter, batch, what: `log records to ${sink.endpoint}` });
    return { sink, records, lines: otlpLineSink(exporter, { configuration, sink, resource }) };
  });
  const sdk = require("@opentelemetry/sdk-logs") as typeof import("@opentelemetry/sdk-logs");
  const { attributeCountLimit, attributeValueLengthLimit } = configuration;
  const provider = new sdk.LoggerProvider({
    resource,
    logRecordLimits: { attributeCountLimit, attributeValueLengthLimit },
    processors: queues.map(({ sink, records }) => queueingProcessor(records, sink.level)),
  });
  return {
    provider,
    lineSinks: takesLines
      ? queues.map(({ sink: { level }, lines }) => ({ ...lines.sink, ...(level !== undefined && { level }) }))
      : [recordSink()],
    async flush() {
      await Promise.all(queues.flatMap(({ records, lines }) => [records.flush(), lines.sink.flush()]));
    },
    async shutdown() {
      // They share the exporters, which end with the queues of records.
      await Promise.all(queues.map(({ lines }) => lines.shutdown()));
      await provider.shutdown();
    },
    deliveries: () => queues.map(({ sink, records, lines }) => together(sink, records.delivery, lines.delivery())),
    pending: () => queues.reduce((sum, { records, lines }) => sum + records.pending + lines.sink.pending(), 0),
    takeUndelivered: () =>
      queues.map(({ sink, records, lines }) => ({
        signal: "logs",
        exporter: sink,
        items: [...lines.takeUndelivered(), ...records.takeUndelivered().map(plainLogRecord)],
      })),
  };
}

/** Records of the API and lines of telltale's loggers go to the same place, by queues of their own. */
function together(
  { endpoint }: OtlpSink,
  records: Omit<Delivery, "signal" | "to">,
  lines: Omit<Delivery, "signal" | "to">,
): Delivery {
  const since = [records.failingSinceMs, lines.failingSinceMs].filter((ms) => ms !== undefined);
  return {
    signal: "logs",
    to: shownEndpoint(endpoint),
    sent: records.sent + lines.sent,
    pending: records.pending + lines.pending,
    lost: records.lost + lines.lost,
    failingSinceMs: since.length === 0 ? undefined : Math.min(...since),
    reason: records.reason ?? lines.reason,
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
