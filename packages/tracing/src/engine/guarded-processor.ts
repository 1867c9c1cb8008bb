import { type Context, diag } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";

/** For a processor that has nothing to do at a span's start or end: it is then not even called. */
export function ignoreSpan(): void {}

/** The parts of a processor that have something to do. */
export interface GuardedProcessor {
  readonly onStart: ((span: Span, parent: Context) => void) | undefined;
  readonly onEnding: ((span: Span) => void) | undefined;
  readonly onEnd: ((span: ReadableSpan) => void) | undefined;
}

/** Recording must not throw into the application: what a processor throws is reported, the first time it does. */
export function guardedProcessor(processor: SpanProcessor): GuardedProcessor {
  let hasThrown = false;
  const report = (method: string, error: unknown): void => {
    if (hasThrown) return;
    hasThrown = true;
    const name = processor.constructor?.name ?? "a span processor";
    diag.error(
      `telltale: ${method} of ${name} threw; it is called again for the next span, and this is not repeated`,
      error,
    );
  };
  return {
    onStart:
      processor.onStart === ignoreSpan
        ? undefined
        : (span, parent) => {
            try {
              processor.onStart(span, parent);
            } catch (error) {
              report("onStart", error);
            }
          },
    onEnding:
      processor.onEnding === undefined
        ? undefined
        : (span) => {
            try {
              processor.onEnding?.(span);
            } catch (error) {
              report("onEnding", error);
            }
          },
    onEnd:
      processor.onEnd === ignoreSpan
        ? undefined
        : (span) => {
            try {
              processor.onEnd(span);
            } catch (error) {
              report("onEnd", error);
            }
          },
  };
}
