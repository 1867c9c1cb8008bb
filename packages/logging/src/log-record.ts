/** A line of ours as an OpenTelemetry log record. It is read back from the JSON, so that both say the same. */
import { type Attributes, type LogRecord, logs, SeverityNumber } from "@opentelemetry/api";
import { warnOnce } from "./warn-once.ts";

type Fields = Record<string, unknown>;

const warn = warnOnce();

/** Emits the line's record through the logs API, in the active context. Never throws. */
export function emitLine(line: string): void {
  try {
    const fields = JSON.parse(line) as Fields;
    logs.getLogger(String(fields["logger"])).emit(logRecord(fields));
  } catch (error) {
    warn("a log line could not become an OpenTelemetry log record", error);
  }
}

export function logRecord(fields: Fields): LogRecord {
  // The resource and the context of the record carry service and span.
  const { level, time, msg, logger, "service.name": _service, ...rest } = fields;
  const {
    trace_id: _traceId,
    span_id: _spanId,
    trace_flags: _traceFlags,
    err,
    event_name: event,
    ...attributes
  } = rest;
  const atMs = Date.parse(String(time));
  const severityNumber = severities[String(level)];
  return {
    ...(!Number.isNaN(atMs) && { timestamp: new Date(atMs) }),
    ...(severityNumber !== undefined && { severityNumber }),
    ...(level !== undefined && { severityText: String(level) }),
    body: msg,
    ...(typeof event === "string" && { eventName: event }),
    attributes: { ...attributes, ...exception(err) },
  };
}

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** pino's serialized error in OpenTelemetry's words; what an error has besides, such as `code`, stays under `err`. */
function exception(err: unknown): Attributes {
  if (err === undefined) return {};
  if (err === null || typeof err !== "object" || !("stack" in err)) return { err };
  const { type, message, stack, ...others } = err as Fields;
  return {
    "exception.type": type,
    "exception.message": message,
    "exception.stacktrace": stack,
    ...(Object.keys(others).length > 0 && { err: others }),
  };
}
