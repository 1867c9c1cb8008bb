import { createRequire } from "node:module";
import type {
  AggregationOption,
  AggregationTemporality,
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
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  const exponential = configuration.histogramAggregation === "base2_exponential_bucket_histogram";
  return {
    ...reportOutages("metrics", createOtlpExporter<T>("metrics", configuration), configuration),
    selectAggregationTemporality: (instrument: InstrumentType) =>
      temporality(configuration.temporality, instrument, sdk),
    selectAggregation: (instrument: InstrumentType): AggregationOption =>
      exponential && instrument === sdk.InstrumentType.HISTOGRAM
        ? { type: sdk.AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: sdk.AggregationType.DEFAULT },
  };
}

/** @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/ */
function temporality(
  preference: OtlpMetrics["temporality"],
  instrument: InstrumentType,
  { AggregationTemporality: kind, InstrumentType: type }: typeof import("@opentelemetry/sdk-metrics"),
): AggregationTemporality {
  switch (preference) {
    case "cumulative":
      return kind.CUMULATIVE;
    case "delta":
      return instrument === type.UP_DOWN_COUNTER || instrument === type.OBSERVABLE_UP_DOWN_COUNTER
        ? kind.CUMULATIVE
        : kind.DELTA;
    case "lowmemory":
      return instrument === type.COUNTER || instrument === type.HISTOGRAM ? kind.DELTA : kind.CUMULATIVE;
  }
}
