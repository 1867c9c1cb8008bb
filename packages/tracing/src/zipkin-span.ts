import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { microseconds } from "./microseconds.ts";
import { plainValue } from "./plain-values.ts";

// The values of SpanKind and SpanStatusCode; JSON leaves out what is undefined.
const kinds = [undefined, "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const statusCodes = [undefined, "OK", "ERROR"];
const ERROR = 2;

/**
 * A span as Zipkin's version 2 JSON has it. Zipkin refuses a whole batch for one time that is not a whole microsecond, and
 * takes a duration of 0 for none.
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 */
export function zipkinSpan(span: ReadableSpan): object {
  const { traceId, spanId } = span.spanContext();
  const { "service.name": serviceName = "unknown_service" } = span.resource.attributes;
  return {
    traceId,
    parentId: span.parentSpanContext?.spanId || undefined,
    id: spanId,
    name: span.name,
    kind: kinds[span.kind],
    timestamp: microseconds(span.startTime),
    duration: Math.max(1, microseconds(span.duration)),
    localEndpoint: { serviceName: String(serviceName) },
    tags: tagsOf(span),
    annotations: span.events.length > 0 ? span.events.map(annotationOf) : undefined,
  };
}

function tagsOf({ attributes, resource, status, instrumentationScope: scope, ...span }: ReadableSpan): object {
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) tags[name] = String(plainValue(value));
  const add = (name: string, value: string | number | undefined): void => {
    if (value) tags[name] = String(value);
  };
  add("otel.status_code", statusCodes[status.code]);
  // Its presence is what marks an error, so it is there without a message too.
  if (status.code === ERROR) tags["error"] = status.message ?? "";
  add("otel.scope.name", scope.name);
  add("otel.scope.version", scope.version);
  add("otel.dropped_attributes_count", span.droppedAttributesCount);
  add("otel.dropped_events_count", span.droppedEventsCount);
  add("otel.dropped_links_count", span.droppedLinksCount);
  for (const [name, value] of Object.entries(resource.attributes)) tags[name] = String(plainValue(value));
  return tags;
}

/** The name alone, or with the attributes as the specification writes them: `"name": {"key":"value"}`. */
function annotationOf({ time, name, attributes = {} }: ReadableSpan["events"][number]): object {
  const plain = Object.keys(attributes).length === 0;
  return { timestamp: microseconds(time), value: plain ? name : `${JSON.stringify(name)}: ${plainValue(attributes)}` };
}
