import { type Context, context } from "@opentelemetry/api";
import { activeContext } from "@telltale/tracing";

/** What emitters are bound to, one object for all that belong together. */
export interface Binding {
  /** Listeners run in it. */
  readonly context: Context;
  /** Called with each event and its first argument, before the listeners. */
  readonly observe?: (event: unknown, value: unknown, emitter: object) => void;
}

interface Emitter {
  [BOUND]?: Binding | undefined;
  listenerCount(event: string | symbol): number;
}

type Emit = (this: Emitter, ...args: unknown[]) => boolean;

const BOUND: unique symbol = Symbol("telltale.bound-emitter");
const OBSERVES = Symbol("telltale.observes-emit");

/** Makes the emitter's listeners run in a context, as `context.bind()` does, if its prototype's `emit` is observed. */
export function bindEmitter(emitter: object, binding: Binding): void {
  (emitter as Emitter)[BOUND] = binding;
}

/**
 * One `emit` on the prototype instead of one for each request and response, with listeners of our own: events are seen
 * here. Returns what takes it away again.
 */
export function observeEmit(prototype: object): () => void {
  const holder = prototype as { emit: Emit };
  const original = holder.emit;
  if (OBSERVES in original) return () => {};
  const isOwn = Object.hasOwn(holder, "emit");
  // Hot: benchmarks/http.ts, eight times for a request of Express. Most events are emitted in the context already.
  const emitBound: Emit = function (event) {
    // biome-ignore lint/complexity/noArguments: without an array for each event.
    const args = arguments as unknown as [unknown, unknown];
    const bound = this[BOUND];
    if (bound === undefined) return original.apply(this, args);
    if (bound.observe !== undefined) bound.observe(event, args[1], this);
    if (activeContext() === bound.context || this.listenerCount(event as string) === 0) {
      return original.apply(this, args);
    }
    return context.with(bound.context, () => original.apply(this, args));
  };
  holder.emit = Object.assign(emitBound, { [OBSERVES]: true });
  return () => {
    if (holder.emit !== emitBound) return;
    if (isOwn) holder.emit = original;
    else delete (holder as { emit?: Emit }).emit;
  };
}
