/** The spans of our engine are written from their numbers; the bytes are those of the same span as anybody reads it. */
import { type Context, createTraceState, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { createTracerProvider, type TracerProviderOptions } from "../engine/tracer-provider.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { writeSpan } from "./span.ts";

const remote = (flags: number): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: flags,
    isRemote: true,
    traceState: createTraceState("a=1,b=2"),
  });

const ids = { generateTraceId: () => "0".repeat(31).concat("1"), generateSpanId: () => "f".repeat(16) };

test.each<[string, Context, TracerProviderOptions]>([
  ["of a trace that began here", ROOT_CONTEXT, {}],
  ["of a remote caller's trace", remote(3), {}],
  ["with ids of another generator", ROOT_CONTEXT, { idGenerator: ids }],
  ["of a remote caller's trace, with ids of another generator", remote(1), { idGenerator: ids }],
])("a span %s, and its child, have the same bytes as a copy of theirs", (_what, context, options) => {
  const tracer = createTracerProvider(options).getTracer("t");
  const parent = tracer.startSpan("parent", { attributes: { a: 1 } }, context);
  const child = tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, parent)).addEvent("e");
  child.end();
  parent.end();
  for (const span of [parent, child]) {
    const before = encoded(span as Span & ReadableSpan);
    expect(before).toEqual(encoded(copyOf(span as Span & ReadableSpan)));
    // With texts that are there already, too.
    expect(encoded(span as Span & ReadableSpan)).toEqual(before);
  }
});

function encoded(span: ReadableSpan): Buffer {
  const writer = new ProtobufWriter(1_024);
  writeSpan(writer, span);
  return Buffer.from(writer.bytes.subarray(0, writer.at));
}

/** A span of nobody's make. */
function copyOf(span: ReadableSpan): ReadableSpan {
  const { name, kind, startTime, endTime, duration, status, attributes, links, events, ended } = span;
  const { resource, instrumentationScope, droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  return {
    ...{ name, kind, startTime, endTime, duration, status, attributes, links, events, ended },
    ...{ resource, instrumentationScope, droppedAttributesCount, droppedEventsCount, droppedLinksCount },
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
  };
}
