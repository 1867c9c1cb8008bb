import { type Context, context, type Span } from "@opentelemetry/api";

/** One request that the application answers, from its arrival until its response is closed. */
export interface HttpExchange {
  /** As @opentelemetry/core's RPC metadata, which it is for the instrumentations of web frameworks. */
  readonly type: "http";
  readonly span: Span;
  /** Set by the framework's instrumentation. */
  route: string | undefined;
  /** Of the framework's handler, while it runs: it ends with the response. */
  handlerSpan: Span | undefined;
  /** `undefined` once the span has ended. */
  end: ((error: Error | undefined) => void) | undefined;
}

/** What request and response carry: their listeners run in this context, whoever emits. */
interface Bound {
  readonly context: Context;
  readonly exchange: HttpExchange | undefined;
}

interface Emitter {
  [BOUND]?: Bound | undefined;
  listenerCount(event: string | symbol): number;
}

type Emit = (this: Emitter, ...args: unknown[]) => boolean;

const BOUND: unique symbol = Symbol("telltale.http-exchange");

/** Makes the listeners of both run in `given`, as `context.bind()` does, and ends the exchange when the response closes. */
export function bindExchange(
  request: object,
  response: object,
  given: Context,
  exchange: HttpExchange | undefined,
): void {
  const bound: Bound = { context: given, exchange };
  (request as Emitter)[BOUND] = bound;
  (response as Emitter)[BOUND] = bound;
}

/**
 * One `emit` on the prototype instead of one for each request and response and two listeners: `close` and `error` are seen
 * here. Returns what takes it away again.
 */
export function observeEmit(prototype: object, kind: "request" | "response"): () => void {
  const holder = prototype as { emit: Emit };
  const original = holder.emit;
  const isOwn = Object.hasOwn(holder, "emit");
  const emitBound: Emit = function (event) {
    const bound = this[BOUND];
    // biome-ignore lint/complexity/noArguments: without an array for each event.
    if (bound === undefined) return original.apply(this, arguments as never);
    if (kind === "response" && bound.exchange !== undefined) {
      if (event === "close") bound.exchange.end?.(undefined);
      // biome-ignore lint/complexity/noArguments: as above.
      else if (event === "error") bound.exchange.end?.(arguments[1] as Error);
    }
    // biome-ignore lint/complexity/noArguments: as above.
    const args = arguments as never;
    if (context.active() === bound.context || this.listenerCount(event as string) === 0)
      return original.apply(this, args);
    return context.with(bound.context, () => original.apply(this, args));
  };
  holder.emit = emitBound;
  return () => {
    if (holder.emit !== emitBound) return;
    if (isOwn) holder.emit = original;
    else delete (holder as { emit?: Emit }).emit;
  };
}
