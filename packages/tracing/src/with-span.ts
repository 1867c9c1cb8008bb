import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { EarlySpan } from "./early-span.ts";
import { activeEarlySpan, replayEarlySpans, runInEarlySpan, startEarlySpan } from "./early-spans.ts";
import { registeredTracer } from "./registered-tracer.ts";

export interface WithSpanOptions {
  readonly attributes?: Attributes;
  /** @default SpanKind.INTERNAL */
  readonly kind?: SpanKind;
  readonly links?: readonly Link[];
  /** Starts a new trace, whatever is active. @default false */
  readonly root?: boolean;
  /** Name of the tracer, the span's instrumentation scope. @default "@telltale/tracing" */
  readonly tracer?: string;
}

/**
 * Runs `fn` inside a new span and returns what it returns. The span is active in `fn`, and ends when `fn` has returned or
 * its promise has settled (of any thenable: it is awaited). What `fn` throws is recorded on the span and thrown on.
 * Works before `bootstrap()`: the first 1,000 such spans are exported once it has run.
 */
export function withSpan<T>(name: string, fn: (span: Span) => T): T;
export function withSpan<T>(name: string, options: WithSpanOptions, fn: (span: Span) => T): T;
export function withSpan<T>(
  name: string,
  optionsOrFn: WithSpanOptions | ((span: Span) => T),
  optionalFn?: (span: Span) => T,
): T {
  const options = typeof optionsOrFn === "function" ? {} : optionsOrFn;
  const fn = typeof optionsOrFn === "function" ? optionsOrFn : optionalFn;
  if (typeof fn !== "function") throw notAFunction(name, fn);
  const parent = parentContext(options);
  const span = startSpan(name, options, parent);
  const run = (): T => context.with(trace.setSpan(parent, span), () => runAndEnd(span, fn));
  return span instanceof EarlySpan ? runInEarlySpan(span, run) : run();
}

function notAFunction(name: string, fn: unknown): TypeError {
  const message = `withSpan("${name}") got ${typeof fn} where its function belongs; call withSpan(name, fn) or withSpan(name, options, fn)`;
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_SPAN_FUNCTION" });
}

function parentContext(options: WithSpanOptions): Context {
  const active = context.active();
  if (options.root) return trace.deleteSpan(active);
  if (trace.getSpan(active) !== undefined) return active;
  // An early span's function may still run when bootstrap() has been called inside it.
  const early = activeEarlySpan();
  return early === undefined ? active : trace.setSpan(active, early);
}

function startSpan(name: string, options: WithSpanOptions, parent: Context): Span {
  const { attributes, kind, links, tracer: tracerName = "@telltale/tracing" } = options;
  const spanOptions = {
    ...(attributes && { attributes: { ...attributes } }),
    ...(kind !== undefined && { kind }),
    ...(links && { links: [...links] }),
  };
  const tracer = registeredTracer(tracerName);
  if (tracer === undefined) return startEarlySpan(name, tracerName, spanOptions, parent);
  replayEarlySpans();
  return tracer.startSpan(name, spanOptions, parent);
}

function runAndEnd<T>(span: Span, fn: (span: Span) => T): T {
  let result: T;
  try {
    result = fn(span);
  } catch (error) {
    fail(span, error);
    throw error;
  }
  if (!isThenable(result)) {
    end(span);
    return result;
  }
  // The promise that is returned is the one that was watched, so a rejection that nobody handles is still unhandled.
  return asPromise(result).then(
    (value) => {
      end(span);
      return value;
    },
    (error: unknown) => {
      fail(span, error);
      throw error;
    },
  ) as T;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

function asPromise(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}

function fail(span: Span, error: unknown): void {
  try {
    const exception = error instanceof Error ? error : String(error);
    const message = error instanceof Error ? error.message : String(error);
    span.recordException(exception);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  } catch {
    // What was thrown cannot even be printed; the caller still gets it.
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  end(span);
}

// `fn` may have ended the span itself.
function end(span: Span): void {
  if (span.isRecording()) span.end();
}
