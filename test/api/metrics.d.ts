export type { Catalogue, CatalogueEntry } from "./catalogue-entry.ts";
export interface CatalogueEntry extends HistogramDeclaration {
    readonly kind: InstrumentKind;
    readonly unit: string;
    readonly description: string;
}
export type Catalogue = Readonly<Record<string, CatalogueEntry>>;
export { type BoundCounter, type Counter, counter } from "./counter.ts";
export interface BoundCounter {
    add(value: number): void;
    unbind(): void;
}
export interface Counter<A extends AttributeValues = AttributeValues> extends Instrument {
    bind(attributes?: AttributesOf<A>): BoundCounter;
    add(value: number, attributes?: AttributesOf<A>): void;
}
export declare function counter<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "counter";
}): Counter<A>;
export { type AttributeDeclarations, type AttributesOf, type AttributeValues, bounded, type InstrumentDeclaration, type OpenAttribute, open, } from "./declaration.ts";
export type AttributeValues = Readonly<Record<string, AttributeValue>>;
export interface OpenAttribute<V> {
    readonly max: number;
    readonly type?: V;
}
export type AttributeDeclarations<A> = {
    readonly [K in keyof A]: readonly A[K][] | OpenAttribute<A[K]>;
};
export type AttributesOf<A> = {
    readonly [K in keyof A]?: A[K] | undefined;
};
export interface InstrumentDeclaration<A extends AttributeValues = AttributeValues> {
    readonly name: string;
    readonly unit?: string;
    readonly description?: string;
    readonly attributes?: AttributeDeclarations<A>;
    readonly scope?: InstrumentationScope;
    readonly maxSeries?: number;
    readonly expireAfterMs?: number;
    readonly exemplars?: boolean;
}
export declare function bounded(max: number): OpenAttribute<string>;
export declare function open<V extends AttributeValue = string>(): OpenAttribute<V>;
export { type ExactPercentilesOptions, exactPercentiles } from "./exact-percentiles.ts";
export interface ExactPercentilesOptions {
    readonly maxSamples?: number;
    readonly maxAgeMs?: number;
}
export declare function exactPercentiles(options?: ExactPercentilesOptions): Percentiles;
export type { ExemplarFilter } from "./exemplar.ts";
export type ExemplarFilter = "trace_based" | "always_on" | "always_off";
export { exponentialHistogram } from "./exponential-histogram.ts";
export declare function exponentialHistogram<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "exponentialHistogram";
}): Histogram<A>;
export { type BoundGauge, type Gauge, gauge } from "./gauge.ts";
export interface BoundGauge {
    record(value: number): void;
    unbind(): void;
}
export interface Gauge<A extends AttributeValues = AttributeValues> extends Instrument {
    bind(attributes?: AttributesOf<A>): BoundGauge;
    record(value: number, attributes?: AttributesOf<A>): void;
}
export declare function gauge<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "gauge";
}): Gauge<A>;
export { type BoundHistogram, DEFAULT_BOUNDARIES, DURATION_BOUNDARIES, type Histogram, type HistogramDeclaration, histogram, } from "./histogram.ts";
export interface HistogramDeclaration<A extends AttributeValues = AttributeValues> extends InstrumentDeclaration<A> {
    readonly boundaries?: readonly number[];
}
export interface BoundHistogram {
    record(value: number): void;
    start(): Timer;
    time<T>(fn: () => T): T;
    unbind(): void;
}
export interface Histogram<A extends AttributeValues = AttributeValues> extends Instrument {
    bind(attributes?: AttributesOf<A>): BoundHistogram;
    record(value: number, attributes?: AttributesOf<A>): void;
    start(attributes?: AttributesOf<A>): Timer;
    time<T>(fn: () => T, attributes?: AttributesOf<A>): T;
}
export declare const DURATION_BOUNDARIES: readonly number[];
export declare const DEFAULT_BOUNDARIES: readonly number[];
export declare function histogram<const A extends AttributeValues = AttributeValues>(declaration: HistogramDeclaration<A> & {
    readonly kind?: "histogram";
}): Histogram<A>;
export type { Instrument, InstrumentKind, PointValue, Series, SeriesRange } from "./instrument.ts";
export type InstrumentKind = "counter" | "upDownCounter" | "gauge" | "histogram" | "exponentialHistogram";
export type PointValue = number | Histogram | ExponentialHistogram;
export interface Series {
    readonly attributes: Attributes;
    readonly startTimeMs: number;
    bindings: number;
    total(): PointValue | undefined;
    drain(): PointValue | undefined;
    cumulate?(into: Float64Array): void;
    mark(): number | undefined;
}
export interface SeriesRange {
    readonly into: Float64Array;
    readonly at: number;
    readonly from: number;
    readonly to: number;
}
export interface Instrument {
    readonly kind: InstrumentKind;
    readonly monotonic: boolean;
    readonly name: string;
    readonly unit: string;
    readonly description: string;
    readonly valueType?: ValueType;
    readonly scope: InstrumentationScope;
    readonly boundaries?: readonly number[];
    readonly exemplars: boolean;
    readonly size: number;
    readonly store: object;
    refresh(): void;
    series(): readonly Series[];
    readTotals?(range: SeriesRange): void;
    drainRows?(range: SeriesRange): void;
    share?(series: Series): SharedPlace;
    still?(): boolean;
}
export { forgetInstrument, instruments } from "./instrument-registry.ts";
export declare function instruments(): Iterable<Instrument>;
export declare function forgetInstrument(instrument: Instrument): void;
export { type InstrumentProducer, type InstrumentProducerOptions, type InstrumentSource, instrumentProducer, } from "./metric-producer.ts";
export interface InstrumentProducerOptions {
    readonly temporality?: AggregationTemporalitySelector;
    readonly source?: InstrumentSource;
}
export interface InstrumentSource {
    instruments(): Iterable<Instrument>;
    reads(store: object): boolean;
}
export interface InstrumentProducer extends MetricProducer {
    collectNow(): CollectionResult;
}
export declare function instrumentProducer(options?: InstrumentProducerOptions): InstrumentProducer;
export { type Observe, observedCounter, observedGauge, observedUpDownCounter } from "./observed.ts";
export type Observe<A> = (value: number, attributes?: AttributesOf<A>) => void;
export declare function observedGauge<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "gauge";
}, read: (observe: Observe<A>) => void): Instrument;
export declare function observedCounter<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "counter";
}, read: (observe: Observe<A>) => void): Instrument;
export declare function observedUpDownCounter<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "upDownCounter";
}, read: (observe: Observe<A>) => void): Instrument;
export { type MetricsRequestExporter, type OtlpMetricReader, type OtlpMetricReaderOptions, otlpMetricReader, } from "./otlp/metric-reader.ts";
export interface MetricsRequestExporter {
    export(request: Uint8Array, done: (result: ExportResult) => void): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
    readonly selectAggregationTemporality?: AggregationTemporalitySelector;
    readonly selectAggregation?: AggregationSelector;
}
export interface OtlpMetricReaderOptions {
    readonly exporter: MetricsRequestExporter;
    readonly exportIntervalMs?: number;
    readonly exportTimeoutMs?: number;
    readonly metricProducers?: readonly MetricProducer[];
}
export interface OtlpMetricReader extends IMetricReader {
    addSource(source: InstrumentSource): void;
    lastRequests(collected: ResourceMetrics): Uint8Array[];
}
export declare function otlpMetricReader(options: OtlpMetricReaderOptions): OtlpMetricReader;
export { type PercentileGaugeDeclaration, type PercentileSummary, type Percentiles, percentileGauge, } from "./percentiles.ts";
export interface PercentileSummary {
    readonly count: number;
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly p999: number;
}
export interface Percentiles {
    record(value: number): void;
    summary(): PercentileSummary | undefined;
    percentile(p: number): number | undefined;
    readonly ignored: number;
}
export interface PercentileGaugeDeclaration {
    readonly name: string;
    readonly unit?: string;
    readonly description?: string;
}
export declare function percentileGauge(declaration: PercentileGaugeDeclaration, percentiles: Percentiles): Instrument;
export { type PrometheusClusterOptions, type PrometheusEndpoint, type PrometheusEndpointOptions, prometheusEndpoint, } from "./prometheus/endpoint.ts";
export interface PrometheusEndpointOptions extends PageProtection {
    readonly host?: string;
    readonly port?: number;
    readonly path?: string;
    readonly scopeLabels?: boolean;
    readonly resourceLabels?: readonly string[];
    readonly created?: boolean;
    readonly utf8Names?: boolean;
    readonly keepPageMs?: number;
    readonly serve?: "main" | "worker";
    readonly cluster?: PrometheusClusterOptions;
}
export interface PrometheusClusterOptions {
    readonly gauges?: GaugeMerge;
}
export interface PrometheusEndpoint {
    readonly reader: PrometheusExporter;
    readonly ready: Promise<void>;
    readonly url: string;
    readonly port: number;
    serveAlso(handler: AlsoServed): boolean;
    shutdown(): Promise<void>;
}
export declare function prometheusEndpoint(options?: PrometheusEndpointOptions): PrometheusEndpoint;
export { type PrometheusHandler, type PrometheusHandlerOptions, prometheusHandler } from "./prometheus/handler.ts";
export interface PrometheusHandlerOptions extends PageAccess, Partial<ScraperOptions> {
    readonly sendTimeoutMs?: number;
    readonly utf8Names?: boolean;
}
export interface PrometheusHandler {
    readonly reader: PrometheusExporter;
    handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
    shutdown(): Promise<void>;
}
export declare function prometheusHandler(options?: PrometheusHandlerOptions): PrometheusHandler;
export type { GaugeMerge } from "./prometheus/members/merge-metrics.ts";
export type GaugeMerge = "each" | "sum" | "max" | "min" | "last";
export type { BasicAuth, PageAccess } from "./prometheus/page-access.ts";
export interface PageAccess {
    readonly bearerToken?: string;
    readonly basicAuth?: BasicAuth;
    readonly allowedHosts?: readonly string[];
}
export interface BasicAuth {
    readonly username: string;
    readonly password: string;
}
export type { ServerTls } from "./prometheus/server-certificate.ts";
export interface ServerTls {
    readonly certificate: string;
    readonly key: string;
    readonly clientCa?: string;
}
export { adoptMeterProvider } from "./provider/adopt-meter-provider.ts";
export declare function adoptMeterProvider(provider: ApiMeterProvider, options?: Pick<MeterProviderOptions, "views" | "exemplars" | "exemplarFilter">): MeterProvider | undefined;
export type { BoundInstrument, ProvidedInstrument } from "./provider/instrument-face.ts";
export interface ProvidedInstrument {
    add(value: number, attributes?: Attributes, within?: Context): void;
    record(value: number, attributes?: Attributes, within?: Context): void;
    bind(attributes?: Attributes): BoundInstrument;
}
export interface BoundInstrument {
    add(value: number): void;
    record(value: number): void;
    unbind(): void;
}
export { type MeterProvider, type MeterProviderOptions, meterProvider } from "./provider/meter-provider.ts";
export interface MeterProviderOptions {
    readonly resource?: Resource;
    readonly readers?: readonly IMetricReader[];
    readonly views?: readonly View[];
    readonly exemplars?: readonly string[];
    readonly exemplarFilter?: ExemplarFilter;
    readonly selfObservability?: boolean;
}
export interface MeterProvider extends ApiMeterProvider {
    forceFlush(options?: TimeLimit): Promise<void>;
    shutdown(options?: TimeLimit): Promise<void>;
    collectNow(reader: IMetricReader): ResourceMetrics;
}
export declare function meterProvider(options?: MeterProviderOptions): MeterProvider;
export { checkViews, type View, type ViewAggregation, type ViewInstrumentType, type ViewSelector, type ViewStream, } from "./provider/view.ts";
export type ViewInstrumentType = "counter" | "gauge" | "histogram" | "observable_counter" | "observable_gauge" | "observable_up_down_counter" | "up_down_counter";
export interface ViewSelector {
    readonly instrumentName?: string;
    readonly instrumentType?: ViewInstrumentType;
    readonly unit?: string;
    readonly meterName?: string;
    readonly meterVersion?: string;
    readonly meterSchemaUrl?: string;
}
export interface ViewAggregation {
    readonly default?: object;
    readonly drop?: object;
    readonly sum?: object;
    readonly lastValue?: object;
    readonly explicitBucketHistogram?: {
        readonly boundaries?: readonly number[];
        readonly recordMinMax?: boolean;
    };
    readonly base2ExponentialBucketHistogram?: {
        readonly maxScale?: number;
        readonly maxSize?: number;
        readonly recordMinMax?: boolean;
    };
}
export interface ViewStream {
    readonly name?: string;
    readonly description?: string;
    readonly aggregation?: ViewAggregation;
    readonly aggregationCardinalityLimit?: number;
    readonly attributeKeys?: {
        readonly included?: readonly string[];
        readonly excluded?: readonly string[];
    };
}
export interface View {
    readonly selector: ViewSelector;
    readonly stream: ViewStream;
}
export declare function checkViews(views: readonly View[]): void;
export { type RollingPercentiles, type RollingPercentilesOptions, rollingPercentiles, } from "./rolling-percentiles.ts";
export interface RollingPercentilesOptions {
    readonly windowSeconds?: number;
    readonly steps?: number;
}
export interface RollingPercentiles extends Percentiles, Disposable {
}
export declare function rollingPercentiles(options?: RollingPercentilesOptions): RollingPercentiles;
export type { AddedSeries, MetricFamily, NativeBuckets, NativeHistogram, SeriesBatch, SeriesNews, } from "./series-batch.ts";
export interface SeriesBatch {
    readonly sequence: number;
    readonly timeMs: number;
    readonly durationMs: number;
    readonly target: Readonly<Record<string, string>>;
    readonly news: readonly Uint8Array<ArrayBuffer>[];
    readonly ids: Uint32Array<ArrayBuffer>;
    readonly values: Float64Array<ArrayBuffer>;
    readonly histograms: Float64Array<ArrayBuffer>;
    readonly gone: Uint32Array<ArrayBuffer>;
}
export interface MetricFamily {
    readonly name: string;
    readonly type: "counter" | "gauge" | "histogram" | "info";
    readonly help: string;
    readonly unit: string;
}
export interface AddedSeries {
    readonly id: number;
    readonly labels: Readonly<Record<string, string>>;
}
export interface SeriesNews {
    readonly families: readonly MetricFamily[];
    readonly series: readonly AddedSeries[];
}
export interface NativeHistogram {
    readonly id: number;
    readonly schema: number;
    readonly zeroThreshold: number;
    readonly zeroCount: number;
    readonly count: number;
    readonly sum: number;
    readonly positive: NativeBuckets;
    readonly negative: NativeBuckets;
}
export interface NativeBuckets {
    readonly offset: number;
    readonly counts: Float64Array;
}
export { type SeriesReader, type SeriesReaderOptions, seriesReader, transferables, } from "./series-reader/series-reader.ts";
export interface SeriesReaderOptions {
    readonly targetLabels?: Readonly<Record<string, string>>;
}
export interface SeriesReader {
    readonly reader: IMetricReader;
    collect(timeMs?: number): Promise<SeriesBatch>;
    tellAnew(): void;
}
export declare function seriesReader({ targetLabels }?: SeriesReaderOptions): SeriesReader;
export declare function transferables({ news, ids, values, histograms, gone }: SeriesBatch): ArrayBuffer[];
export type { SharedPlace } from "./shared-totals.ts";
export interface SharedPlace {
    readonly memory: SharedArrayBuffer;
    readonly slot: number;
}
export { type StatsdExporterOptions, statsdExporter } from "./statsd/exporter.ts";
export interface StatsdExporterOptions {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
    readonly flavour?: StatsdFlavour;
    readonly prefix?: string;
    readonly tags?: Attributes;
    readonly resourceTags?: readonly string[];
    readonly histograms?: StatsdHistograms;
    readonly maxPacketBytes?: number;
}
export declare function statsdExporter(options?: StatsdExporterOptions): PushMetricExporter;
export type { StatsdFlavour, StatsdHistograms } from "./statsd/lines.ts";
export type StatsdFlavour = "dogstatsd" | "plain";
export type StatsdHistograms = "distribution" | "histogram" | "timing" | "buckets";
export { type StatsdListener, type StatsdListenerOptions, statsdListener } from "./statsd/listener.ts";
export interface StatsdListenerOptions extends ReceivedInstrumentsOptions {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
}
export interface StatsdListener {
    readonly ready: Promise<void>;
    readonly port: number;
    shutdown(): Promise<void>;
}
export declare function statsdListener(options?: StatsdListenerOptions): StatsdListener;
export { type StatsdReaderOptions, statsdReader } from "./statsd/reader.ts";
export interface StatsdReaderOptions extends StatsdExporterOptions {
    readonly intervalMs?: number;
}
export declare function statsdReader({ intervalMs, ...options }?: StatsdReaderOptions): PeriodicExportingMetricReader;
export type { ReceivedInstrumentsOptions } from "./statsd/received-instruments.ts";
export interface ReceivedInstrumentsOptions {
    readonly maxInstruments?: number;
    readonly maxSeries?: number;
    readonly expireAfterMs?: number;
    readonly setIntervalMs?: number;
    readonly signedGauges?: "relative" | "absolute";
}
export type { Timer } from "./timer.ts";
export interface Timer {
    stop(): number;
}
export { type BoundUpDownCounter, type UpDownCounter, upDownCounter } from "./up-down-counter.ts";
export interface BoundUpDownCounter {
    add(value: number): void;
    unbind(): void;
}
export interface UpDownCounter<A extends AttributeValues = AttributeValues> extends Instrument {
    bind(attributes?: AttributesOf<A>): BoundUpDownCounter;
    add(value: number, attributes?: AttributesOf<A>): void;
}
export declare function upDownCounter<const A extends AttributeValues = AttributeValues>(declaration: InstrumentDeclaration<A> & {
    readonly kind?: "upDownCounter";
}): UpDownCounter<A>;
