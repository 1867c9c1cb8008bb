import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  instrumentProducer,
  type MeterProvider,
  meterProvider,
  type PrometheusEndpoint,
  prometheusEndpoint,
  type StatsdListener,
  statsdListener,
} from "@telltale/metrics";
import type { Configuration } from "./configuration.ts";
import { settleMicrotasks } from "./last-flush.ts";
import { createMetricExporter, type PushedMetrics } from "./metric-exporter.ts";
import type { Signal } from "./signal.ts";
import { plainMetrics } from "./undelivered.ts";

const require = createRequire(import.meta.url);

export interface Metrics extends Signal {
  readonly provider: MeterProvider;
  readonly prometheus: PrometheusEndpoint | undefined;
}

/** The meter provider with a reader for each exporter, and the servers that there are to be. */
export function startMetrics(configuration: Configuration["metrics"], resource: Resource): Metrics {
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  const { prometheus, listener } = startServers(configuration);
  const pushers = pushed(configuration).map(({ exporter: configured, ...times }) => {
    const exporter = createMetricExporter(configured);
    const temporality = exporter.selectAggregationTemporality?.bind(exporter);
    const reader = new sdk.PeriodicExportingMetricReader({
      exporter,
      ...times,
      metricProducers: [instrumentProducer(temporality ? { temporality } : {})],
    });
    return { exporter: configured, reader };
  });
  const readers: IMetricReader[] = pushers.map(({ reader }) => reader);
  if (prometheus) readers.push(prometheus.reader);
  const provider = meterProvider({ resource, readers, views: configuration.views });
  return {
    provider,
    prometheus,
    flush: () => provider.forceFlush(),
    async shutdown() {
      // What it received last goes out with the readers' last collection.
      await listener?.shutdown();
      await prometheus?.shutdown();
      await provider.shutdown();
    },
    pending: () => 0,
    takeUndelivered: () => pushers.map((pusher) => collectSynchronously(provider, pusher)),
  };
}

/** The Prometheus endpoint and the StatsD listener. @throws Error when one of them cannot listen; the other is closed then */
function startServers(configuration: Configuration["metrics"]): {
  readonly prometheus: PrometheusEndpoint | undefined;
  readonly listener: StatsdListener | undefined;
} {
  const listener = configuration.statsdListener && statsdListener(configuration.statsdListener);
  try {
    return { prometheus: configuration.prometheus && prometheusEndpoint(configuration.prometheus), listener };
  } catch (error) {
    void listener?.shutdown();
    throw error;
  }
}

interface Pushed {
  readonly exporter: PushedMetrics;
  readonly exportIntervalMillis: number;
  readonly exportTimeoutMillis: number;
}

function pushed({ exporters, statsd, exportIntervalMs, exportTimeoutMs }: Configuration["metrics"]): Pushed[] {
  const times = { exportIntervalMillis: exportIntervalMs, exportTimeoutMillis: exportTimeoutMs };
  const all = exporters.map((exporter): Pushed => ({ exporter, ...times }));
  if (statsd === undefined) return all;
  const { intervalMs, ...options } = statsd;
  const often = { exportIntervalMillis: intervalMs, exportTimeoutMillis: Math.min(intervalMs, exportTimeoutMs) };
  return [...all, { exporter: { type: "statsd", ...options }, ...often }];
}

function collectSynchronously(
  provider: MeterProvider,
  { exporter, reader }: { readonly exporter: PushedMetrics; readonly reader: IMetricReader },
) {
  let collected: ResourceMetrics | undefined;
  reader.collect().then(
    (result) => {
      collected = result.resourceMetrics;
    },
    () => {},
  );
  settleMicrotasks();
  // Inside a promise nothing settles any more; then all is taken that needs no callback.
  const metrics = collected ?? provider.collectNow(reader);
  const items = metrics.scopeMetrics.length > 0 ? [plainMetrics(metrics)] : [];
  return { signal: "metrics", exporter, items } as const;
}
