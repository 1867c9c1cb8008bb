import { context, diag, logs, type Meter, metrics, propagation, type Tracer, trace } from "@opentelemetry/api";
import { createLogging, type Logger, type LogLevel } from "@telltale/logging";
import type { Health, HealthHandler } from "@telltale/runtime";
import { discardEarlySpans, unrefConnections } from "@telltale/tracing";
import { type AlertingControl, type RunningAlerting, startAlerting } from "./alerting.ts";
import { reportAlerting } from "./alerting-metrics.ts";
import { readConfiguration } from "./config.ts";
import type { Configuration } from "./configuration.ts";
import type { Delivery } from "./delivery.ts";
import { reportDeliveries } from "./delivery-metrics.ts";
import { reportDiagnostics } from "./diagnostics.ts";
import { startHealth } from "./health.ts";
import { deliverSynchronously } from "./last-flush.ts";
import { watchLifeCycle, withDeadline } from "./life-cycle.ts";
import { startLineSinks } from "./log-sinks.ts";
import { oldNode } from "./old-node.ts";
import type { TelltaleOptions } from "./options.ts";
import { startPipelines } from "./pipelines.ts";
import { startProfiling } from "./profiling.ts";
import { createResource, knownAttributes } from "./resource.ts";
import { noSampling, type SamplingControl } from "./sampling.ts";
import type { Signal } from "./signal.ts";

/** The one handle on running telemetry. */
export interface Telemetry {
  /** The service's own tracer. */
  readonly tracer: Tracer;
  /** The service's own meter. */
  readonly meter: Meter;
  /** A pino logger of that name, with trace ids, to the configured sinks. */
  logger(name: string): Logger;
  /** Of all loggers, or of those of a name, in which `*` stands for any characters; from now on. */
  setLogLevel(level: LogLevel, name?: string): void;
  /** How traces are sampled: to be asked, and replaced while the application runs. */
  readonly sampling: SamplingControl;
  /** What has become of all that was to be sent: for each exporter and sink, what it took, what waits, and since when it fails. */
  deliveries(): readonly Delivery[];
  /**
   * Health of this process: register checks here. `@telltale/runtime` is loaded when it is first asked for, or probed.
   */
  readonly health: Health;
  /** For a server of the application's own: answers `/livez`, `/readyz` and `/healthz`, and says whether it did. */
  readonly healthHandler: HealthHandler;
  /** Rules, alerts and silences; `undefined` when alerting is not switched on, and in workers of a cluster, whose primary has it. */
  readonly alerting: AlertingControl | undefined;
  /** Where the Prometheus endpoint listens; `undefined` when there is none. */
  readonly prometheusUrl: string | undefined;
  /** Sends everything recorded so far; settles when it has been sent, has failed, or timed out. Never rejects. */
  flush(): Promise<void>;
  /** Flushes, closes servers and removes all handlers. The second call returns the first one's promise. */
  shutdown(): Promise<void>;
}

const HANDLE = Symbol.for("telltale.telemetry");

/**
 * Starts telemetry for this process: traces, metrics, logs, instrumentations, and the last flush at exit.
 * Synchronous. Call it once, before the application's other modules if you can; a second call returns the first handle
 * and warns that its options are ignored.
 * Options take precedence over `TELLTALE_*` and `OTEL_*` variables, `telltale.yaml` and defaults.
 * @throws ConfigurationError naming every option that cannot be used.
 * @throws Error with code TELLTALE_OLD_NODE on a version of Node.js that it cannot run on.
 */
export function bootstrap(options: TelltaleOptions = {}): Telemetry {
  const running = (globalThis as { [HANDLE]?: Telemetry })[HANDLE];
  if (running !== undefined) {
    // Without options it is how a program that runs under telltale/register gets at the handle.
    if (Object.keys(options).length > 0) {
      diag.warn("telltale: bootstrap() was called before; the options of this call are ignored");
    }
    return running;
  }
  const reason = oldNode();
  if (reason !== undefined) throw Object.assign(new Error(reason), { code: "TELLTALE_OLD_NODE" });
  return start(readConfiguration({ options }));
}

