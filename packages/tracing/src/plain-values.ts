/** Spans for formats that know only strings, numbers and booleans, and microseconds. */
import type { Attributes, HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/**
 * A copy of the span with maps and arrays as JSON, bytes as base64, and times in whole microseconds.
 * @see https://opentelemetry.io/docs/specs/otel/common/#mapping-arbitrary-data-to-otlp-anyvalue
 */
export function withPlainValues(span: ReadableSpan): ReadableSpan {
  const spanContext = span.spanContext();
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => spanContext,
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    startTime: wholeMicroseconds(span.startTime),
    endTime: wholeMicroseconds(span.endTime),
    duration: wholeMicroseconds(span.duration),
    status: span.status,
    attributes: plainAttributes(span.attributes),
    links: span.links,
    events: span.events.map((event) => ({
      ...event,
      time: wholeMicroseconds(event.time),
      ...(event.attributes && { attributes: plainAttributes(event.attributes) }),
    })),
    ended: span.ended,
    resource: plainResource(span.resource),
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function plainAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (value === null) return "";
  if (typeof value !== "object") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return JSON.stringify(value, asJson);
}

function asJson(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  // JSON has no NaN and no infinities.
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function plainResource(resource: ReadableSpan["resource"]): ReadableSpan["resource"] {
  return Object.create(resource, { attributes: { value: plainAttributes(resource.attributes) } });
}

function wholeMicroseconds([seconds, nanoseconds]: HrTime): HrTime {
  return [seconds, Math.round(nanoseconds / 1_000) * 1_000];
}
