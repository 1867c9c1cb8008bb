import type { HrTime, ValueType } from "@opentelemetry/api";
import type {
  AggregationTemporality,
  AggregationTemporalitySelector,
  CollectionResult,
  DataPoint,
  DataPointType,
  ExponentialHistogram,
  Histogram,
  InstrumentType,
  MetricData,
  MetricProducer,
  ResourceMetrics,
  ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import { addDeltaReader, catchUp, type DeltaReader, takePending } from "./delta-readers.ts";
import { exemplarOf } from "./exemplar.ts";
import type { Instrument, InstrumentKind, PointValue } from "./instrument.ts";
import { instruments } from "./instrument-registry.ts";
import { declareSelfMetrics } from "./self-metrics.ts";

export interface InstrumentProducerOptions {
  /**
   * What the reader reports, by type of instrument; for a periodic reader its exporter's `selectAggregationTemporality`.
   * @default cumulative for all
   */
  readonly temporality?: AggregationTemporalitySelector;
  /** What it reports. @default all declared instruments of this process */
  readonly source?: InstrumentSource;
}

/** Some instruments that are reported together. */
export interface InstrumentSource {
  instruments(): Iterable<Instrument>;
  /** Whether one of them has, or had, this store. */
  reads(store: object): boolean;
}

/** A reader that takes the numbers out of the series itself, and has no use for objects made of them. */
export interface SeriesReader {
  addSource(source: InstrumentSource): unknown;
}

/** A producer that can also answer at once, as when a process is about to end. */
export interface InstrumentProducer extends MetricProducer {
  collectNow(): CollectionResult;
}

/**
 * Hands all instruments of this package to one reader, as OpenTelemetry's own metrics. Each reader needs a producer of its
 * own: OpenTelemetry does not tell producers what temporality a reader wants, and differences are kept by reader.
 * ```ts
 * new PeriodicExportingMetricReader({ exporter, metricProducers: [instrumentProducer({ temporality })] });
 * ```
 */
export function instrumentProducer(options: InstrumentProducerOptions = {}): InstrumentProducer {
  const source = options.source ?? declaredSource();
  const temporality = options.temporality ?? (() => CUMULATIVE);
  const reader: DeltaReader & { lastCollectionMs: number | undefined } = {
    pending: new Map(),
    wants: (kind) => temporality(instrumentTypes[kind]) === DELTA,
    reads: (store) => source.reads(store),
    lastCollectionMs: undefined,
  };
  addDeltaReader(reader);
  for (const instrument of source.instruments()) catchUp(reader, instrument);
  return {
    collectNow,
    // One turn later, so that a collection nobody lives to see takes nothing that `collectNow` could still give.
    collect: () => Promise.resolve().then(collectNow),
  };

  function collectNow(): CollectionResult {
    const nowMs = Date.now();
    const scopes = new Map<string, ScopeMetrics>();
    for (const instrument of source.instruments()) {
      instrument.refresh();
      const points = reader.wants(instrument.kind)
        ? deltaPoints(instrument, reader, nowMs)
        : cumulativePoints(instrument, nowMs);
      if (points.length === 0) continue;
      const { scope } = instrument;
      const key = `${scope.name}\n${scope.version ?? ""}\n${scope.schemaUrl ?? ""}`;
      const metric = metricData(instrument, reader.wants(instrument.kind) ? DELTA : CUMULATIVE, points);
      const scopeMetrics = scopes.get(key);
      if (scopeMetrics === undefined) scopes.set(key, { scope, metrics: [metric] });
      else scopeMetrics.metrics.push(metric);
    }
    reader.lastCollectionMs = nowMs;
    return { resourceMetrics: { resource: NO_RESOURCE, scopeMetrics: [...scopes.values()] }, errors: [] };
  }
}

/** The instruments that were declared, and none of a MeterProvider's own. */
export function declaredSource(): InstrumentSource {
  declareSelfMetrics();
  return { instruments, reads: (store) => !providedStores.has(store) };
}

/** The stores of instruments that belong to one MeterProvider and are reported by its readers alone. */
export const providedStores: WeakSet<object> = new WeakSet();

// The numbers of sdk-metrics' enums, written out so that this package loads no SDK; metric-producer.test.ts compares them.
const DELTA = 0 as AggregationTemporality.DELTA;
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;
const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM;
const GAUGE = 2 as DataPointType.GAUGE;
const SUM = 3 as DataPointType.SUM;
const DOUBLE = 1 as ValueType.DOUBLE;

/** What OpenTelemetry calls the kinds when it asks for a temporality. */
export const instrumentTypes = {
  counter: "COUNTER",
  upDownCounter: "UP_DOWN_COUNTER",
  gauge: "GAUGE",
  histogram: "HISTOGRAM",
  exponentialHistogram: "HISTOGRAM",
} as Readonly<Record<InstrumentKind, InstrumentType>>;

/** A reader takes the resource from the SDK and ignores a producer's. */
const NO_RESOURCE = { attributes: {} } as ResourceMetrics["resource"];

/** The instrument's whole life as one metric, for who reads it directly; undefined when there is nothing to report. */
export function cumulativeMetric(instrument: Instrument, nowMs: number): MetricData | undefined {
  const points = cumulativePoints(instrument, nowMs);
  return points.length === 0 ? undefined : metricData(instrument, CUMULATIVE, points);
}

function cumulativePoints(instrument: Instrument, nowMs: number): DataPoint<PointValue>[] {
  const endTime = hrTime(nowMs);
  const points: DataPoint<PointValue>[] = [];
  for (const series of instrument.series()) {
    const value = series.total();
    if (value === undefined) continue;
    const point = { attributes: series.attributes, startTime: hrTime(series.startTimeMs), endTime, value };
    const exemplar = instrument.exemplars ? exemplarOf(series) : undefined;
    points.push(exemplar === undefined ? point : Object.assign(point, { exemplar }));
  }
  return points;
}

function deltaPoints(
  instrument: Instrument,
  reader: DeltaReader & { readonly lastCollectionMs: number | undefined },
  nowMs: number,
): DataPoint<PointValue>[] {
  const endTime = hrTime(nowMs);
  const points: DataPoint<PointValue>[] = [];
  const { series, value: recorded } = takePending(reader, instrument);
  for (const [i, one] of series.entries()) {
    const startMs = Math.max(one.startTimeMs, reader.lastCollectionMs ?? 0);
    const value = recorded(i);
    points.push({ attributes: one.attributes, startTime: hrTime(startMs), endTime, value });
  }
  return points;
}

function metricData(
  { kind, name, unit, description, monotonic, valueType }: Instrument,
  aggregationTemporality: AggregationTemporality,
  dataPoints: DataPoint<PointValue>[],
): MetricData {
  const descriptor = { name, unit, description, type: instrumentTypes[kind], valueType: valueType ?? DOUBLE };
  const common = { descriptor, aggregationTemporality };
  switch (kind) {
    case "counter":
    case "upDownCounter":
      return { ...common, dataPointType: SUM, isMonotonic: monotonic, dataPoints: dataPoints as DataPoint<number>[] };
    case "gauge":
      return { ...common, dataPointType: GAUGE, dataPoints: dataPoints as DataPoint<number>[] };
    case "histogram":
      return { ...common, dataPointType: HISTOGRAM, dataPoints: dataPoints.map(withoutExtremes<Histogram>) };
    case "exponentialHistogram":
      return {
        ...common,
        dataPointType: EXPONENTIAL_HISTOGRAM,
        dataPoints: dataPoints.map(withoutExtremes<ExponentialHistogram>),
      };
  }
}

/** A bound histogram that nothing was recorded in has no minimum. */
function withoutExtremes<V extends Histogram | ExponentialHistogram>(point: DataPoint<PointValue>): DataPoint<V> {
  const value = point.value as V;
  if (value.count > 0) return point as DataPoint<V>;
  const { min: _min, max: _max, ...rest } = value;
  return { ...point, value: rest as V };
}

function hrTime(timeMs: number): HrTime {
  const seconds = Math.trunc(timeMs / 1_000);
  return [seconds, Math.round((timeMs - seconds * 1_000) * 1e6)];
}
