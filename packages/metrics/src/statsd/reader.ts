import { createRequire } from "node:module";
import type { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { instrumentProducer } from "../metric-producer.ts";
import { type StatsdExporterOptions, statsdExporter, statsdTemporality } from "./exporter.ts";

export interface StatsdReaderOptions extends StatsdExporterOptions {
  /** How often metrics are sent. @default 10000, the interval at which StatsD servers flush */
  readonly intervalMs?: number;
}

/**
 * A reader for a MeterProvider that sends its metrics and those of this package to a StatsD server: what was counted since the
 * last time, and gauges as they stand. A counter that did not move is not sent. The last interval is sent at shutdown. It
 * keeps no process alive, and loads the SDK's reader and its socket only when they are needed.
 * @throws TypeError with code TELLTALE_BAD_STATSD_OPTION
 */
export function statsdReader({
  intervalMs = 10_000,
  ...options
}: StatsdReaderOptions = {}): PeriodicExportingMetricReader {
  const exporter = statsdExporter(options);
  const { PeriodicExportingMetricReader: Reader } = load();
  return new Reader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: intervalMs,
    metricProducers: [instrumentProducer({ temporality: statsdTemporality })],
  });
}

type Sdk = typeof import("@opentelemetry/sdk-metrics");

/** As an ES module when it is where the set of packages has it, because that is the one an application has loaded. */
function load(): Sdk {
  const require = createRequire(import.meta.url);
  const name = "@opentelemetry/sdk-metrics";
  try {
    return require(require.resolve(name).replace(/index\.cjs$/, "index.mjs")) as Sdk;
  } catch {
    return require(name) as Sdk;
  }
}
