import type { ValueType } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { IMetricReader, InstrumentType } from "@opentelemetry/sdk-metrics";
import { DEFAULT_MAX_SERIES } from "../declaration.ts";
import {
  type Aggregation,
  defaultAggregation,
  readerAggregation,
  type StreamPlan,
  type SynchronousType,
  viewAggregation,
} from "./stream.ts";
import type { ReadyView } from "./view.ts";

/** A synchronous instrument as it was asked for. */
export interface AskedInstrument {
  readonly scope: InstrumentationScope;
  readonly type: SynchronousType;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly valueType: ValueType;
  /** Its advice of `explicitBucketBoundaries`. */
  readonly boundaries: readonly number[] | undefined;
  readonly exemplars: boolean;
}

/** One stream and the readers, by number, that see it. */
export interface PlannedStream {
  readonly plan: StreamPlan;
  readonly readers: readonly number[];
}

/**
 * The streams of an instrument: one for each view that selects it, or one when none does, each apart for readers that want
 * it differently. Undefined when one of them is something that only the SDK can sum up.
 */
export function planStreams(
  asked: AskedInstrument,
  { views, readers }: { readonly views: readonly ReadyView[]; readonly readers: readonly IMetricReader[] },
): readonly PlannedStream[] | undefined {
  const { type, boundaries, scope, valueType, exemplars, unit } = asked;
  const selecting = views.filter((view) => view.selects(asked));
  const planned = new Map<string, { readonly plan: StreamPlan; readonly readers: number[] }>();
  for (const [reader, { aggregation: wanted, maxSeries }] of wishes().entries()) {
    for (const [i, view] of (selecting.length > 0 ? selecting : [undefined]).entries()) {
      const aggregation = view === undefined ? wanted : viewAggregation(view.view, type, wanted);
      if (aggregation === undefined) return undefined;
      if (aggregation.kind === "drop") continue;
      const { name, description, aggregationCardinalityLimit } = view?.view.stream ?? {};
      const plan: StreamPlan = {
        name: name ?? asked.name,
        unit,
        description: description ?? asked.description,
        valueType,
        scope,
        aggregation,
        keepKey: view?.keepKey,
        maxSeries: aggregationCardinalityLimit ?? maxSeries,
        exemplars,
      };
      const key = JSON.stringify([i, aggregation, plan.maxSeries]);
      const same = planned.get(key);
      if (same === undefined) planned.set(key, { plan, readers: [reader] });
      else same.readers.push(reader);
    }
  }
  return [...planned.values()];

  /** What each reader wants where no view decides. */
  function wishes(): readonly { readonly aggregation: Aggregation | undefined; readonly maxSeries: number }[] {
    return readers.map((reader) => {
      const sdkType = sdkTypes[type];
      const option = reader.selectAggregation(sdkType);
      return {
        aggregation: option ? readerAggregation(option, type, boundaries) : defaultAggregation(type, boundaries),
        maxSeries: reader.selectCardinalityLimit?.(sdkType) ?? DEFAULT_MAX_SERIES,
      };
    });
  }
}

const sdkTypes = {
  counter: "COUNTER",
  up_down_counter: "UP_DOWN_COUNTER",
  gauge: "GAUGE",
  histogram: "HISTOGRAM",
} as Readonly<Record<SynchronousType, InstrumentType>>;
