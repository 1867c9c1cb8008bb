/**
 * Telemetry as plain data, so that it can be handed to another thread by structured clone and become what exporters
 * expect there. Used by the last flush only.
 */
import { createTraceState, type SpanContext, type TraceState } from "@opentelemetry/api";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { knownAttributes } from "./resource.ts";

interface PlainSpanContext extends Omit<SpanContext, "traceState"> {
  readonly traceState?: string;
}
interface PlainResource {
  readonly attributes: Resource["attributes"];
  readonly schemaUrl: string | undefined;
}
type Plain<T> = Omit<T, "resource"> & { readonly resource: PlainResource };

export type PlainSpan = Omit<Plain<ReadableSpan>, "spanContext" | "parentSpanContext" | "links"> & {
  readonly context: PlainSpanContext;
  readonly parent: PlainSpanContext | undefined;
  readonly links: readonly (Omit<ReadableSpan["links"][number], "context"> & { readonly context: PlainSpanContext })[];
};
export type PlainLogRecord = Omit<Plain<ReadableLogRecord>, "spanContext"> & {
  readonly context: PlainSpanContext | undefined;
};
export type PlainMetrics = Plain<ResourceMetrics>;

export function plainSpan(span: ReadableSpan): PlainSpan {
  return {
    name: span.name,
    kind: span.kind,
    context: plainContext(span.spanContext()),
    parent: span.parentSpanContext && plainContext(span.parentSpanContext),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: span.attributes,
    links: span.links.map((link) => ({ ...link, context: plainContext(link.context) })),
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: plainResource(span.resource),
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

export function readableSpan(plain: PlainSpan): ReadableSpan {
  const { context, parent, links, resource, ...rest } = plain;
  const spanContext = readableContext(context);
  return {
    ...rest,
    spanContext: () => spanContext,
    ...(parent && { parentSpanContext: readableContext(parent) }),
    links: links.map((link) => ({ ...link, context: readableContext(link.context) })),
    resource: readableResource(resource),
  };
}

export function plainLogRecord(record: ReadableLogRecord): PlainLogRecord {
  return {
    hrTime: record.hrTime,
    hrTimeObserved: record.hrTimeObserved,
    context: record.spanContext && plainContext(record.spanContext),
    ...(record.severityText !== undefined && { severityText: record.severityText }),
    ...(record.severityNumber !== undefined && { severityNumber: record.severityNumber }),
    ...(record.body !== undefined && { body: record.body }),
    ...(record.eventName !== undefined && { eventName: record.eventName }),
    attributes: record.attributes,
    resource: plainResource(record.resource),
    instrumentationScope: record.instrumentationScope,
    droppedAttributesCount: record.droppedAttributesCount,
  };
}

export function readableLogRecord(plain: PlainLogRecord): ReadableLogRecord {
  const { context, resource, ...rest } = plain;
  return { ...rest, ...(context && { spanContext: readableContext(context) }), resource: readableResource(resource) };
}

export function plainMetrics(metrics: ResourceMetrics): PlainMetrics {
  return { scopeMetrics: metrics.scopeMetrics, resource: plainResource(metrics.resource) };
}

export function readableMetrics(plain: PlainMetrics): ResourceMetrics {
  return { scopeMetrics: plain.scopeMetrics, resource: readableResource(plain.resource) };
}

function plainContext(context: SpanContext): PlainSpanContext {
  const { traceState, ...rest } = context;
  return { ...rest, ...(traceState && { traceState: traceState.serialize() }) };
}

function readableContext(plain: PlainSpanContext): SpanContext {
  const { traceState, ...rest } = plain;
  const state: TraceState | undefined = traceState === undefined ? undefined : createTraceState(traceState);
  return { ...rest, ...(state && { traceState: state }) };
}

const plainResources = new WeakMap<Resource, PlainResource>();

/** One plain object for all items of one resource: structured clone keeps it one. */
function plainResource(resource: Resource): PlainResource {
  let plain = plainResources.get(resource);
  if (plain === undefined) {
    plain = { attributes: knownAttributes(resource), schemaUrl: resource.schemaUrl };
    plainResources.set(resource, plain);
  }
  return plain;
}

const readableResources = new WeakMap<PlainResource, Resource>();

function readableResource(plain: PlainResource): Resource {
  let resource = readableResources.get(plain);
  if (resource === undefined) {
    const options = plain.schemaUrl === undefined ? {} : { schemaUrl: plain.schemaUrl };
    resource = resourceFromAttributes(plain.attributes, options);
    readableResources.set(plain, resource);
  }
  return resource;
}