function start(configuration: Configuration): Telemetry {
  reportDiagnostics(configuration.diagnosticsLevel);
  for (const warning of configuration.warnings) diag.warn(`telltale: ${warning}`);
  const resource = createResource(configuration, process.argv[1]);
  const { "service.name": name, "service.version": serviceVersion } = knownAttributes(resource);
  const alerting =
    configuration.enabled && configuration.alerting
      ? startAlerting(configuration, configuration.alerting, knownAttributes(resource))
      : undefined;
  const pipelines = configuration.enabled ? startedPipelines(configuration, resource, alerting) : undefined;
  if (pipelines === undefined) discardEarlySpans();
  // Without telemetry an application still has its own log; what is sent away is telemetry.
  const written = configuration.logging.sinks.filter(({ type }) => type === "console" || type === "file");
  const lines = startLineSinks(
    pipelines === undefined ? written : configuration.logging.sinks,
    knownAttributes(resource),
  );
  const { level, levels, redact, sampling, repeats } = configuration.logging;
  const logging = createLogging({
    level,
    levels,
    resource: { "service.name": name },
    sinks: [...lines.sinks, ...(pipelines?.logSinks ?? [])],
    ...(redact && { redact }),
    ...(sampling && { sampling }),
    ...(repeats && { repeats }),
  });
  const signals = [...(pipelines?.signals ?? []), lines];
  const flush = async (): Promise<void> => {
    // First, since it may have lines of its own to add.
    const logged = logging.flush();
    await Promise.allSettled([logged, ...signals.map((signal) => signal.flush())]);
  };
  const deliveries = (): readonly Delivery[] => signals.flatMap((signal) => signal.deliveries());
  alerting?.logTo(logging.logger("telltale.alerting"));
  const alertingMetrics = alerting && reportAlerting(alerting.figures);
  const ownMetrics = configuration.metrics.enabled && pipelines ? reportDeliveries(deliveries) : undefined;
  const health = startHealth(configuration, { prometheus: pipelines?.prometheus, deliveries });
  const profiling = configuration.profiling && pipelines && startProfiling(configuration.profiling);
  const pending = (): number => signals.reduce((sum, signal) => sum + signal.pending(), 0);
  const tellOfLost = (): void => {
    const left = pending();
    if (left === 0) return;
    const waited = `within ${configuration.shutdownTimeoutMs} ms (shutdownTimeoutMs)`;
    diag.error(`telltale: ${left} spans and log records could not be delivered ${waited} and are lost`);
  };
  const lifeCycle = watchLifeCycle({
    onEnding: () => health.stopping(),
    onLate: tellOfLost,
    async flush() {
      await Promise.all([flush(), alerting?.settled()]);
    },
    pending,
    flushSynchronously: once(() => {
      logging.flushSync();
      lastFlush(signals, configuration);
    }),
    timeoutMs: configuration.shutdownTimeoutMs,
  });
  const scope = [String(name), typeof serviceVersion === "string" ? serviceVersion : undefined] as const;
  const forget = once(() => {
    health[Symbol.dispose]();
    profiling?.[Symbol.dispose]();
    ownMetrics?.[Symbol.dispose]();
    alertingMetrics?.[Symbol.dispose]();
    for (const api of [trace, metrics, logs, context, propagation]) api.disable();
    delete (globalThis as { [HANDLE]?: Telemetry })[HANDLE];
  });
  const telemetry: Telemetry = {
    tracer: trace.getTracer(...scope),
    meter: metrics.getMeter(...scope),
    logger: (loggerName) => logging.logger(loggerName),
    setLogLevel: (level, loggerName) => logging.setLevel(level, loggerName),
    sampling: pipelines?.sampling ?? noSampling,
    deliveries,
    get health() {
      return health.health();
    },
    healthHandler: health.handler,
    alerting: alerting?.control,
    prometheusUrl: pipelines?.prometheus?.url,
    async flush() {
      await withDeadline(flush(), configuration.shutdownTimeoutMs);
    },
    shutdown: once(async () => {
      lifeCycle[Symbol.dispose]();
      health.stopping();
      pipelines?.stopInstrumentations();
      const ended = Promise.allSettled([
        alerting?.stop({ withinMs: configuration.shutdownTimeoutMs }),
        logging.flush(),
        ...signals.map((signal) => signal.shutdown()),
      ]);
      if (!(await withDeadline(ended, configuration.shutdownTimeoutMs))) {
        tellOfLost();
        for (const signal of signals) signal.takeUndelivered();
        unrefConnections();
      }
      forget();
    }),
  };
  try {
    // Last, since its thread has read its files meanwhile.
    alerting?.waitUntilStarted();
  } catch (error) {
    // What another call needs, which may be right, is free at once; the rest ends by itself.
    void pipelines?.prometheus?.shutdown();
    void telemetry.shutdown();
    forget();
    throw error;
  }
  (globalThis as { [HANDLE]?: Telemetry })[HANDLE] = telemetry;
  return telemetry;
}

function startedPipelines(
  configuration: Configuration,
  resource: ReturnType<typeof createResource>,
  alerting: RunningAlerting | undefined,
): ReturnType<typeof startPipelines> {
  try {
    return startPipelines(configuration, resource, alerting === undefined ? [] : [alerting.reader]);
  } catch (error) {
    void alerting?.stop({ withinMs: 0 });
    throw error;
  }
}

/** What nothing can be awaited for any more, sent from another thread. */
function lastFlush(signals: readonly Signal[], configuration: Configuration): void {
  deliverSynchronously({
    batches: signals.flatMap((signal) => signal.takeUndelivered()),
    batchSize: configuration.tracing.batch.maxExportBatchSize,
    timeoutMs: configuration.shutdownTimeoutMs,
  });
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}
