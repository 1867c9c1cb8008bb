/** Spans started through our helpers before a tracer provider is registered: kept, then replayed into it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, diag, INVALID_SPAN_CONTEXT, type Span, type SpanOptions, trace } from "@opentelemetry/api";
import { EarlySpan } from "./early-span.ts";
import { registeredTracer } from "./registered-tracer.ts";

/** Early spans kept; an application without bootstrap() pays for no more than these. */
export const MAX_EARLY_SPANS = 1_000;

let kept: EarlySpan[] = [];
let dropped = 0;
let keeping = true;

// Before bootstrap() there is no context manager, so early spans know their parents by a scope of their own.
const scope = new AsyncLocalStorage<EarlySpan>();

/** The early span whose function is running, replayed or not. */
export function activeEarlySpan(): EarlySpan | undefined {
  return scope.getStore();
}

export function runInEarlySpan<T>(span: EarlySpan, run: () => T): T {
  return scope.run(span, run);
}

/** A span to be replayed later, or one that records nothing when there is no room. */
export function startEarlySpan(name: string, tracer: string, options: SpanOptions, parentContext: Context): Span {
  if (!keeping || kept.length >= MAX_EARLY_SPANS) {
    dropped++;
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
  const span = new EarlySpan({ name, tracer, options, parentContext });
  kept.push(span);
  return span;
}

/**
 * Gives the spans that were started before the tracer provider was registered to it, parents first, with their original
 * times. Returns how many; 0 while there is no provider. `withSpan` does the same by itself when it next runs.
 */
export function replayEarlySpans(): number {
  if (kept.length === 0 || registeredTracer("telltale") === undefined) return 0;
  const spans = kept;
  kept = [];
  for (const span of spans) replay(span);
  if (dropped > 0) {
    diag.warn(
      `telltale: ${dropped} spans started before bootstrap() were dropped; only the first ${MAX_EARLY_SPANS} are kept`,
    );
    dropped = 0;
  }
  return spans.length;
}

/** Forgets early spans and keeps no more: for a process that will not trace. */
export function discardEarlySpans(): void {
  keeping = false;
  kept = [];
  dropped = 0;
}

function replay(span: EarlySpan): void {
  try {
    const tracer = registeredTracer(span.tracer);
    if (tracer !== undefined) span.replay(tracer);
  } catch (error) {
    diag.warn("telltale: a span started before bootstrap() could not be replayed", error);
  }
}
