import { AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { type Context, context } from "@opentelemetry/api";
import { activeContext } from "@telltale/tracing";

/** What emitters are bound to, one object for all that belong together. */
export interface Binding {
  /** Listeners run in it. */
  readonly context: Context;
  /** Called with each event and its first argument, before the listeners. */
  readonly observe?: (event: unknown, value: unknown, emitter: object) => void;
  /** Where an event with so many listeners is emitted: by default in the context. */
  readonly placeOf?: (event: unknown, listeners: number) => Place;
}

/**
 * `anywhere` when the listeners are Node's own, to which no context makes a difference; `nowhere` when what Node starts
 * there should not hold on to the context, and neither this event nor those that follow from it have other listeners.
 */
export type Place = "in the context" | "anywhere" | "nowhere";

interface Emitter {
  [BOUND]?: Binding | undefined;
  listenerCount(event: string | symbol): number;
}

type Emit = (this: Emitter, ...args: unknown[]) => boolean;

const BOUND: unique symbol = Symbol("telltale.bound-emitter");
const OBSERVES = Symbol("telltale.observes-emit");

/** Made outside of all contexts; a storage's own way out of a context costs two copies of all that is stored. */
const nowhere = new AsyncResource("telltale.nowhere");

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
  const isPlain = original === EventEmitter.prototype.emit;
  // Hot: benchmarks/http.ts, eight times for a request of Express, of which six have no listener.
  const emitBound: Emit = function (event, value) {
    const bound = this[BOUND];
    if (bound !== undefined) {
      bound.observe?.(event, value, this);
      const listeners = this.listenerCount(event as string);
      if (listeners === 0) {
        if (isPlain && event !== "error") return false;
      } else {
        const place = bound.placeOf?.(event, listeners) ?? "in the context";
        if (place === "nowhere") return nowhere.runInAsyncScope(original, this, event);
        if (place === "in the context" && activeContext() !== bound.context) {
          // biome-ignore lint/complexity/noArguments: without an array for each event.
          return emitWithin(bound.context, original, this, arguments as never);
        }
      }
    }
    // biome-ignore lint/complexity/noArguments: as above.
    return original.apply(this, arguments as never);
  };
  holder.emit = Object.assign(emitBound, { [OBSERVES]: true });
  return () => {
    if (holder.emit !== emitBound) return;
    if (isOwn) holder.emit = original;
    else delete (holder as { emit?: Emit }).emit;
  };
}

// By itself: a closure in there would cost an event that needs none.
function emitWithin(within: Context, original: Emit, emitter: Emitter, args: unknown[]): boolean {
  return context.with(within, () => original.apply(emitter, args));
}
