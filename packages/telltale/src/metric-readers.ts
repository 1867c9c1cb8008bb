import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, MeterProvider, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { instrumentProducer, type PrometheusEndpoint, prometheusEndpoint } from "@telltale/metrics";
import type { Configuration, MetricExporterConfiguration } from "./configuration.ts";
import { settleMicrotasks } from "./last-flush.ts";
import { createMetricExporter } from "./metric-exporter.ts";
import type { Signal } from "./signal.ts";
import { plainMetrics } from "./undelivered.ts";

const require = createRequire(import.meta.url);

export interface Metrics extends Signal {
  readonly provider: MeterProvider;
  readonly prometheus: PrometheusEndpoint | undefined;
}

/** The meter provider with a reader for each exporter, and the Prometheus endpoint when there is to be one. */
export function startMetrics(configuration: Configuration["metrics"], resource: Resource): Metrics {
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  const prometheus = configuration.prometheus && prometheusEndpoint(configuration.prometheus);
  const pushers = configuration.exporters.map((configured) => {
    const exporter = createMetricExporter(configured);
    const temporality = exporter.selectAggregationTemporality?.bind(exporter);
    const reader = new sdk.PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: configuration.exportIntervalMs,
      exportTimeoutMillis: configuration.exportTimeoutMs,
      metricProducers: [instrumentProducer(temporality ? { temporality } : {})],
    });
    return { exporter: configured, reader };
  });
  const readers: IMetricReader[] = pushers.map(({ reader }) => reader);
  if (prometheus) readers.push(prometheus.reader);
  const provider = new sdk.MeterProvider({ resource, readers });
  return {
    provider,
    prometheus,
    flush: () => provider.forceFlush(),
    async shutdown() {
      await prometheus?.shutdown();
      await provider.shutdown();
    },
    takeUndelivered: () => pushers.map(collectSynchronously),
  };
}

function collectSynchronously({ exporter, reader }: { exporter: MetricExporterConfiguration; reader: IMetricReader }) {
  let collected: ResourceMetrics | undefined;
  reader.collect().then(
    (result) => {
      collected = result.resourceMetrics;
    },
    () => {},
  );
  settleMicrotasks();
  return { signal: "metrics", exporter, items: collected ? [plainMetrics(collected)] : [] } as const;
}
