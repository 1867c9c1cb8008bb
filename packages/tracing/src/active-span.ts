import { isSpanContextValid, type SpanContext, trace } from "@opentelemetry/api";
import { activeEarlySpan } from "./early-spans.ts";

/** The active span's trace id, 32 hexadecimal digits; `undefined` outside any span. */
export function currentTraceId(): string | undefined {
  return activeSpanContext()?.traceId;
}

/** The active span's id, 16 hexadecimal digits; `undefined` outside any span. */
export function currentSpanId(): string | undefined {
  return activeSpanContext()?.spanId;
}

function activeSpanContext(): SpanContext | undefined {
  const span = trace.getActiveSpan() ?? activeEarlySpan();
  const context = span?.spanContext();
  return context !== undefined && isSpanContextValid(context) ? context : undefined;
}
