/** What an application logs with bunyan, to the sinks of telltale's own loggers. */
// By name: the loggers are those of the package's main entry, and there is one set of them.
import { type LogLevel, logger } from "@telltale/logging";

/** One of bunyan's `streams`. */
export interface BunyanStream {
  readonly type: "raw";
  /** bunyan's name or number of a level. */
  readonly level?: number | "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  readonly stream: { write(record: object): void };
}

/**
 * A stream for `bunyan.createLogger({ name, streams: [bunyanStream()] })`; records go to the logger of bunyan's `name`.
 * The instrumentation of bunyan sends records to OpenTelemetry itself: switch that off with
 * `instrumentations: { bunyan: { disableLogSending: true } }` when telltale has an OTLP sink.
 */
export function bunyanStream(options: { readonly level?: NonNullable<BunyanStream["level"]> } = {}): BunyanStream {
  return { type: "raw", ...options, stream: { write: (record) => write(record as Readonly<Record<string, unknown>>) } };
}

function write(record: Readonly<Record<string, unknown>>): void {
  const { name, level, msg, time: _time, v: _v, hostname: _h, pid: _p, ...rest } = record;
  const { trace_id: _t, span_id: _s, trace_flags: _f, ...fields } = rest;
  logger(String(name))[labelOf(Number(level))](fields, String(msg));
}

/** bunyan's numbers are pino's. */
function labelOf(level: number): Exclude<LogLevel, "silent"> {
  if (level >= 60) return "fatal";
  if (level >= 50) return "error";
  if (level >= 40) return "warn";
  if (level >= 30) return "info";
  return level >= 20 ? "debug" : "trace";
}
