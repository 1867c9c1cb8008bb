/**
 * OTEL_CONFIG_FILE: OpenTelemetry's declarative configuration, built by @opentelemetry/sdk-node, which is loaded for
 * this alone (it costs several times what the rest of telltale does).
 */
import { createRequire } from "node:module";
import { diag, logs, metrics, trace } from "@opentelemetry/api";
import { adoptMeterProvider } from "@telltale/metrics";
import type { Configuration } from "./configuration.ts";
import { type DeclaredView, viewOf } from "./declared-view.ts";
import { reportDiagnostics } from "./diagnostics.ts";
import type { Signal } from "./signal.ts";

const require = createRequire(import.meta.url);

/**
 * Builds and registers the providers that the file describes. The SDK only prints what is wrong with the file and then
 * runs as a no-op; here that is an error.
 */
export function startDeclared(file: string, diagnosticsLevel: Configuration["diagnosticsLevel"]): Signal {
  const { createConfigFactory } =
    require("@opentelemetry/configuration") as typeof import("@opentelemetry/configuration");
  const { startNodeSDK } = require("@opentelemetry/sdk-node") as typeof import("@opentelemetry/sdk-node");
  const unusable = (reason: string): Error =>
    Object.assign(new Error(`OTEL_CONFIG_FILE is "${file}", which cannot be used: ${reason}`), {
      code: "TELLTALE_BAD_CONFIGURATION",
    });
  let model: ReturnType<ReturnType<typeof createConfigFactory>["getConfigModel"]>;
  try {
    model = createConfigFactory().getConfigModel();
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error));
  }
  const before = registeredProviders();
  // It sets a logger of its own, on standard output, and complains when there is one.
  diag.disable();
  const sdk = startNodeSDK();
  reportDiagnostics(diagnosticsLevel);
  const started = registeredProviders().some((provider, index) => provider !== before[index]);
  if (!started && !model.disabled) throw unusable("the SDK made no provider from it; its own message is above");
  adoptMetrics(model.meter_provider?.views ?? []);
  return {
    async flush() {
      await Promise.allSettled(registeredProviders().map((provider) => provider.forceFlush?.()));
    },
    shutdown: () => sdk.shutdown(),
    pending: () => 0,
    deliveries: () => [],
    takeUndelivered: () => [], // The SDK's own processors do not give up what they hold.
  };
}

/** The SDK's provider, which the file made, with our series and the declared instruments. */
function adoptMetrics(views: readonly DeclaredView[]): void {
  // The SDK's exporters, which are what the file names, write no exemplars.
  const options = { views: views.map(viewOf), exemplarFilter: "always_off" } as const;
  const adopted = adoptMeterProvider(metrics.getMeterProvider(), options);
  if (adopted === undefined) return;
  metrics.disable();
  metrics.setGlobalMeterProvider(adopted);
}

interface Flushable {
  forceFlush?(): Promise<void>;
}

function registeredProviders(): Flushable[] {
  // By shape, not by class: the SDK may have registered another copy's (CommonJS) proxy.
  const tracers = trace.getTracerProvider() as Flushable & { getDelegate?(): Flushable };
  return [
    tracers.getDelegate?.() ?? tracers,
    metrics.getMeterProvider() as Flushable,
    logs.getLoggerProvider() as Flushable,
  ];
}
