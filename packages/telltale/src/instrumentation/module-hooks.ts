/**
 * Tells when the application loads a module for the first time, by `require` or `import`.
 *
 * CommonJS files, imported or required, all pass through `Module.prototype._compile`, after which `module.exports` can still
 * be exchanged for both worlds: ESM reads it later. Built-in modules pass through `Module._load` when required, and through
 * a resolve hook when imported.
 */

import Module from "node:module";
import { type ImportHook, importHook, withoutScheme } from "./import-hook.ts";
import { type OwnLoads, ownLoads } from "./own-loads.ts";
import { isOwnModule, type LoadedModule } from "./own-module.ts";

/** Must not throw: they run inside the application's own `require` and `import`. */
export interface ModuleHandlers {
  /** Built-in modules of interest, without `node:`. */
  readonly builtins: ReadonlySet<string>;
  /** A built-in is about to be handed to the application. */
  readonly onBuiltin: (name: string) => void;
  /** Packages of interest. */
  readonly packages: ReadonlySet<string>;
  /** Asked for every CommonJS file, so it must be quick: whether `beforeFile` and `afterFile` are to be called. */
  readonly isWatchedFile: (filename: string) => boolean;
  readonly beforeFile: (filename: string) => void;
  /** What the module should export. */
  readonly afterFile: (filename: string, exports: unknown) => unknown;
  /** The application imports a package's ESM build: the URL that it should get instead of `url`. */
  readonly onEsModule: (packageName: string, url: string) => string;
}

export interface ModuleHooks {
  readonly stop: () => void;
}

/** Everything that the application loads from now on goes through `handlers`. */
export function installModuleHooks(handlers: ModuleHandlers): ModuleHooks {
  const own = ownLoads();
  for (const [filename, module] of Object.entries(internals._cache)) {
    if (module && handlers.isWatchedFile(filename)) own.note(filename, module);
  }
  const imports = importHook(handlers, own);
  const slots = [
    hookLoad(handlers, { own, imports }),
    hookCompile(handlers, { own, imports }),
    hookGetBuiltin(handlers),
  ];
  imports.start();
  return {
    stop: () => {
      imports.stop();
      for (const slot of slots) slot.restore();
    },
  };
}

interface Around {
  readonly own: OwnLoads;
  readonly imports: ImportHook;
}

interface CompiledModule extends LoadedModule {
  exports: unknown;
}

interface ModuleInternals {
  readonly _cache: Readonly<Record<string, LoadedModule | undefined>>;
  _load(request: unknown, parent: LoadedModule | null | undefined, isMain: boolean): unknown;
  prototype: { _compile(this: CompiledModule, content: string, filename: string, format?: string): unknown };
}

const internals = Module as unknown as ModuleInternals;

function hookLoad(handlers: ModuleHandlers, { own, imports }: Around): Slot {
  return fill(internals, "_load", (original, isFilled) => {
    return function (this: unknown, request, parent, isMain) {
      if (isFilled() && typeof request === "string") {
        // A CommonJS entry: until one of its files imports something, the slower resolution has no use.
        if (isMain) imports.stop();
        const builtin = withoutScheme(request);
        if (handlers.builtins.has(builtin)) {
          if (!isOwnModule(parent)) handlers.onBuiltin(builtin);
        } else if (own.has(request) && !isOwnModule(parent)) own.forget(request);
      }
      return original.call(this, request, parent, isMain);
    };
  });
}

function hookCompile(handlers: ModuleHandlers, { own, imports }: Around): Slot {
  return fill(internals.prototype, "_compile", (original, isFilled) => {
    return function (this: CompiledModule, content, filename, format) {
      const compile = (): unknown => original.call(this, content, filename, format);
      if (!isFilled()) return compile();
      if (!handlers.isWatchedFile(filename) || own.note(filename, this))
        return imports.around({ content, format }, compile);
      handlers.beforeFile(filename);
      const result = imports.around({ content, format }, compile);
      this.exports = handlers.afterFile(filename, this.exports);
      return result;
    };
  });
}

function hookGetBuiltin(handlers: ModuleHandlers): Slot {
  const holder = process as { getBuiltinModule(name: string): unknown };
  return fill(holder, "getBuiltinModule", (original, isFilled) => {
    return function (this: unknown, name) {
      if (isFilled() && typeof name === "string") {
        const builtin = withoutScheme(name);
        if (handlers.builtins.has(builtin)) handlers.onBuiltin(builtin);
      }
      return original.call(this, name);
    };
  });
}

interface Slot {
  readonly restore: () => void;
}

/** Puts a function around `holder[key]`; when somebody else has put another around that, restoring only makes it idle. */
function fill<Holder extends object, Key extends keyof Holder>(
  holder: Holder,
  key: Key,
  around: (original: Holder[Key], isFilled: () => boolean) => Holder[Key],
): Slot {
  let filled = true;
  const original = holder[key];
  const wrapper = around(original, () => filled);
  holder[key] = wrapper;
  return {
    restore: () => {
      filled = false;
      if (holder[key] === wrapper) holder[key] = original;
    },
  };
}
