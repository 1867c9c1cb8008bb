/**
 * The base class of every instrumentation installs require-in-the-middle when it is constructed: each later `require()` is
 * then resolved twice and looked up in a trie. telltale applies the patches itself, so that hook is parked, and put in
 * place when somebody else registers an instrumentation with it.
 */

import Module from "node:module";

interface RequireHook {
  register: (moduleName: string, onRequire: unknown) => unknown;
}

/** Runs `construct`, which makes an instrumentation, and takes back what that did to `require` and `getBuiltinModule`. */
export function withParkedRequireHook<T extends object>(construct: () => T): T {
  const requireSlot = parkable(Module.prototype, "require");
  const builtinSlot = parkable(process, "getBuiltinModule");
  let instance: T | undefined;
  try {
    instance = construct();
    return instance;
  } finally {
    const installed = [requireSlot.park(), builtinSlot.park()];
    const hook = (instance as { _requireInTheMiddleSingleton?: RequireHook } | undefined)?._requireInTheMiddleSingleton;
    if (installed.includes(true)) {
      const unpark = (): void => {
        requireSlot.unpark();
        builtinSlot.unpark();
      };
      if (hook === undefined) unpark();
      else unparkOnRegister(hook, unpark);
    }
  }
}

interface ParkableSlot {
  /** True when something was installed, and is now out of the way. */
  readonly park: () => boolean;
  readonly unpark: () => void;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Puts a relay in the slot, so that a hook installed meanwhile calls whatever the slot holds when it comes back. */
function parkable(holder: object, key: string): ParkableSlot {
  const slot = holder as Record<string, AnyFunction>;
  const original = slot[key]!;
  let target = original;
  const relay: AnyFunction = function (...args) {
    return target.apply(this, args);
  };
  slot[key] = relay;
  let parked: AnyFunction | undefined;
  return {
    park: () => {
      if (slot[key] !== relay) parked = slot[key];
      slot[key] = original;
      return parked !== undefined;
    },
    unpark: () => {
      if (parked === undefined) return;
      target = slot[key]!;
      slot[key] = parked;
    },
  };
}

function unparkOnRegister(hook: RequireHook, unpark: () => void): void {
  const register = hook.register;
  hook.register = function (this: RequireHook, moduleName, onRequire) {
    hook.register = register;
    unpark();
    return register.call(this, moduleName, onRequire);
  };
}
