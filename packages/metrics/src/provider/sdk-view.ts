import { diag } from "@opentelemetry/api";
import type { AggregationOption, InstrumentType, ViewOptions } from "@opentelemetry/sdk-metrics";
import { DEFAULT_BOUNDARIES } from "../histogram.ts";
import { DEFAULT, DROP, EXPLICIT_BUCKET_HISTOGRAM, EXPONENTIAL_HISTOGRAM, LAST_VALUE, SUM } from "./stream.ts";
import { aggregationOf, type ReadyView, type View, wildcard } from "./view.ts";

/** A view in the SDK's words, for the instruments that stay with the SDK. */
export function sdkView({ view, keepKey }: ReadyView): ViewOptions {
  const { selector, stream } = view;
  return {
    instrumentName: selector.instrumentName ?? "*",
    ...(selector.instrumentType && { instrumentType: selector.instrumentType.toUpperCase() as InstrumentType }),
    ...(selector.unit !== undefined && { instrumentUnit: selector.unit }),
    ...(selector.meterName !== undefined && { meterName: selector.meterName }),
    ...(selector.meterVersion !== undefined && { meterVersion: selector.meterVersion }),
    ...(selector.meterSchemaUrl !== undefined && { meterSchemaUrl: selector.meterSchemaUrl }),
    ...(stream.name !== undefined && { name: stream.name }),
    ...(stream.description !== undefined && { description: stream.description }),
    ...(stream.aggregationCardinalityLimit !== undefined && {
      aggregationCardinalityLimit: stream.aggregationCardinalityLimit,
    }),
    ...(keepKey && {
      attributesProcessors: [
        { process: (attributes) => Object.fromEntries(Object.entries(attributes).filter(([key]) => keepKey(key))) },
      ],
    }),
    aggregation: sdkAggregation(view),
  };
}

/** The SDK knows one `*` in a name; where the pattern has more, its view is taught ours, if it is built as we know it. */
export function teachPatterns(provider: object, views: readonly ReadyView[]): void {
  views.forEach(({ view: { selector } }, i) => {
    const pattern = selector.instrumentName ?? "*";
    if (/^[^*?]*\*?[^*?]*$/.test(pattern)) return;
    const registered = (provider as SdkProvider)._sharedState?.viewRegistry?._registeredViews?.[i];
    const instruments = registered?.instrumentSelector;
    if (typeof instruments?._nameFilter?.match === "function") {
      instruments._nameFilter = { match: wildcard(pattern) };
    } else {
      diag.warn(
        `telltale: the view of "${pattern}" does not reach observable instruments; write it with one *, at most`,
      );
    }
  });
}

/** What is looked at inside the SDK's provider. */
interface SdkProvider {
  readonly _sharedState?: {
    readonly viewRegistry?: {
      readonly _registeredViews?: readonly {
        readonly instrumentSelector?: { _nameFilter?: { match(name: string): boolean } };
      }[];
    };
  };
}

function sdkAggregation(view: View): AggregationOption {
  const { explicitBucketHistogram: explicit, base2ExponentialBucketHistogram: exponential } =
    view.stream.aggregation ?? {};
  switch (aggregationOf(view)) {
    case "default":
      return { type: DEFAULT };
    case "drop":
      return { type: DROP };
    case "sum":
      return { type: SUM };
    case "lastValue":
      return { type: LAST_VALUE };
    case "explicitBucketHistogram": {
      const boundaries = [...(explicit?.boundaries ?? DEFAULT_BOUNDARIES)];
      const { recordMinMax = true } = explicit ?? {};
      return { type: EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries, recordMinMax } };
    }
    case "base2ExponentialBucketHistogram": {
      const { maxSize = 160, recordMinMax = true } = exponential ?? {};
      return { type: EXPONENTIAL_HISTOGRAM, options: { maxSize, recordMinMax } };
    }
  }
}
