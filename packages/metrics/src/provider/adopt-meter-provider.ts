import { type MeterProvider as ApiMeterProvider, diag } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, MetricProducer, MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { instrumentProducer } from "../metric-producer.ts";
import { viewDeclaredInstruments } from "./declared-views.ts";
import {
  exemplarNames,
  type MeterProvider,
  type MeterProviderOptions,
  providerAround,
  readerSeries,
} from "./meter-provider.ts";
import { joined } from "./reader-front.ts";
import { readyViews } from "./view.ts";

/**
 * The same as `meterProvider()` around a provider of the SDK that somebody else has made, as from `OTEL_CONFIG_FILE`. Its
 * readers get the instruments declared with this package as well. `views` repeats the views that it was made with.
 * Undefined when it is not built as we know it: then it serves as it is.
 * @throws TypeError with code TELLTALE_BAD_VIEW
 */
export function adoptMeterProvider(
  provider: ApiMeterProvider,
  options: Pick<MeterProviderOptions, "views" | "exemplars" | "exemplarFilter"> = {},
): MeterProvider | undefined {
  const views = readyViews(options.views ?? []);
  const inside = insideOf(provider);
  if (inside === undefined) {
    diag.debug("telltale: the meter provider is not built as known; its instruments cost what the SDK's cost");
    return undefined;
  }
  const { resource, readers } = inside;
  viewDeclaredInstruments(views);
  for (const reader of readers) {
    reader._metricProducers.push(
      instrumentProducer({ temporality: (type) => reader.selectAggregationTemporality(type) }),
    );
  }
  const series = readerSeries(readers);
  readers.forEach((reader, i) => {
    const producer = series.producers[i];
    if (producer !== undefined) reader._sdkMetricProducer = joined(reader._sdkMetricProducer, producer);
  });
  const exemplars = exemplarNames(options);
  return providerAround({ stock: provider as SdkMeterProvider, resource, readers, views, exemplars, series });
}

/** What of the SDK's private parts has to be there. */
type KnownReader = IMetricReader & { _sdkMetricProducer: MetricProducer; readonly _metricProducers: MetricProducer[] };

function insideOf(
  provider: ApiMeterProvider,
): { readonly resource: Resource; readonly readers: readonly KnownReader[] } | undefined {
  const { _sharedState: state } = provider as { readonly _sharedState?: Record<string, unknown> };
  const collectors = state?.["metricCollectors"];
  const resource = state?.["resource"] as Resource | undefined;
  if (!Array.isArray(collectors) || typeof resource?.attributes !== "object") return undefined;
  const readers = collectors.map((collector: { readonly _metricReader?: unknown }) => collector._metricReader);
  return readers.every(isKnown) ? { resource, readers } : undefined;
}

function isKnown(reader: unknown): reader is KnownReader {
  const known = reader as Partial<KnownReader> | undefined;
  return (
    typeof known?._sdkMetricProducer?.collect === "function" &&
    Array.isArray(known._metricProducers) &&
    typeof known.selectAggregation === "function" &&
    typeof known.selectAggregationTemporality === "function"
  );
}
