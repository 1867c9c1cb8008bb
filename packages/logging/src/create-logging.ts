import type { LogLevel } from "./log-level.ts";
import { flushOutput, type LineWriter, setOutput } from "./log-output.ts";
import { type Logger, logger, setDefaultLevel, setLevel } from "./logger.ts";
import { nameService } from "./stamp.ts";

export interface LoggingOptions {
  /** Of all loggers that have no level set by name. @default "info" */
  readonly level?: LogLevel;
  /** Of the telemetry's resource, `service.name` is put on each line. */
  readonly resource?: { readonly "service.name"?: unknown };
  readonly sinks?: {
    /** JSON lines on standard output, or to a writer of your own. @default true */
    readonly console?: boolean | LineWriter;
    /** The same records through OpenTelemetry's logs API, to whatever provider is registered. @default false */
    readonly otlp?: boolean;
  };
}

export interface Logging {
  logger(name: string): Logger;
  /** Of all loggers, or of one by name; see `setLevel`. */
  setLevel(level: LogLevel, name?: string): void;
  /** Writes out what standard output has not taken yet; synchronous. */
  flush(): void;
}

/**
 * Directs all loggers of the process, also those that exist. Register the OpenTelemetry logger provider before, so that
 * what has been logged until now reaches it. A second call directs them anew.
 * @throws RangeError with code TELLTALE_BAD_LOG_LEVEL.
 */
export function createLogging(options: LoggingOptions = {}): Logging {
  const { level = "info", resource, sinks } = options;
  const service = resource?.["service.name"];
  setDefaultLevel(level);
  nameService(service === undefined ? undefined : String(service));
  setOutput({ console: sinks?.console ?? true, records: sinks?.otlp ?? false });
  return { logger, setLevel, flush: () => flushOutput() };
}
