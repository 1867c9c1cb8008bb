import { createRequire } from "node:module";
import type { ExportResult } from "@opentelemetry/core";
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
import { type Delivery, DeliveryTally, shownEndpoint } from "./delivery.ts";
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
export function startMetrics(
  configuration: Configuration["metrics"],
  resource: Resource,
  more: readonly IMetricReader[] = [],
): Metrics {
  const { prometheus, listener } = startServers(configuration);
  const pushers = pushed(configuration).map(startPusher);
  const readers: IMetricReader[] = [...pushers.map(({ reader }) => reader), ...more];
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
    deliveries: () => pushers.flatMap(deliveryOf),
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
  readonly tally: DeliveryTally;
  /** Makes of a last collection what is left to be sent. */
  items(collected: ResourceMetrics): MetricItems;
}
type MetricItems = Extract<UndeliveredBatch, { signal: "metrics" }>["items"];

function startPusher({ exporter: configured, exportIntervalMs, exportTimeoutMs }: Pushed): Pusher {
  const tally = new DeliveryTally();
  if (configured.type === "otlp" && configured.protocol === "http/protobuf") {
    const exporter = counted(createRequestExporter(configured), tally);
    const reader = otlpMetricReader({ exporter, exportIntervalMs, exportTimeoutMs });
    // With what is known of the resource by now: asking for more would be told on standard error.
    const known = (collected: ResourceMetrics): ResourceMetrics => readableMetrics(plainMetrics(collected));
    return { exporter: configured, reader, tally, items: (collected) => reader.lastRequests(known(collected)) };
  }
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  const exporter = counted(createMetricExporter(configured), tally);
  const temporality = exporter.selectAggregationTemporality?.bind(exporter);
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: exportIntervalMs,
    exportTimeoutMillis: exportTimeoutMs,
    metricProducers: [instrumentProducer(temporality ? { temporality } : {})],
  });
  const items = (collected: ResourceMetrics) => (collected.scopeMetrics.length > 0 ? [plainMetrics(collected)] : []);
  return { exporter: configured, reader, tally, items };
}

interface Exports {
  export(metrics: never, done: (result: ExportResult) => void): void;
}

/** `exporter`, with the outcome of each export counted. */
function counted<T extends Exports>(exporter: T, tally: DeliveryTally): T {
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      if (result.code === 0) tally.succeeded(1);
      else tally.failed(1, result.error);
      done(result);
    });
  return exporter;
}

function deliveryOf({ exporter, tally }: Pusher): Delivery[] {
  if (exporter.type === "console") return [];
  const to = exporter.type === "statsd" ? `${exporter.host}:${exporter.port}` : shownEndpoint(exporter.endpoint);
  return [{ signal: "metrics", to, pending: 0, ...tally.read() }];
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
