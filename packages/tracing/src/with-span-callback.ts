import { context, type Span } from "@opentelemetry/api";
import { openSpan, type WithSpanOptions } from "./with-span.ts";

/** A callback of Node's kind: the error first, or `null`. */
export type Callback<A extends unknown[]> = (error: unknown, ...results: A) => void;

/**
 * Calls `start` inside a new span that ends when the callback which `start` is given is called; an error is recorded. `callback`
 * then runs with what was active before. A span whose callback never comes never ends, and is not exported.
 */
export function withSpanCallback<A extends unknown[], T>(
  name: string,
  { callback, ...options }: WithSpanOptions & { readonly callback: Callback<A> },
  start: (done: Callback<A>, span: Span) => T,
): T {
  const outside = context.active();
  const opened = openSpan(name, options);
  const done: Callback<A> = (error, ...results) => {
    if (error === null || error === undefined) opened.end();
    else opened.fail(error);
    context.with(outside, () => callback(error, ...results));
  };
  try {
    return opened.run(() => start(done, opened.span));
  } catch (error) {
    opened.fail(error);
    throw error;
  }
}
