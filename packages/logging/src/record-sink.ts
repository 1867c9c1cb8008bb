import type { LogLevel } from "./log-level.ts";
import { emitLine } from "./log-record.ts";
import type { LogSink } from "./log-sink.ts";

/**
 * Emits each line as a record through OpenTelemetry's logs API, to whatever provider is registered: make it, and call
 * `createLogging()`, after the provider has been registered.
 */
export function recordSink(options: { readonly level?: LogLevel } = {}): LogSink {
  return { ...options, name: "OpenTelemetry's logs API", write: emitLine };
}
