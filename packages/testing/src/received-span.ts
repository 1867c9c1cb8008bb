import { bigintIn, numberIn, type OtlpTree, stringIn, treeIn, treesIn } from "./otlp-tree.ts";
import {
  attributesOf,
  type ReceivedAttributes,
  type ReceivedResource,
  type ReceivedScope,
  resourceOf,
  scopeOf,
} from "./received-attributes.ts";

/** OTLP's kinds in the words of its specification. */
export type SpanKindName = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: SpanKindName;
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 16 hex digits; `undefined` for a root. */
  readonly parentSpanId: string | undefined;
  readonly traceState: string;
  readonly flags: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: ReceivedAttributes;
  readonly events: readonly ReceivedEvent[];
  readonly links: readonly ReceivedLink[];
  readonly status: { readonly code: "unset" | "ok" | "error"; readonly message: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly resource: ReceivedResource;
  readonly scope: ReceivedScope;
}

export interface ReceivedEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: ReceivedAttributes;
}

export interface ReceivedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: ReceivedAttributes;
}

const kinds: readonly SpanKindName[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const statusCodes = ["unset", "ok", "error"] as const;

/** All spans of an `ExportTraceServiceRequest`, each with its resource and scope. */
export function spansOf(request: OtlpTree): readonly ReceivedSpan[] {
  return treesIn(request, "resourceSpans").flatMap((resourceSpans) => {
    const resource = resourceOf(resourceSpans);
    return treesIn(resourceSpans, "scopeSpans").flatMap((scopeSpans) => {
      const scope = scopeOf(scopeSpans);
      return treesIn(scopeSpans, "spans").map((span) => spanOf(span, resource, scope));
    });
  });
}

function spanOf(span: OtlpTree, resource: ReceivedResource, scope: ReceivedScope): ReceivedSpan {
  const status = treeIn(span, "status");
  return {
    name: stringIn(span, "name"),
    kind: kinds[numberIn(span, "kind")] ?? "unspecified",
    traceId: stringIn(span, "traceId"),
    spanId: stringIn(span, "spanId"),
    parentSpanId: stringIn(span, "parentSpanId") || undefined,
    traceState: stringIn(span, "traceState"),
    flags: numberIn(span, "flags"),
    startTimeUnixNano: bigintIn(span, "startTimeUnixNano"),
    endTimeUnixNano: bigintIn(span, "endTimeUnixNano"),
    attributes: attributesOf(span),
    events: treesIn(span, "events").map(eventOf),
    links: treesIn(span, "links").map(linkOf),
    status: { code: statusCodes[numberIn(status, "code")] ?? "unset", message: stringIn(status, "message") },
    droppedAttributesCount: numberIn(span, "droppedAttributesCount"),
    droppedEventsCount: numberIn(span, "droppedEventsCount"),
    droppedLinksCount: numberIn(span, "droppedLinksCount"),
    resource,
    scope,
  };
}

function eventOf(event: OtlpTree): ReceivedEvent {
  return {
    name: stringIn(event, "name"),
    timeUnixNano: bigintIn(event, "timeUnixNano"),
    attributes: attributesOf(event),
  };
}

function linkOf(link: OtlpTree): ReceivedLink {
  return {
    traceId: stringIn(link, "traceId"),
    spanId: stringIn(link, "spanId"),
    traceState: stringIn(link, "traceState"),
    attributes: attributesOf(link),
  };
}
