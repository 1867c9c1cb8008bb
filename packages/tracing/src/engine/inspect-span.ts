import type { ReadableSpan } from "@opentelemetry/sdk-trace";

interface InspectOptions {
  readonly depth?: number | null;
  stylize?(text: string, style: string): string;
}

/** What `console.log(span)` prints: what a span is, without the machinery behind it. */
export function inspectSpan(span: ReadableSpan, [depth, options, inspect]: readonly unknown[]): unknown {
  const { stylize, depth: limit } = (options ?? {}) as InspectOptions;
  if (typeof depth === "number" && depth < 0) return stylize?.("[Span]", "special") ?? "[Span]";
  const shown = {
    name: span.name,
    kind: span.kind,
    spanContext: span.spanContext(),
    parentSpanContext: span.parentSpanContext,
    status: span.status,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    attributes: span.attributes,
    events: span.events,
    links: span.links,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    instrumentationScope: span.instrumentationScope,
  };
  if (typeof inspect !== "function") return shown;
  return `Span ${inspect(shown, { ...(options as object), depth: limit == null ? limit : limit - 1 })}`;
}
