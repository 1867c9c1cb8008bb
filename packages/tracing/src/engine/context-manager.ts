/**
 * What is active, across calls and awaits. Differs from OpenTelemetry's AsyncLocalStorageContextManager in cost: an event
 * emitter that is bound gets one wrapper, around `emit`, instead of one for each listener and each way to add or remove one.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { type Context, type ContextManager, context as contextApi, ROOT_CONTEXT } from "@opentelemetry/api";

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

const storage = new AsyncLocalStorage<Context>();

/** Whether our context manager is the one that the API uses. */
let isRegistered = false;

/** Makes it the API's context manager; false when another one is there already. `context.disable()` takes it away. */
export function registerContextManager(): boolean {
  isRegistered = contextApi.setGlobalContextManager(createContextManager()) || isRegistered;
  return isRegistered;
}

/** The same as the API's `context.active()`, without asking the API which context manager there is. */
export function activeContext(): Context {
  return isRegistered ? (storage.getStore() ?? ROOT_CONTEXT) : contextApi.active();
}

/** The same as the API's `context.with()` for a function of one argument, in the same way. */
export function runInContext<A, T>(context: Context, fn: (argument: A) => T, argument: A): T {
  return isRegistered ? storage.run(context, fn, argument) : contextApi.with(context, fn, undefined, argument);
}

/** There is one storage, so all context managers made here are the same one. */
export function createContextManager(): ContextManager {
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, fn, thisArg, ...args) =>
      storage.run(context, thisArg == null ? fn : (fn.bind(thisArg) as typeof fn), ...args),
    bind(context, target) {
      if (target instanceof EventEmitter) return bindEmitter(context, target);
      return typeof target === "function" ? bindFunction(context, target as never) : target;
    },
    attach(context) {
      const before = storage.getStore();
      storage.enterWith(context);
      let isDisposed = false;
      return {
        dispose() {
          if (isDisposed) return;
          isDisposed = true;
          storage.enterWith(before as Context);
        },
      };
    },
    enable: () => manager,
    disable() {
      isRegistered = false;
      storage.disable();
      return manager;
    },
  };
  return manager;
}

function bindFunction<T extends AnyFunction>(context: Context, target: T): T {
  function bound(this: unknown, ...args: unknown[]): unknown {
    return storage.run(context, () => target.apply(this, args));
  }
  Object.defineProperty(bound, "length", { value: target.length, configurable: true });
  return bound as T;
}

const BOUND = Symbol("bound to a context");

function bindEmitter<T extends EventEmitter>(context: Context, emitter: T): T {
  const bindable = emitter as T & { [BOUND]?: boolean; emit: AnyFunction };
  // As in OpenTelemetry's own: the first context that an emitter is bound to is the one it keeps.
  if (bindable[BOUND]) return emitter;
  const { emit } = bindable;
  bindable[BOUND] = true;
  // A constant first: what is assigned to a property where it is written, V8 makes among the old objects, and the emitter with it.
  const emitInContext = function (this: unknown, ...args: unknown[]): unknown {
    if (storage.getStore() === context) return emit.apply(this, args);
    return storage.run(context, () => emit.apply(this, args));
  };
  bindable.emit = emitInContext as typeof bindable.emit;
  return emitter;
}
