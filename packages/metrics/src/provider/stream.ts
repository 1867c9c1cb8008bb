import type { Attributes, ValueType } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { AggregationOption, AggregationType } from "@opentelemetry/sdk-metrics";
import type { KeepKey } from "../attribute-schema.ts";
import { createCounter } from "../counter.ts";
import { MAX_BUCKETS, MAX_SCALE } from "../exponential-buckets.ts";
import { createExponentialHistogram } from "../exponential-histogram.ts";
import { createGauge } from "../gauge.ts";
import { createHistogram, DEFAULT_BOUNDARIES } from "../histogram.ts";
import type { Instrument, InstrumentKind } from "../instrument.ts";
import { createUpDownCounter } from "../up-down-counter.ts";
import { aggregationOf, type View } from "./view.ts";

export type SynchronousType = "counter" | "up_down_counter" | "gauge" | "histogram";

/** What values become; `undefined` in place of it when only the SDK knows how. */
export type Aggregation =
  | { readonly kind: "drop" }
  | { readonly kind: Exclude<InstrumentKind, "histogram"> }
  | { readonly kind: "histogram"; readonly boundaries: readonly number[] };

/** All that tells one stream from another. */
export interface StreamPlan {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly valueType: ValueType;
  readonly scope: InstrumentationScope;
  readonly aggregation: Exclude<Aggregation, { readonly kind: "drop" }>;
  readonly keepKey: KeepKey | undefined;
  readonly maxSeries: number;
  readonly exemplars: boolean;
}

/** What a stream takes records by: `add` for sums, `record` for the others. */
export type Stream = Instrument & {
  readonly add?: Record;
  readonly record?: Record;
  bind(attributes?: Attributes): BoundStream;
};
type Record = (value: number, attributes?: Attributes) => void;
export interface BoundStream {
  add?(value: number): void;
  record?(value: number): void;
  unbind(): void;
}

export function createStream(plan: StreamPlan): Stream {
  const { aggregation, keepKey, valueType, ...declaration } = plan;
  return Object.assign(created(), { valueType });

  function created(): Stream {
    switch (aggregation.kind) {
      case "counter":
        return createCounter(declaration, keepKey);
      case "upDownCounter":
        return createUpDownCounter(declaration, keepKey);
      case "gauge":
        return createGauge(declaration, keepKey);
      case "histogram":
        return createHistogram({ ...declaration, boundaries: aggregation.boundaries }, keepKey);
      case "exponentialHistogram":
        return createExponentialHistogram(declaration, keepKey);
    }
  }
}

/** What an instrument's type and advice lead to when no view and no reader says otherwise. */
export function defaultAggregation(
  type: SynchronousType,
  advised: readonly number[] | undefined,
): Aggregation | undefined {
  switch (type) {
    case "counter":
      return { kind: "counter" };
    case "up_down_counter":
      return { kind: "upDownCounter" };
    case "gauge":
      return { kind: "gauge" };
    case "histogram":
      return explicit(advised ?? DEFAULT_BOUNDARIES);
  }
}

/** What a view chose, where its series are ours; `byDefault` where it chose nothing. */
export function viewAggregation(
  view: View,
  type: SynchronousType,
  byDefault: Aggregation | undefined,
): Aggregation | undefined {
  const options = view.stream.aggregation;
  switch (aggregationOf(view)) {
    case "default":
      return byDefault;
    case "drop":
      return { kind: "drop" };
    case "sum":
      return type === "counter" || type === "up_down_counter" ? defaultAggregation(type, undefined) : undefined;
    case "lastValue":
      return type === "gauge" ? { kind: "gauge" } : undefined;
    case "explicitBucketHistogram": {
      const { boundaries = DEFAULT_BOUNDARIES, recordMinMax = true } = options?.explicitBucketHistogram ?? {};
      return type === "histogram" && recordMinMax ? explicit(boundaries) : undefined;
    }
    case "base2ExponentialBucketHistogram": {
      const wanted = options?.base2ExponentialBucketHistogram ?? {};
      const { maxScale = MAX_SCALE, maxSize = MAX_BUCKETS, recordMinMax = true } = wanted;
      const ours = maxScale === MAX_SCALE && maxSize === MAX_BUCKETS && recordMinMax;
      return type === "histogram" && ours ? { kind: "exponentialHistogram" } : undefined;
    }
  }
}

/** What a reader or its exporter asks for. */
export function readerAggregation(
  option: AggregationOption,
  type: SynchronousType,
  advised: readonly number[] | undefined,
): Aggregation | undefined {
  switch (option.type) {
    case DEFAULT:
      return defaultAggregation(type, advised);
    case DROP:
      return { kind: "drop" };
    case SUM:
      return viewAggregation(asView({ sum: {} }), type, undefined);
    case LAST_VALUE:
      return viewAggregation(asView({ lastValue: {} }), type, undefined);
    case EXPLICIT_BUCKET_HISTOGRAM:
      return viewAggregation(asView({ explicitBucketHistogram: optionsOf(option) }), type, undefined);
    case EXPONENTIAL_HISTOGRAM:
      return viewAggregation(asView({ base2ExponentialBucketHistogram: optionsOf(option) }), type, undefined);
    default:
      return undefined;
  }
}

// The numbers of sdk-metrics' AggregationType, written out so that this package loads no SDK; stream.test.ts compares them.
export const DEFAULT = 0 as AggregationType.DEFAULT;
export const DROP = 1 as AggregationType.DROP;
export const SUM = 2 as AggregationType.SUM;
export const LAST_VALUE = 3 as AggregationType.LAST_VALUE;
export const EXPLICIT_BUCKET_HISTOGRAM = 4 as AggregationType.EXPLICIT_BUCKET_HISTOGRAM;
export const EXPONENTIAL_HISTOGRAM = 5 as AggregationType.EXPONENTIAL_HISTOGRAM;

function asView(aggregation: NonNullable<View["stream"]["aggregation"]>): View {
  return { selector: {}, stream: { aggregation } };
}

function optionsOf(option: { readonly options?: object }): object {
  return option.options ?? {};
}

/** As the SDK reads boundaries: in any order, with infinities at the ends; undefined when they cannot be ours. */
function explicit(boundaries: readonly number[]): Aggregation | undefined {
  const finite = boundaries.filter((boundary) => Math.abs(boundary) !== Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const ours = finite.every((boundary, i) => Number.isFinite(boundary) && boundary !== finite[i - 1]);
  return ours && finite.length < MAX_BOUNDARIES ? { kind: "histogram", boundaries: finite } : undefined;
}

/** What a histogram of ours takes. */
const MAX_BOUNDARIES = 1_000;
