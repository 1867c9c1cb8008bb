import { createRequire } from "node:module";
import { type MeterProvider as ApiMeterProvider, diag, type Meter } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, ResourceMetrics, MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { type ExemplarFilter, filterExemplars } from "../exemplar.ts";
import {
  type InstrumentProducer,
  type InstrumentSource,
  instrumentProducer,
  type SeriesReader,
} from "../metric-producer.ts";
import { viewDeclaredInstruments } from "./declared-views.ts";
import { providedMeter } from "./meter.ts";
import { collectProducersNow, guardProducers, joinScopes, readerFront } from "./reader-front.ts";
import { sdkView, teachPatterns } from "./sdk-view.ts";
import { type StreamRegistry, scopeKey, streamRegistry } from "./stream-registry.ts";
import { type ReadyView, readyViews, type View, wildcard } from "./view.ts";

export interface MeterProviderOptions {
  /** @default the SDK's default resource */
  readonly resource?: Resource;
  readonly readers?: readonly IMetricReader[];
  /** For all instruments, those declared with this package included. @default none */
  readonly views?: readonly View[];
  /** Names, with `*` and `?`, of instruments whose series keep exemplars. Declared instruments ask for theirs. @default none */
  readonly exemplars?: readonly string[];
  /** What may become an exemplar. For declared instruments it holds for the rest of the process. @default "trace_based" */
  readonly exemplarFilter?: ExemplarFilter;
  /** Whether the readers report how long their collections take, as `otel.sdk.metric_reader.*`. @default false */
  readonly selfObservability?: boolean;
}

export interface TimeLimit {
  readonly timeoutMillis?: number;
}

export interface MeterProvider extends ApiMeterProvider {
  forceFlush(options?: TimeLimit): Promise<void>;
  shutdown(options?: TimeLimit): Promise<void>;
  /**
   * What a reader would report, without waiting: all but the observable instruments of the SDK. For a process that is about
   * to end where no promise settles any more. Counts as a collection of the reader.
   */
  collectNow(reader: IMetricReader): ResourceMetrics;
}

/**
 * A MeterProvider for every instrumentation there is: the instruments they create through OpenTelemetry's API record into
 * the series of this package, at a fraction of the SDK's cost. Observable instruments, readers and whatever only the SDK
 * can sum up stay with the SDK, which is underneath.
 * @throws TypeError with code TELLTALE_BAD_VIEW
 */
export function meterProvider(options: MeterProviderOptions = {}): MeterProvider {
  const { readers = [] } = options;
  const require = createRequire(import.meta.url);
  const sdk = require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  const resources = require("@opentelemetry/resources") as typeof import("@opentelemetry/resources");
  const views = readyViews(options.views ?? []);
  viewDeclaredInstruments(views);
  const resource = options.resource ?? resources.defaultResource();
  const series = readerSeries(readers);
  const stock = new sdk.MeterProvider({
    resource,
    readers: readers.map((reader, i) => readerFront(reader, series.producers[i] as InstrumentProducer)),
    views: views.map(sdkView),
  });
  teachPatterns(stock, views);
  const provider = providerAround({ stock, resource, readers, views, exemplars: exemplarNames(options), series });
  if (options.selfObservability) observeReaders(readers, provider);
  return provider;
}

/** Sets the filter; returns the names, with wildcards, of the instruments that keep exemplars by it. */
export function exemplarNames({
  exemplars = [],
  exemplarFilter = "trace_based",
}: Pick<MeterProviderOptions, "exemplars" | "exemplarFilter">): readonly string[] {
  filterExemplars(exemplarFilter);
  return exemplarFilter === "always_off" ? [] : exemplars;
}

/** The streams of a provider, and what hands them to each of its readers. */
export interface ReaderSeries {
  readonly streams: StreamRegistry;
  readonly producers: readonly InstrumentProducer[];
}

export function readerSeries(readers: readonly IMetricReader[]): ReaderSeries {
  const streams = streamRegistry(readers.length);
  const producers = readers.map((reader, i) => {
    const source = streams.source(i);
    const reads = readsSeries(reader);
    if (reads) reader.addSource(source);
    return instrumentProducer({
      temporality: (type) => reader.selectAggregationTemporality(type),
      source: reads ? NO_INSTRUMENTS : source,
    });
  });
  const unguarded = readers.filter((reader) => !readsSeries(reader) && !guardProducers(reader));
  if (unguarded.length > 0) {
    diag.debug(
      `telltale: ${unguarded.length} metric readers are not built as known; their own producers are unguarded`,
    );
  }
  return { streams, producers };
}

const NO_INSTRUMENTS: InstrumentSource = { instruments: () => [], reads: () => false };

function readsSeries(reader: IMetricReader): reader is IMetricReader & SeriesReader {
  return "addSource" in reader;
}

/** The SDK's provider with meters of ours. */
export function providerAround({
  stock,
  resource,
  readers,
  views,
  exemplars,
  series,
}: {
  readonly stock: Pick<SdkMeterProvider, "getMeter" | "forceFlush" | "shutdown">;
  readonly resource: Resource;
  readonly readers: readonly IMetricReader[];
  readonly views: readonly ReadyView[];
  readonly exemplars: readonly string[];
  readonly series: ReaderSeries;
}): MeterProvider {
  const meters = new Map<string, Meter>();
  const patterns = exemplars.map(wildcard);
  const keepsExemplars = (name: string): boolean => patterns.some((fits) => fits(name));
  let ended = false;
  return {
    getMeter(given, version = "", { schemaUrl } = {}) {
      const sdk = stock.getMeter(given, version, schemaUrl === undefined ? {} : { schemaUrl });
      if (ended) return sdk;
      const scope = { name: typeof given === "string" ? given : "", version, schemaUrl } as InstrumentationScope;
      const key = scopeKey(scope);
      const meter =
        meters.get(key) ?? providedMeter({ scope, sdk, readers, views, streams: series.streams, keepsExemplars });
      meters.set(key, meter);
      return meter;
    },
    forceFlush: (options) => stock.forceFlush(options),
    shutdown(options) {
      ended = true;
      return stock.shutdown(options);
    },
    collectNow(reader) {
      const own = series.producers[readers.indexOf(reader)]?.collectNow().resourceMetrics.scopeMetrics ?? [];
      return { resource, scopeMetrics: joinScopes([...own, ...collectProducersNow(reader)]) };
    },
  };
}

/** As the SDK's own option does, which looks at the class of the readers and would not know ours in front of them. */
function observeReaders(readers: readonly IMetricReader[], provider: MeterProvider): void {
  for (const reader of readers) {
    const observed = reader as { _setSelfObsMeterProvider?: (provider: ApiMeterProvider) => void };
    if (observed._setSelfObsMeterProvider === undefined) {
      diag.debug("telltale: a metric reader is not built as known and reports nothing about itself");
    }
    observed._setSelfObsMeterProvider?.(provider);
  }
}
