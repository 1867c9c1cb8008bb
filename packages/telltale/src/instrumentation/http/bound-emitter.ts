import { type Context, context } from "@opentelemetry/api";

/** Called with each event and its first argument, before the listeners. */
type Observer = (event: unknown, value: unknown) => void;

interface Bound {
  readonly context: Context;
  readonly observe: Observer | undefined;
}

interface Emitter {
  [BOUND]?: Bound | undefined;
  listenerCount(event: string | symbol): number;
}

type Emit = (this: Emitter, ...args: unknown[]) => boolean;

const BOUND: unique symbol = Symbol("telltale.bound-emitter");
const OBSERVES = Symbol("telltale.observes-emit");

/** Makes the emitter's listeners run in `given`, as `context.bind()` does, if its prototype's `emit` is observed. */
export function bindEmitter(emitter: object, given: Context, observe?: Observer): void {
  (emitter as Emitter)[BOUND] = { context: given, observe };
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
  // Hot: benchmarks/http.ts.
  const emitBound: Emit = function (event) {
    // biome-ignore lint/complexity/noArguments: without an array for each event.
    const args = arguments as unknown as [unknown, unknown];
    const bound = this[BOUND];
    if (bound === undefined) return original.apply(this, args);
    if (bound.observe !== undefined) bound.observe(event, args[1]);
    if (this.listenerCount(event as string) === 0 || context.active() === bound.context) {
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
