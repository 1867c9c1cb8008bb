import { createRequire } from "node:module";
import { context, logs, metrics, trace } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import { type LogSink, recordSink } from "@telltale/logging";
import type { PrometheusEndpoint } from "@telltale/metrics";
import { discardEarlySpans, registerContextManager, replayEarlySpans } from "@telltale/tracing";
import type { Configuration } from "./configuration.ts";
import { startDeclared } from "./declarative.ts";
import { startInstrumentations } from "./instrumentation/instrumentations.ts";
import { startLogRecords } from "./log-records.ts";
import { startMetrics } from "./metric-readers.ts";
import { registerPropagators } from "./propagation.ts";
import { noSampling, type SamplingControl } from "./sampling.ts";
import type { Signal } from "./signal.ts";
import { startTraces } from "./traces.ts";

const require = createRequire(import.meta.url);

/** Everything between the OpenTelemetry API and the backends. */
export interface Pipelines {
  readonly signals: readonly Signal[];
  /** Where lines of telltale's loggers become OTLP. */
  readonly logSinks: readonly LogSink[];
  readonly prometheus: PrometheusEndpoint | undefined;
  readonly sampling: SamplingControl;
  stopInstrumentations(): void;
}

/**
 * Builds the providers, the meter provider with `readers` beside those of the configuration, registers them as the global ones, then starts the instrumentations.
 * @throws Error when a server cannot listen or an exporter cannot be made; nothing is registered then.
 */
export function startPipelines(
  configuration: Configuration,
  resource: Resource,
  readers: readonly IMetricReader[] = [],
): Pipelines {
  const { declarativeFile } = configuration;
  // Before anything of ours loads http: modules that are there already count as the application's.
  const instrumentations = startInstrumentations({ instrumentations: configuration.instrumentations });
  let started: Omit<Pipelines, "stopInstrumentations">;
  try {
    started =
      declarativeFile === undefined
        ? startOwn(configuration, resource, readers)
        : {
            signals: [startDeclared(declarativeFile, configuration.diagnosticsLevel)],
            logSinks: configuration.logging.sinks.some(({ type }) => type === "otlp") ? [recordSink()] : [],
            prometheus: undefined,
            sampling: noSampling,
          };
  } catch (error) {
    instrumentations.stop();
    throw error;
  }
  instrumentations.setProviders({
    tracerProvider: trace.getTracerProvider(),
    // A meter provider starts the runtime's own metrics.
    meterProvider: configuration.metrics.enabled ? metrics.getMeterProvider() : undefined,
    loggerProvider: logs.getLoggerProvider(),
  });
  if (configuration.tracing.enabled) replayEarlySpans();
  else discardEarlySpans();
  return { ...started, stopInstrumentations: () => instrumentations.stop() };
}

function startOwn(
  configuration: Configuration,
  resource: Resource,
  readers: readonly IMetricReader[],
): Omit<Pipelines, "stopInstrumentations"> {
  const { tracing, metrics: metering, logging } = configuration;
  // The one that can fail for reasons outside the configuration, a busy port, comes first.
  const ownMetrics = metering.enabled ? startMetrics(metering, resource, readers) : undefined;
  const traces = tracing.enabled ? startTraces(tracing, resource) : undefined;
  const logRecords = logging.enabled ? startLogRecords(logging, resource) : undefined;

  startContextManager(tracing.engine);
  registerPropagators(configuration.propagators);
  if (traces) trace.setGlobalTracerProvider(traces.provider);
  if (ownMetrics) metrics.setGlobalMeterProvider(ownMetrics.provider);
  if (logRecords) logs.setGlobalLoggerProvider(logRecords.provider);
  return {
    signals: [traces, ownMetrics, logRecords].filter((signal) => signal !== undefined),
    logSinks: logRecords?.lineSinks ?? [],
    prometheus: ownMetrics?.prometheus,
    sampling: traces?.sampling ?? noSampling,
  };
}

function startContextManager(engine: Configuration["tracing"]["engine"]): void {
  switch (engine) {
    case "telltale":
      registerContextManager();
      return;
    case "sdk": {
      const { AsyncLocalStorageContextManager } =
        require("@opentelemetry/context-async-hooks") as typeof import("@opentelemetry/context-async-hooks");
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    }
  }
}
