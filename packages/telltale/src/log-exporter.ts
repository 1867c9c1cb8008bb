import type { ExportResult } from "@opentelemetry/core";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { createOtlpExporter, reportOutages } from "@telltale/tracing";
import type { LogSinkConfiguration } from "./configuration.ts";

/** The exporter of an OTLP log sink. Over protobuf it also takes the bytes of an ExportLogsServiceRequest. */
export interface LogExporter {
  export(items: ReadableLogRecord[] | Uint8Array, done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export function createLogExporter(configuration: Extract<LogSinkConfiguration, { type: "otlp" }>): LogExporter {
  const exporter = createOtlpExporter<ReadableLogRecord[] | Uint8Array>("logs", configuration);
  return reportOutages("log records", exporter, configuration);
}
