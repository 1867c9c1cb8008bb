import { type Attributes, type Context, context, type Link, type Span, type SpanKind, trace } from "@opentelemetry/api";
import { EarlySpan } from "./early-span.ts";
import { activeEarlySpan, replayEarlySpans, runInEarlySpan, startEarlySpan } from "./early-spans.ts";
import { contextWithSpan } from "./engine/span-frame.ts";
import { recordError } from "./record-error.ts";
import { registeredTracer } from "./registered-tracer.ts";

export interface WithSpanOptions {
  readonly attributes?: Attributes;
  /** @default SpanKind.INTERNAL */
  readonly kind?: SpanKind;
  readonly links?: readonly Link[];
  /** Starts a new trace, whatever is active. @default false */
  readonly root?: boolean;
  /** The context to start in, such as one that was extracted from a message. @default what is active */
  readonly parent?: Context;
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
  const opened = openSpan(name, options);
  return opened.run(() => runAndEnd(opened, fn));
}

/** A span that has been started, for helpers that end it in ways of their own. */
export interface OpenSpan {
  readonly span: Span;
  /** Runs `fn` with the span active. */
  run<T>(fn: () => T): T;
  /** Ends the span, if nobody else has. */
  end(): void;
  /** Records the error and ends the span. */
  fail(error: unknown): void;
}

export function openSpan(name: string, options: WithSpanOptions): OpenSpan {
  const parent = parentContext(options);
  const span = startSpan(name, options, parent);
  const own = contextWithSpan(parent, span);
  const end = (): void => {
    if (span.isRecording()) span.end();
  };
  return {
    span,
    run: (fn) => {
      const run = (): ReturnType<typeof fn> => context.with(own, fn);
      return span instanceof EarlySpan ? runInEarlySpan(span, run) : run();
    },
    end,
    fail(error) {
      recordError(error, { span });
      end();
    },
  };
}

function notAFunction(name: string, fn: unknown): TypeError {
  const message = `withSpan("${name}") got ${typeof fn} where its function belongs; call withSpan(name, fn) or withSpan(name, options, fn)`;
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_SPAN_FUNCTION" });
}

function parentContext(options: WithSpanOptions): Context {
  if (options.parent !== undefined) return options.parent;
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

function runAndEnd<T>(opened: OpenSpan, fn: (span: Span) => T): T {
  let result: T;
  try {
    result = fn(opened.span);
  } catch (error) {
    opened.fail(error);
    throw error;
  }
  if (!isThenable(result)) {
    opened.end();
    return result;
  }
  // The promise that is returned is the one that was watched, so a rejection that nobody handles is still unhandled.
  return asPromise(result).then(
    (value) => {
      opened.end();
      return value;
    },
    (error: unknown) => {
      opened.fail(error);
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
