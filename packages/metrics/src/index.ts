export type { Catalogue, CatalogueEntry } from "./catalogue-entry.ts";
export { type BoundCounter, type Counter, counter } from "./counter.ts";
export {
  type AttributeDeclarations,
  type AttributesOf,
  type AttributeValues,
  bounded,
  type InstrumentDeclaration,
  type OpenAttribute,
  open,
} from "./declaration.ts";
export { type ExactPercentilesOptions, exactPercentiles } from "./exact-percentiles.ts";
export type { ExemplarFilter } from "./exemplar.ts";
export { exponentialHistogram } from "./exponential-histogram.ts";
export { type BoundGauge, type Gauge, gauge } from "./gauge.ts";
export {
  type BoundHistogram,
  DEFAULT_BOUNDARIES,
  DURATION_BOUNDARIES,
  type Histogram,
  type HistogramDeclaration,
  histogram,
} from "./histogram.ts";
export type { Instrument, InstrumentKind, PointValue, Series, SeriesRange } from "./instrument.ts";
export { forgetInstrument, instruments } from "./instrument-registry.ts";
export {
  type InstrumentProducer,
  type InstrumentProducerOptions,
  type InstrumentSource,
  instrumentProducer,
} from "./metric-producer.ts";
export { type Observe, observedCounter, observedGauge, observedUpDownCounter } from "./observed.ts";
export {
  type MetricsRequestExporter,
  type OtlpMetricReader,
  type OtlpMetricReaderOptions,
  otlpMetricReader,
} from "./otlp/metric-reader.ts";
export {
  type PercentileGaugeDeclaration,
  type PercentileSummary,
  type Percentiles,
  percentileGauge,
} from "./percentiles.ts";
export {
  type PrometheusClusterOptions,
  type PrometheusEndpoint,
  type PrometheusEndpointOptions,
  prometheusEndpoint,
} from "./prometheus/endpoint.ts";
export { type PrometheusHandler, type PrometheusHandlerOptions, prometheusHandler } from "./prometheus/handler.ts";
export type { GaugeMerge } from "./prometheus/members/merge-metrics.ts";
export type { BasicAuth, PageAccess } from "./prometheus/page-access.ts";
export type { ServerTls } from "./prometheus/server-certificate.ts";
export { adoptMeterProvider } from "./provider/adopt-meter-provider.ts";
export type { BoundInstrument, ProvidedInstrument } from "./provider/instrument-face.ts";
export { type MeterProvider, type MeterProviderOptions, meterProvider } from "./provider/meter-provider.ts";
export {
  checkViews,
  type View,
  type ViewAggregation,
  type ViewInstrumentType,
  type ViewSelector,
  type ViewStream,
} from "./provider/view.ts";
export {
  type RollingPercentiles,
  type RollingPercentilesOptions,
  rollingPercentiles,
} from "./rolling-percentiles.ts";
export type {
  AddedSeries,
  MetricFamily,
  NativeBuckets,
  NativeHistogram,
  SeriesBatch,
  SeriesNews,
} from "./series-batch.ts";
export {
  type SeriesReader,
  type SeriesReaderOptions,
  seriesReader,
  transferables,
} from "./series-reader/series-reader.ts";
export type { SharedPlace } from "./shared-totals.ts";
export { type StatsdExporterOptions, statsdExporter } from "./statsd/exporter.ts";
export type { StatsdFlavour, StatsdHistograms } from "./statsd/lines.ts";
export { type StatsdListener, type StatsdListenerOptions, statsdListener } from "./statsd/listener.ts";
export { type StatsdReaderOptions, statsdReader } from "./statsd/reader.ts";
export type { ReceivedInstrumentsOptions } from "./statsd/received-instruments.ts";
export type { Timer } from "./timer.ts";
export { type BoundUpDownCounter, type UpDownCounter, upDownCounter } from "./up-down-counter.ts";
