import type { SpanContext } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { isSampled, RecordingSpan } from "../engine/recording-span.ts";

export interface TailSamplingOptions {
  /** Given the spans that are kept: those that were sampled at their start as they end, the others when their trace is decided. */
  readonly next: Pick<SpanProcessor, "onEnd" | "forceFlush" | "shutdown">;
  /** Keep a trace's local part when a span of it has the status error. @default true */
  readonly errors?: boolean;
  /** Keep it when its first span took longer, in milliseconds. @default never */
  readonly slowerThanMs?: number;
  /** Spans that wait for their trace's decision, of all traces together; the oldest traces give way. @default 10,000 */
  readonly maxSpans?: number;
}

export interface TailSamplingStatus {
  /** Spans that wait now. */
  readonly waiting: number;
  /** Traces, by why they were kept. */
  readonly keptForErrors: number;
  readonly keptForSlowness: number;
  /** Kept undecided, as the process died. */
  readonly keptAtEnd: number;
  /** Traces that had neither. */
  readonly dropped: number;
  /** Traces that gave way to newer ones before they could be decided. */
  readonly evicted: number;
}

export interface TailSamplingProcessor extends SpanProcessor {
  status(): TailSamplingStatus;
  /** Keeps all that waits: for a process that is about to die, of which this may tell why. */
  keepWaiting(): void;
}

interface LocalPart {
  spans: ReadableSpan[];
  /** Its spans without a parent in this process that have not ended. */
  openRoots: number;
}

const ERROR = 2;

/** Traces that are remembered, so that what ends after its root shares the root's fate. */
const MAX_REMEMBERED = 1_000;

/**
 * Decides about spans that were recorded but not sampled once their trace's local part has ended: kept when something
 * failed or was slow. Other services have decided for themselves by then, so such a trace may have only this part.
 */
export function tailSamplingProcessor(options: TailSamplingOptions): TailSamplingProcessor {
  const { next, errors = true, slowerThanMs = Number.POSITIVE_INFINITY, maxSpans = 10_000 } = options;
  const parts = new Map<string, LocalPart>();
  const kept = new Set<string>();
  const counted = { keptForErrors: 0, keptForSlowness: 0, keptAtEnd: 0, dropped: 0, evicted: 0 };
  let waiting = 0;

  function keep(traceId: string, part: LocalPart, reason: "keptForErrors" | "keptForSlowness" | "keptAtEnd"): void {
    counted[reason]++;
    forget(traceId, part);
    kept.add(traceId);
    if (kept.size > MAX_REMEMBERED) kept.delete(kept.values().next().value as string);
    for (const span of part.spans) pass(span);
  }

  function forget(traceId: string, part: LocalPart): void {
    parts.delete(traceId);
    waiting -= part.spans.length;
  }

  function pass(span: ReadableSpan): void {
    markSampled(span);
    next.onEnd(span);
  }

  function evictOldest(): void {
    for (const [traceId, part] of parts) {
      if (waiting <= maxSpans && parts.size <= maxSpans) return;
      counted.evicted++;
      forget(traceId, part);
    }
  }

  return {
    onStart(span) {
      if (isSampled(span) || !isLocalRoot(span)) return;
      const { traceId } = span.spanContext();
      const part = parts.get(traceId);
      if (part !== undefined) part.openRoots++;
      else {
        parts.set(traceId, { spans: [], openRoots: 1 });
        // Spans that are never ended must not gather here either.
        if (parts.size > maxSpans) evictOldest();
      }
    },
    onEnd(span) {
      if (isSampled(span)) return next.onEnd(span);
      const { traceId } = span.spanContext();
      if (kept.has(traceId)) return pass(span);
      const part = parts.get(traceId);
      // Its trace was dropped or evicted before it ended.
      if (part === undefined) return;
      part.spans.push(span);
      waiting++;
      const isRoot = isLocalRoot(span);
      if (isRoot) part.openRoots--;
      if (errors && span.status.code === ERROR) keep(traceId, part, "keptForErrors");
      else if (isRoot && milliseconds(span) > slowerThanMs) keep(traceId, part, "keptForSlowness");
      else if (part.openRoots <= 0) {
        counted.dropped++;
        forget(traceId, part);
      } else if (waiting > maxSpans) evictOldest();
    },
    forceFlush: () => next.forceFlush(),
    async shutdown() {
      parts.clear();
      waiting = 0;
      await next.shutdown();
    },
    status: () => ({ waiting, ...counted }),
    keepWaiting() {
      for (const [traceId, part] of [...parts]) if (part.spans.length > 0) keep(traceId, part, "keptAtEnd");
    },
  };
}

function isLocalRoot({ parentSpanContext }: ReadableSpan): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}

function milliseconds({ duration: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** Exporters look at the flag. */
function markSampled(span: ReadableSpan): void {
  if (span instanceof RecordingSpan) span._identity.markSampled();
  else (span.spanContext() as { -readonly [K in keyof SpanContext]: SpanContext[K] }).traceFlags |= 1;
}
