/** Brings in each instrumentation when the application first loads the module that it patches, and never otherwise. */

import { syncBuiltinESMExports } from "node:module";
import type { Configuration } from "../configuration.ts";
import type { InstrumentationProviders } from "./driven-instrumentation.ts";
import { atFirstRequest } from "./first-request.ts";
import { type InstrumentationLoader, instrumentationLoader } from "./instrumentation-loader.ts";
import { type InstrumentationEntry, instrumentationTable } from "./instrumentation-table.ts";
import { installModuleHooks } from "./module-hooks.ts";
import { patchLoaded, patchOnLoad } from "./patch-on-load.ts";

export interface InstrumentationsOptions extends InstrumentationProviders {
  readonly instrumentations: Configuration["instrumentations"];
  /** @default the table of all instrumentations that telltale knows */
  readonly table?: readonly InstrumentationEntry[];
}

export interface InstrumentationsHandle {
  /** Names of the instrumentations that have been brought in so far. */
  readonly loaded: () => readonly string[];
  /** Providers that came later, for what is loaded and what will be. A meter provider starts those that only measure. */
  readonly setProviders: (providers: InstrumentationProviders) => void;
  /** Takes the hooks away and disables what is loaded; harmless when repeated. */
  readonly stop: () => void;
}

/** How long the application has to itself at its start before anything is loaded to watch its event loop. */
const RUNTIME_METRICS_DELAY_MS = 1_000;

/**
 * Watches for the modules of the table. Call it before telltale's exporters are loaded: what is there already counts as the
 * application's, and is patched where it stands.
 */
export function startInstrumentations(options: InstrumentationsOptions): InstrumentationsHandle {
  const enabled = (options.table ?? instrumentationTable).filter(
    (entry) => (options.instrumentations[entry.name] ?? isOnByDefault(entry, options)) !== false,
  );
  const loader = instrumentationLoader((entry) => {
    const config = options.instrumentations[entry.name];
    return typeof config === "object" ? config : {};
  });
  loader.setProviders(options);

  const handlers = patchOnLoad(enabled, loader);
  patchLoaded(handlers);
  const stops = [installModuleHooks(handlers).stop];

  const fetching = enabled.find((entry) => entry.startsWith === "fetch");
  if (fetching) stops.push(atFirstRequest((beforeEnable) => loader.load(fetching, beforeEnable)));

  const metering = enabled.filter((entry) => entry.startsWith === "metrics");
  const startMetering = (providers: InstrumentationProviders): void => {
    if (providers.meterProvider === undefined) return;
    for (const entry of metering) {
      const isAskedFor = options.instrumentations[entry.name] !== undefined;
      stops.push(startMetrics(loader, { entry, delayMs: isAskedFor ? 0 : RUNTIME_METRICS_DELAY_MS }));
    }
  };
  startMetering(options);

  return {
    loaded: loader.loaded,
    setProviders: (providers) => {
      loader.setProviders(providers);
      startMetering(providers);
    },
    stop: () => {
      if (stops.length === 0) return;
      for (const stop of stops.splice(0)) stop();
      loader.disableAll();
      syncBuiltinESMExports();
    },
  };
}

function isOnByDefault(
  { enabledByDefault, givesWayTo }: InstrumentationEntry,
  options: InstrumentationsOptions,
): boolean {
  const other = givesWayTo === undefined ? undefined : options.instrumentations[givesWayTo];
  return enabledByDefault && (other === undefined || other === false);
}

function startMetrics(
  loader: InstrumentationLoader,
  { entry, delayMs }: { readonly entry: InstrumentationEntry; readonly delayMs: number },
): () => void {
  if (delayMs === 0) {
    loader.load(entry);
    return () => {};
  }
  const timer = setTimeout(() => loader.load(entry), delayMs).unref();
  return () => clearTimeout(timer);
}
