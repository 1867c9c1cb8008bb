import { type HrTime, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { ReceivedSpan } from "./received-span.ts";

export interface DrawTraceOptions {
  /** Attributes to write after each span that has them, in this order. @default [] */
  readonly attributes?: readonly string[];
  /** Siblings by start time, or by name where they run at the same time. @default "start" */
  readonly order?: "start" | "name";
}

interface DrawnSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly error: boolean;
  readonly start: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly service: string;
}

/**
 * Traces as text, one line a span, indented under its parent: `name [kind] key=value`. Spans whose status is an error
 * are `[kind, error]`; each line starts with the service when there is more than one. A parent that is not among the
 * spans is drawn as `(missing parent)`. Ids and times are left out, so that the drawing can stand in a test.
 */
export function drawTrace(spans: readonly (ReadableSpan | ReceivedSpan)[], options: DrawTraceOptions = {}): string {
  const { attributes = [], order = "start" } = options;
  const drawn = spans.map(drawnSpan).sort(order === "start" ? byStart : byName);
  const ids = new Set(drawn.map((span) => spanKey(span.traceId, span.spanId)));
  const manyServices = new Set(drawn.map(({ service }) => service)).size > 1;
  const childrenOf = new Map<string, DrawnSpan[]>();
  for (const span of drawn) {
    if (span.parentSpanId === undefined) continue;
    const parent = spanKey(span.traceId, span.parentSpanId);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), span]);
  }

  const draw = (span: DrawnSpan, depth: number): string[] => {
    const chosen = attributes.filter((key) => span.attributes[key] !== undefined);
    const words = [
      ...(manyServices ? [`${span.service}:`] : []),
      span.name,
      span.error ? `[${span.kind}, error]` : `[${span.kind}]`,
      ...chosen.map((key) => `${key}=${show(span.attributes[key])}`),
    ];
    const children = childrenOf.get(spanKey(span.traceId, span.spanId)) ?? [];
    return [`${"  ".repeat(depth)}${words.join(" ")}`, ...children.flatMap((child) => draw(child, depth + 1))];
  };

  const lines: string[] = [];
  const orphansDrawn = new Set<string>();
  for (const span of drawn) {
    if (span.parentSpanId === undefined) {
      lines.push(...draw(span, 0));
      continue;
    }
    const parent = spanKey(span.traceId, span.parentSpanId);
    if (ids.has(parent) || orphansDrawn.has(parent)) continue;
    orphansDrawn.add(parent);
    lines.push("(missing parent)", ...childrenOf.get(parent)!.flatMap((child) => draw(child, 1)));
  }
  return lines.join("\n");
}

function drawnSpan(span: ReadableSpan | ReceivedSpan): DrawnSpan {
  const service = String(span.resource.attributes["service.name"] ?? "unknown_service");
  if ("startTimeUnixNano" in span) {
    return {
      ...span,
      error: span.status.code === "error",
      start: span.startTimeUnixNano,

      service,
    };
  }
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: SpanKind[span.kind].toLowerCase(),
    error: span.status.code === SpanStatusCode.ERROR,
    start: nanoseconds(span.startTime),
    attributes: span.attributes,
    service,
  };
}

function nanoseconds([seconds, nanos]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function spanKey(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`;
}

/** The SDK's spans start on whole milliseconds: of equals the first to come is first, and they come as they end. */
function byStart(a: DrawnSpan, b: DrawnSpan): number {
  return compare(a.start, b.start);
}

function byName(a: DrawnSpan, b: DrawnSpan): number {
  return compare(a.service, b.service) || compare(a.name, b.name) || byStart(a, b);
}

/** Text by code unit: the same on every machine, whatever its locale. */
function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : Number(a > b);
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v));
}
