import { createRequire } from "node:module";
import type {
  AggregationOption,
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { type MetricsRequestExporter, type StatsdExporterOptions, statsdExporter } from "@telltale/metrics";
import { createOtlpExporter, reportOutages } from "@telltale/tracing";
import type { MetricExporterConfiguration } from "./configuration.ts";

const require = createRequire(import.meta.url);

export type OtlpMetrics = Extract<MetricExporterConfiguration, { type: "otlp" }>;

/** Everything that metrics are pushed to. */
export type PushedMetrics = MetricExporterConfiguration | (StatsdExporterOptions & { readonly type: "statsd" });

/** The exporter of a periodic metric reader. */
export function createMetricExporter(configuration: PushedMetrics): PushMetricExporter {
  if (configuration.type === "statsd") return statsdExporter(configuration);
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  return configuration.type === "console" ? new sdk.ConsoleMetricExporter() : otlpExporter(configuration);
}

/** The exporter of a reader that encodes its requests itself. */
export function createRequestExporter(configuration: OtlpMetrics): MetricsRequestExporter {
  return otlpExporter(configuration);
}

function otlpExporter<T extends ResourceMetrics | Uint8Array>(configuration: OtlpMetrics) {
  const exponential = configuration.histogramAggregation === "base2_exponential_bucket_histogram";
  return {
    ...reportOutages("metrics", createOtlpExporter<T>("metrics", configuration), configuration),
    selectAggregationTemporality: (instrument: InstrumentType) => temporality(configuration.temporality, instrument),
    selectAggregation: (instrument: `${InstrumentType}`): AggregationOption =>
      exponential && instrument === "HISTOGRAM" ? { type: EXPONENTIAL_HISTOGRAM } : { type: DEFAULT_AGGREGATION },
  };
}

// The SDK's numbers, so that it is not loaded for them.
const DELTA = 0 satisfies AggregationTemporality.DELTA as AggregationTemporality.DELTA;
const CUMULATIVE = 1 satisfies AggregationTemporality.CUMULATIVE as AggregationTemporality.CUMULATIVE;
const DEFAULT_AGGREGATION = 0 satisfies AggregationType.DEFAULT as AggregationType.DEFAULT;
const EXPONENTIAL_HISTOGRAM =
  5 satisfies AggregationType.EXPONENTIAL_HISTOGRAM as AggregationType.EXPONENTIAL_HISTOGRAM;

/** @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/ */
function temporality(preference: OtlpMetrics["temporality"], instrument: `${InstrumentType}`): AggregationTemporality {
  switch (preference) {
    case "cumulative":
      return CUMULATIVE;
    case "delta":
      return instrument === "UP_DOWN_COUNTER" || instrument === "OBSERVABLE_UP_DOWN_COUNTER" ? CUMULATIVE : DELTA;
    case "lowmemory":
      return instrument === "COUNTER" || instrument === "HISTOGRAM" ? DELTA : CUMULATIVE;
  }
}
