import type { Link, SpanContext, TraceState } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace";
import { RecordingSpan } from "../engine/recording-span.ts";
import { SpanIdentity } from "../engine/span-identity.ts";
import { writeAttributes } from "./attributes.ts";
import { writeId } from "./identifiers.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { writeTime } from "./time.ts";

/** Bytes of all fields of a span, an event or a link that have a fixed size, with room to spare. */
const FIXED_FIELDS = 192;

// trace.proto: field numbers with wire types.
const TRACE_ID = 0x0a;
const SPAN_ID = 0x12;
const TRACE_STATE = 0x1a;
const PARENT_SPAN_ID = 0x22;
const NAME = 0x2a;
const KIND = 0x30;
const START_TIME = 0x39;
const END_TIME = 0x41;
const ATTRIBUTES = 0x4a;
const DROPPED_ATTRIBUTES = 0x50;
const EVENTS = 0x5a;
const DROPPED_EVENTS = 0x60;
const LINKS = 0x6a;
const DROPPED_LINKS = 0x70;
const STATUS = 0x7a;
const FLAGS = [0x85, 0x01] as const;

/** A Span with its length, and with the fields that OpenTelemetry's serializer writes, zeros among them. */
export function writeSpan(writer: ProtobufWriter, span: ReadableSpan): void {
  writer.reserve(FIXED_FIELDS);
  const start = writer.open(2);
  const flags = writeIdentity(writer, span);
  writer.byte(NAME);
  writer.string(span.name);
  writer.reserve(FIXED_FIELDS);
  if (span.kind != null) {
    writer.byte(KIND);
    writer.byte(span.kind + 1);
  }
  writer.byte(START_TIME);
  writeTime(writer, span.startTime);
  writer.byte(END_TIME);
  writeTime(writer, span.endTime);
  if (span.attributes) writeAttributes(writer, ATTRIBUTES, span.attributes);
  writer.reserve(FIXED_FIELDS);
  writer.byte(DROPPED_ATTRIBUTES);
  writer.uint32(span.droppedAttributesCount);
  for (const event of span.events) {
    writer.byte(EVENTS);
    writeEvent(writer, event);
  }
  writer.byte(DROPPED_EVENTS);
  writer.uint32(span.droppedEventsCount);
  for (const link of span.links) {
    writer.byte(LINKS);
    writeLink(writer, link);
  }
  writer.byte(DROPPED_LINKS);
  writer.uint32(span.droppedLinksCount);
  writer.byte(STATUS);
  writeStatus(writer, span.status);
  writer.byte(FLAGS[0]);
  writer.byte(FLAGS[1]);
  writer.fixed32(flags);
  writer.close(start, 2);
}

/** Ids and tracestate of the span and of its parent; gives the flags, which come last. */
function writeIdentity(writer: ProtobufWriter, span: ReadableSpan): number {
  const own = span instanceof RecordingSpan ? span._identity : undefined;
  const parent = span instanceof RecordingSpan ? span._parent : span.parentSpanContext;
  const context = own ?? span.spanContext();
  writeTraceId(writer, context);
  writer.byte(SPAN_ID);
  writeSpanId(writer, context);
  if (context.traceState !== undefined) writeTraceState(writer, context.traceState);
  if (parent instanceof SpanIdentity || parent?.spanId) {
    writer.byte(PARENT_SPAN_ID);
    writeSpanId(writer, parent);
  }
  const isRemote = parent instanceof SpanIdentity ? undefined : parent?.isRemote;
  return flagsOf(context instanceof SpanIdentity ? context.flags : context.traceFlags, isRemote);
}

// A span of our engine has its ids as numbers: making texts of them, only to read those, took a third of its encoding.
function writeTraceId(writer: ProtobufWriter, context: SpanIdentity | SpanContext): void {
  writer.byte(TRACE_ID);
  if (!(context instanceof SpanIdentity)) writeId(writer, context.traceId);
  else if (context.trace.writeId(writer.bytes, writer.at + 1)) {
    writer.byte(16);
    writer.at += 16;
  } else writeId(writer, context.trace.id);
}

function writeSpanId(writer: ProtobufWriter, context: SpanIdentity | SpanContext): void {
  if (!(context instanceof SpanIdentity)) writeId(writer, context.spanId);
  else if (context.writeSpanId(writer.bytes, writer.at + 1)) {
    writer.byte(8);
    writer.at += 8;
  } else writeId(writer, context.context.spanId);
}

function writeEvent(writer: ProtobufWriter, event: TimedEvent): void {
  writer.reserve(FIXED_FIELDS);
  const start = writer.open(1);
  writer.byte(0x09);
  writeTime(writer, event.time);
  writer.byte(0x12);
  writer.string(event.name);
  if (event.attributes) writeAttributes(writer, 0x1a, event.attributes);
  writer.reserve(FIXED_FIELDS);
  writer.byte(0x20);
  writer.uint32(event.droppedAttributesCount || 0);
  writer.close(start, 1);
  writer.reserve(FIXED_FIELDS);
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount }: Link): void {
  writer.reserve(FIXED_FIELDS);
  const start = writer.open(1);
  writer.byte(TRACE_ID);
  writeId(writer, context.traceId);
  writer.byte(SPAN_ID);
  writeId(writer, context.spanId);
  if (context.traceState !== undefined) writeTraceState(writer, context.traceState);
  if (attributes) writeAttributes(writer, 0x22, attributes);
  writer.reserve(FIXED_FIELDS);
  writer.byte(0x28);
  writer.uint32(droppedAttributesCount || 0);
  writer.byte(0x35);
  writer.fixed32(flagsOf(context.traceFlags, context.isRemote));
  writer.close(start, 1);
  writer.reserve(FIXED_FIELDS);
}

// A trace state does not change, and the spans of a trace have the same.
let lastState: SpanContext["traceState"];
let lastStateText: string | undefined;

function writeTraceState(writer: ProtobufWriter, traceState: TraceState): void {
  if (traceState !== lastState) {
    lastStateText = traceState.serialize();
    lastState = traceState;
  }
  if (!lastStateText) return;
  writer.byte(TRACE_STATE);
  writer.string(lastStateText);
  writer.reserve(FIXED_FIELDS);
}

function writeStatus(writer: ProtobufWriter, { code, message }: ReadableSpan["status"]): void {
  const start = writer.open(1);
  if (message) {
    writer.byte(0x12);
    writer.string(message);
    writer.reserve(FIXED_FIELDS);
  }
  writer.byte(0x18);
  writer.byte(code);
  writer.close(start, 1);
  writer.reserve(FIXED_FIELDS);
}

/** SpanFlags: whether the parent is remote is known, and whether it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}
