/** Requires an instrumentation package and starts it, once; one that fails is named in a warning and left out. */

import { createRequire } from "node:module";
import { diag } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { bundledInstrumentations } from "./bundled-instrumentations.ts";
import {
  type DrivenInstrumentation,
  driveInstrumentation,
  type InstrumentationConstructor,
  type InstrumentationProviders,
  setProviders,
} from "./driven-instrumentation.ts";
import { instrumentationAdjustments } from "./instrumentation-adjustments.ts";
import type { InstrumentationEntry } from "./instrumentation-table.ts";

export interface InstrumentationLoader {
  /** `undefined` when it cannot be had. `beforeEnable` runs if this call is the one that starts it. */
  readonly load: (
    entry: InstrumentationEntry,
    beforeEnable?: (instrumentation: Instrumentation) => void,
  ) => DrivenInstrumentation | undefined;
  readonly loaded: () => readonly string[];
  /** For what is loaded, and what will be. */
  readonly setProviders: (providers: InstrumentationProviders) => void;
  readonly disableAll: () => void;
}

export function instrumentationLoader(
  configOf: (entry: InstrumentationEntry) => Readonly<Record<string, unknown>>,
): InstrumentationLoader {
  const tried = new Map<string, DrivenInstrumentation | undefined>();
  let providers: InstrumentationProviders = {};

  return {
    load: (entry, beforeEnable) => {
      if (tried.has(entry.name)) return tried.get(entry.name);
      // Set first: while it loads, the modules that it loads must not bring it in again.
      tried.set(entry.name, undefined);
      const driven = guarded(entry, "be loaded", () => {
        const required = bundledInstrumentations[entry.package]?.() ?? requireInstalled(entry.package);
        const { [entry.className]: InstrumentationClass } = required as Record<string, InstrumentationConstructor>;
        if (InstrumentationClass === undefined) throw new Error(`${entry.package} has no export ${entry.className}`);
        const adjustment = instrumentationAdjustments[entry.name];
        const config = configOf(entry);
        return driveInstrumentation(InstrumentationClass, {
          config: adjustment?.config?.(config) ?? config,
          providers,
          beforeEnable: (instrumentation) => {
            adjustment?.instance?.(instrumentation);
            if (!keepsContribCode(entry, config["engine"])) adjustment?.fastPath?.(instrumentation);
            beforeEnable?.(instrumentation);
          },
        });
      });
      tried.set(entry.name, driven);
      if (driven?.usesOwnHooks) {
        diag.warn(
          `The instrumentation "${entry.name}" (${entry.package}) is of a version that telltale cannot drive: it was enabled with its own hooks, which see only what is loaded from now on`,
        );
      }
      return driven;
    },
    loaded: () => [...tried].filter(([, driven]) => driven !== undefined).map(([name]) => name),
    setProviders: (given) => {
      providers = { ...providers, ...given };
      for (const driven of tried.values()) if (driven) setProviders(driven.instrumentation, given);
    },
    disableAll: () => {
      for (const [name, driven] of tried) {
        try {
          driven?.instrumentation.disable();
        } catch (error) {
          diag.warn(`The instrumentation "${name}" could not be disabled: ${messageOf(error)}`);
        }
      }
    },
  };
}

function keepsContribCode(entry: InstrumentationEntry, engine: unknown): boolean {
  if (engine !== undefined && engine !== "contrib" && engine !== "telltale") {
    diag.warn(
      `instrumentations.${entry.name}.engine is ${JSON.stringify(engine)}; it is "telltale" (the default) or "contrib"`,
    );
  }
  return engine === "contrib";
}

/** Runs `work` for the instrumentation; an error becomes the one warning about it, and `undefined`. */
export function guarded<T>(entry: InstrumentationEntry, what: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (warnedOf.has(entry.name)) return undefined;
    warnedOf.add(entry.name);
    diag.warn(
      `The instrumentation "${entry.name}" (${entry.package}) could not ${what}: ${messageOf(error)}. The application runs on without it; to silence this, set instrumentations.${entry.name} to false`,
    );
    return undefined;
  }
}

const warnedOf = new Set<string>();

/** Packages that telltale does not bring, because few need them, are named with what to do. */
function requireInstalled(name: string): unknown {
  try {
    return require(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" || !message.includes(`'${name}'`)) throw error;
    throw new Error(`it is not installed; npm install ${name}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// CommonJS: the copies of @opentelemetry/core and the base class are shared, and loading is synchronous.
const require = createRequire(import.meta.url);
