/**
 * Tells what the application imports, by a resolve hook. While that is registered Node resolves each `require` more slowly
 * too (by 20 to 40 µs), so in an application that is CommonJS it is registered only once one of its files imports something.
 */

import { registerHooks } from "node:module";
import type { ModuleHandlers } from "./module-hooks.ts";
import type { OwnLoads } from "./own-loads.ts";
import { isOwnLocation } from "./own-module.ts";

export interface ImportHook {
  readonly start: () => void;
  readonly stop: () => void;
  /** Runs `compile`, which loads a CommonJS file or an ES module that is required, with the hook if that imports. */
  readonly around: (source: ModuleSource, compile: () => unknown) => unknown;
}

export interface ModuleSource {
  readonly content: string;
  readonly format: string | undefined;
}

export function importHook(handlers: ModuleHandlers, own: OwnLoads): ImportHook {
  let registered: { deregister(): void } | undefined;
  let sawPackage = false;

  const start = (): void => {
    registered ??= registerHooks({
      resolve: (specifier, context, nextResolve) => {
        const builtin = withoutScheme(specifier);
        if (handlers.builtins.has(builtin) && !isOwnLocation(context.parentURL)) handlers.onBuiltin(builtin);
        const resolved = nextResolve(specifier, context);
        // `require` and `require.resolve` come here too.
        if (!isImport(context.conditions)) return resolved;
        sawPackage ||= !specifier.startsWith(".");
        if (!handlers.packages.has(specifier)) return resolved;
        if (isOwnLocation(context.parentURL)) {
          own.noteImport(resolved.url);
          return resolved;
        }
        if (own.has(specifier)) {
          own.forget(specifier);
          return { ...resolved, url: own.urlForApplication(resolved.url) };
        }
        if (!isEsModule(resolved)) return resolved;
        return { ...resolved, url: handlers.onEsModule(specifier, resolved.url), format: "module" };
      },
    });
  };
  const stop = (): void => {
    registered?.deregister();
    registered = undefined;
  };

  return {
    start,
    stop,
    around: ({ content, format }, compile) => {
      if (registered || !mayImport(content)) return compile();
      start();
      sawPackage = false;
      const result = compile();
      // Many a CommonJS package requires a small ES module of its own: that is then over.
      if (format === "module" && !sawPackage && !/\bimport\s*\(/.test(content)) stop();
      return result;
    },
  };
}

export function withoutScheme(specifier: string): string {
  return specifier.startsWith("node:") ? specifier.slice("node:".length) : specifier;
}

/** Node 22.15 gives a set for `require`. */
function isImport(conditions: readonly string[] | ReadonlySet<string>): boolean {
  return "has" in conditions ? conditions.has("import") : conditions.includes("import");
}

function isEsModule(resolved: { readonly url: string; readonly format?: string | null | undefined }): boolean {
  return resolved.format === "module" || resolved.url.endsWith(".mjs");
}

/** Whether the text has an import outside of comments, of which `@type {import("x")}` is a common one. */
function mayImport(content: string): boolean {
  for (let at = content.indexOf("import"); at !== -1; at = content.indexOf("import", at + 1)) {
    const isKeyword =
      !/[\w$.]/.test(content[at - 1] ?? "") && /^import(?:\s*[("'{*]|\s+[\w$])/.test(content.slice(at, at + 20));
    if (!isKeyword) continue;
    const before = content.slice(content.lastIndexOf("\n", at) + 1, at);
    const inComment = /^\s*(?:\/\/|\*)/.test(before) || before.lastIndexOf("/*") > before.lastIndexOf("*/");
    if (!inComment) return true;
  }
  return false;
}
