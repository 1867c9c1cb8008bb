/**
 * A span as Jaeger's thrift has it (jaeger.thrift), by OpenTelemetry's rules for Jaeger.
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */
import type { Attributes, Link } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace";
import { microseconds } from "../microseconds.ts";
import { plainValue } from "../plain-values.ts";
import { type ThriftWriter, writeHex, writeInteger } from "./thrift-writer.ts";

// TagType, and the field that has a tag's value.
const STRING = { type: 0, field: 3 } as const;
const DOUBLE = { type: 1, field: 4 } as const;
const BOOL = { type: 2, field: 5 } as const;
const LONG = { type: 3, field: 6 } as const;
const BINARY = { type: 4, field: 7 } as const;

const FOLLOWS_FROM = 1;

/** 2 means "debug" to Jaeger and "random" to W3C's trace flags, so these are not handed on. */
const SAMPLED = 1;

// The values of SpanKind and SpanStatusCode; internal spans have no tag.
const kinds = [undefined, "server", "client", "producer", "consumer"];
const statusCodes = [undefined, "OK", "ERROR"];
const ERROR = 2;

type Tag = readonly [key: string, value: unknown];

export function writeThriftSpan(writer: ThriftWriter, span: ReadableSpan): void {
  const { traceId, spanId } = span.spanContext();
  writer.beginStruct();
  writeHex(writer, 1, traceId.slice(16));
  writeHex(writer, 2, traceId.slice(0, 16));
  writeHex(writer, 3, spanId);
  writeHex(writer, 4, span.parentSpanContext?.spanId || NO_PARENT);
  writer.string(5, span.name);
  if (span.links.length > 0) {
    writer.structs(6, span.links.length);
    for (const link of span.links) writeReference(writer, link);
  }
  writer.i32(7, SAMPLED);
  writeInteger(writer, 8, microseconds(span.startTime));
  writeInteger(writer, 9, microseconds(span.duration));
  writeTags(writer, 10, tagsOf(span));
  if (span.events.length > 0) {
    writer.structs(11, span.events.length);
    for (const event of span.events) writeLog(writer, event);
  }
  writer.endStruct();
}

/** A Process: the service, and its resource as tags. */
export function writeProcess(writer: ThriftWriter, attributes: Attributes): void {
  const { "service.name": serviceName = "unknown_service", ...others } = attributes;
  writer.beginStruct();
  writer.string(1, String(serviceName));
  writeTags(writer, 2, Object.entries(others));
  writer.endStruct();
}

const NO_PARENT = "0".repeat(16);

function tagsOf(span: ReadableSpan): Tag[] {
  const { code, message } = span.status;
  const { name, version } = span.instrumentationScope;
  const tags: Tag[] = Object.entries(span.attributes);
  const add = (key: string, value: unknown): void => void (value && tags.push([key, value]));
  add("otel.status_code", statusCodes[code]);
  if (code !== 0) add("otel.status_description", message);
  if (code === ERROR) add("error", true);
  add("span.kind", kinds[span.kind]);
  add("w3c.tracestate", span.spanContext().traceState?.serialize());
  for (const prefix of ["otel.scope", "otel.library"]) {
    add(`${prefix}.name`, name);
    add(`${prefix}.version`, version);
  }
  add("otel.dropped_attributes_count", span.droppedAttributesCount);
  add("otel.dropped_events_count", span.droppedEventsCount);
  add("otel.dropped_links_count", span.droppedLinksCount);
  return tags;
}

function writeReference(writer: ThriftWriter, { context }: Link): void {
  writer.beginStruct();
  writer.i32(1, FOLLOWS_FROM);
  writeHex(writer, 2, context.traceId.slice(16));
  writeHex(writer, 3, context.traceId.slice(0, 16));
  writeHex(writer, 4, context.spanId);
  writer.endStruct();
}

function writeLog(writer: ThriftWriter, { name, time, attributes = {}, droppedAttributesCount }: TimedEvent): void {
  const fields: Tag[] = [["event", name], ...Object.entries(attributes)];
  if (droppedAttributesCount) fields.push(["otel.event.dropped_attributes_count", droppedAttributesCount]);
  writer.beginStruct();
  writeInteger(writer, 1, microseconds(time));
  writeTags(writer, 2, fields);
  writer.endStruct();
}

function writeTags(writer: ThriftWriter, field: number, tags: readonly Tag[]): void {
  writer.structs(field, tags.length);
  for (const tag of tags) writeTag(writer, tag);
}

function writeTag(writer: ThriftWriter, [key, value]: Tag): void {
  writer.beginStruct();
  writer.string(1, key);
  if (value instanceof Uint8Array) {
    writer.i32(2, BINARY.type);
    writer.bytes(BINARY.field, value);
  } else writeScalar(writer, plainValue(value));
  writer.endStruct();
}

function writeScalar(writer: ThriftWriter, value: string | number | boolean): void {
  switch (typeof value) {
    case "string":
      writer.i32(2, STRING.type);
      writer.string(STRING.field, value);
      return;
    case "boolean":
      writer.i32(2, BOOL.type);
      writer.bool(BOOL.field, value);
      return;
    case "number": {
      const whole = Number.isSafeInteger(value);
      writer.i32(2, whole ? LONG.type : DOUBLE.type);
      if (whole) writeInteger(writer, LONG.field, value);
      else writer.double(DOUBLE.field, value);
    }
  }
}
