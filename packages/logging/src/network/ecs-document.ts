/**
 * A line in the words of the Elastic Common Schema.
 * @see https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html
 */

type Fields = Record<string, unknown>;

export const ECS_VERSION = "8.17.0";

/** Fields of the schema that are objects or have a meaning of their own; the application's of those names go below `labels`. */
const reserved = new Set([
  "@timestamp",
  "message",
  "log",
  "trace",
  "span",
  "transaction",
  "error",
  "event",
  "ecs",
  "service",
  "labels",
  "tags",
]);

/** `extra` are fields of the schema that every document has, such as `service.environment`. A line that is no JSON is a message. */
export function ecsDocument(line: string, extra: Fields = {}): Fields {
  let fields: Fields;
  try {
    fields = JSON.parse(line) as Fields;
  } catch {
    return { "@timestamp": new Date().toISOString(), message: line.trimEnd(), ecs: { version: ECS_VERSION }, ...extra };
  }
  const { time, level, logger, msg, "service.name": service, trace_id: traceId, span_id: spanId, ...rest } = fields;
  const { trace_flags: _flags, err, error, event_name: event, ...others } = rest;
  const failure = err ?? error;
  const document: Fields = {
    "@timestamp": time,
    "log.level": level,
    message: msg ?? (event === undefined ? "" : String(event)),
    "ecs.version": ECS_VERSION,
    "log.logger": logger,
    ...extra,
  };
  if (service !== undefined) document["service.name"] = service;
  if (traceId !== undefined) document["trace.id"] = traceId;
  if (spanId !== undefined) document["span.id"] = spanId;
  if (event !== undefined) document["event.action"] = event;
  if (failure !== undefined) Object.assign(document, ecsError(failure));
  if (err !== undefined && error !== undefined) others["error"] = error;
  for (const [key, value] of Object.entries(others)) {
    document[reserved.has(key.split(".")[0]!) ? `labels.${key}` : key] = value;
  }
  return document;
}

function ecsError(error: unknown): Fields {
  if (typeof error !== "object" || error === null || !("stack" in error)) return { "error.message": String(error) };
  const { type, message, stack, code, aggregateErrors, ...others } = error as Fields;
  return {
    "error.type": type,
    "error.message": message,
    "error.stack_trace": stack,
    ...(code !== undefined && { "error.code": String(code) }),
    ...(Array.isArray(aggregateErrors) && { "labels.aggregate_errors": JSON.stringify(aggregateErrors) }),
    ...(Object.keys(others).length > 0 && { "labels.error": JSON.stringify(others) }),
  };
}
