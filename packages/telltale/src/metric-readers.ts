import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  instrumentProducer,
  type MeterProvider,
  meterProvider,
  otlpMetricReader,
  type PrometheusEndpoint,
  prometheusEndpoint,
  type StatsdListener,
  statsdListener,
} from "@telltale/metrics";
import type { Configuration } from "./configuration.ts";
import { settleMicrotasks, type UndeliveredBatch } from "./last-flush.ts";
import { createMetricExporter, createRequestExporter, type PushedMetrics } from "./metric-exporter.ts";
import type { Signal } from "./signal.ts";
import { plainMetrics, readableMetrics } from "./undelivered.ts";

const require = createRequire(import.meta.url);

export interface Metrics extends Signal {
  readonly provider: MeterProvider;
  readonly prometheus: PrometheusEndpoint | undefined;
}

/** The meter provider with a reader for each exporter, and the servers that there are to be. */
export function startMetrics(configuration: Configuration["metrics"], resource: Resource): Metrics {
  const { prometheus, listener } = startServers(configuration);
  const pushers = pushed(configuration).map(startPusher);
  const readers: IMetricReader[] = pushers.map(({ reader }) => reader);
  if (prometheus) readers.push(prometheus.reader);
  const { views, exemplars, exemplarFilter } = configuration;
  const provider = meterProvider({ resource, readers, views, exemplars, exemplarFilter });
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
    takeUndelivered: () => pushers.map((pusher) => undelivered(provider, pusher)),
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
  readonly exportIntervalMs: number;
  readonly exportTimeoutMs: number;
}

function pushed({ exporters, statsd, exportIntervalMs, exportTimeoutMs }: Configuration["metrics"]): Pushed[] {
  const times = { exportIntervalMs, exportTimeoutMs };
  const all = exporters.map((exporter): Pushed => ({ exporter, ...times }));
  if (statsd === undefined) return all;
  const { intervalMs, ...options } = statsd;
  const often = { exportIntervalMs: intervalMs, exportTimeoutMs: Math.min(intervalMs, exportTimeoutMs) };
  return [...all, { exporter: { type: "statsd", ...options }, ...often }];
}

interface Pusher {
  readonly exporter: PushedMetrics;
  readonly reader: IMetricReader;
  /** Makes of a last collection what is left to be sent. */
  items(collected: ResourceMetrics): MetricItems;
}
type MetricItems = Extract<UndeliveredBatch, { signal: "metrics" }>["items"];

function startPusher({ exporter: configured, exportIntervalMs, exportTimeoutMs }: Pushed): Pusher {
  if (configured.type === "otlp" && configured.protocol === "http/protobuf") {
    const exporter = createRequestExporter(configured);
    const reader = otlpMetricReader({ exporter, exportIntervalMs, exportTimeoutMs });
    // With what is known of the resource by now: asking for more would be told on standard error.
    const known = (collected: ResourceMetrics): ResourceMetrics => readableMetrics(plainMetrics(collected));
    return { exporter: configured, reader, items: (collected) => reader.lastRequests(known(collected)) };
  }
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  const exporter = createMetricExporter(configured);
  const temporality = exporter.selectAggregationTemporality?.bind(exporter);
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: exportIntervalMs,
    exportTimeoutMillis: exportTimeoutMs,
    metricProducers: [instrumentProducer(temporality ? { temporality } : {})],
  });
  const items = (collected: ResourceMetrics) => (collected.scopeMetrics.length > 0 ? [plainMetrics(collected)] : []);
  return { exporter: configured, reader, items };
}

function undelivered(provider: MeterProvider, { exporter, reader, items }: Pusher): UndeliveredBatch {
  let collected: ResourceMetrics | undefined;
  reader.collect().then(
    (result) => {
      collected = result.resourceMetrics;
    },
    () => {},
  );
  settleMicrotasks();
  // Inside a promise nothing settles any more; then all is taken that needs no callback.
  return { signal: "metrics", exporter, items: items(collected ?? provider.collectNow(reader)) };
}
