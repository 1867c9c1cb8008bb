import { createRequire } from "node:module";
import type {
  AggregationOption,
  AggregationTemporality,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { type StatsdExporterOptions, statsdExporter } from "@telltale/metrics";
import { createOtlpExporter, reportOutages } from "@telltale/tracing";
import type { MetricExporterConfiguration } from "./configuration.ts";

const require = createRequire(import.meta.url);

type OtlpMetrics = Extract<MetricExporterConfiguration, { type: "otlp" }>;

/** Everything that metrics are pushed to. */
export type PushedMetrics = MetricExporterConfiguration | (StatsdExporterOptions & { readonly type: "statsd" });

/** The exporter of a periodic metric reader. */
export function createMetricExporter(configuration: PushedMetrics): PushMetricExporter {
  if (configuration.type === "statsd") return statsdExporter(configuration);
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  if (configuration.type === "console") return new sdk.ConsoleMetricExporter();
  const exporter = reportOutages(
    "metrics",
    createOtlpExporter<ResourceMetrics>("metrics", configuration),
    configuration,
  );
  const exponential = configuration.histogramAggregation === "base2_exponential_bucket_histogram";
  return {
    ...exporter,
    selectAggregationTemporality: (instrument) => temporality(configuration.temporality, instrument, sdk),
    selectAggregation: (instrument): AggregationOption =>
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
