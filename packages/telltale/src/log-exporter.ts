import type { LogRecordExporter, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { createOtlpExporter, reportOutages } from "@telltale/tracing";
import type { LogSinkConfiguration } from "./configuration.ts";

/** The exporter of an OTLP log sink. */
export function createLogExporter(configuration: Extract<LogSinkConfiguration, { type: "otlp" }>): LogRecordExporter {
  const exporter = createOtlpExporter<ReadableLogRecord[]>("logs", configuration);
  return reportOutages("log records", exporter, configuration);
}
