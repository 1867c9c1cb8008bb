import type { ViewedSpan } from "./trace-store.ts";

/** A log record that was written while one of the trace's spans was active. */
export interface TraceLog {
  readonly service: string;
  readonly level: string;
  readonly message: string;
}

// Together with the name of the service, a line of 80 characters.
const BAR_WIDTH = 18;
const NAME_WIDTH = 36;

/** A trace as text: one line a span, children under their parents, each with a bar that shows when it ran. */
export function formatTrace(spans: readonly ViewedSpan[], logs: readonly TraceLog[] = []): string {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const services = [...new Set(spans.map((span) => span.service))];
  const serviceWidth = Math.max(...services.map((service) => service.length));
  const head = `trace ${spans[0]?.traceId}  ${spans.length} spans, ${services.length} services, ${milliseconds(endMs - startMs)}`;
  const body = inTreeOrder(spans).map(({ span, branch }) => {
    const name = cut(`${branch}${labelOf(span)}`, NAME_WIDTH).padEnd(NAME_WIDTH);
    const bar = barOf(span, { startMs, lengthMs: endMs - startMs });
    return `${span.service.padEnd(serviceWidth)}  ${name} ${milliseconds(span.durationMs).padStart(8)}  ${bar}${span.failed ? "  ✗" : ""}`;
  });
  const tail = logs.map((log) => `${log.service.padEnd(serviceWidth)}  log ${log.level}: ${log.message}`);
  return [head, ...body, ...tail].map((line) => line.trimEnd()).join("\n");
}

interface Branch {
  readonly span: ViewedSpan;
  /** The lines that are drawn before the name. */
  readonly branch: string;
}

function inTreeOrder(spans: readonly ViewedSpan[]): readonly Branch[] {
  const known = new Set(spans.map((span) => span.spanId));
  const roots = spans.filter((span) => !known.has(span.parentSpanId)).sort(byStart);
  return roots.flatMap((root) => [{ span: root, branch: "" }, ...descendants(spans, { parent: root, indent: "" })]);
}

function descendants(
  spans: readonly ViewedSpan[],
  { parent, indent }: { readonly parent: ViewedSpan; readonly indent: string },
): readonly Branch[] {
  const children = spans.filter((span) => span.parentSpanId === parent.spanId).sort(byStart);
  return children.flatMap((span, index) => {
    const isLast = index === children.length - 1;
    const deeper = descendants(spans, { parent: span, indent: `${indent}${isLast ? "   " : "│  "}` });
    return [{ span, branch: `${indent}${isLast ? "└─ " : "├─ "}` }, ...deeper];
  });
}

function labelOf({ name, attributes }: ViewedSpan): string {
  const statement = attributes["db.query.text"] ?? attributes["db.statement"];
  if (statement !== undefined) return statement.replaceAll(/\s+/g, " ");
  const target = attributes["server.port"];
  const isClientRequest = attributes["http.request.method"] !== undefined && attributes["http.route"] === undefined;
  return isClientRequest && target !== undefined ? `${name} → :${target}` : name;
}

function barOf(
  span: ViewedSpan,
  { startMs, lengthMs }: { readonly startMs: number; readonly lengthMs: number },
): string {
  const cell = Math.max(lengthMs, 0.001) / BAR_WIDTH;
  const from = Math.min(BAR_WIDTH - 1, Math.floor((span.startMs - startMs) / cell));
  const length = Math.max(1, Math.round(span.durationMs / cell));
  return " ".repeat(from) + (span.durationMs < cell / 2 ? "▏" : "█".repeat(Math.min(length, BAR_WIDTH - from)));
}

const byStart = (a: ViewedSpan, b: ViewedSpan): number => a.startMs - b.startMs;

const milliseconds = (durationMs: number): string => `${durationMs.toFixed(1)} ms`;

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
