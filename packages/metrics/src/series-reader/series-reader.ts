import type {
  AggregationOption,
  AggregationTemporality,
  CollectionResult,
  IMetricReader,
  MetricProducer,
} from "@opentelemetry/sdk-metrics";
import { inSlices } from "../otlp/slices.ts";
import { localSource } from "../prometheus/page-source.ts";
import type { SeriesBatch } from "../series-batch.ts";
import { type BatchCollector, batchCollector } from "./batch-collector.ts";
import { checkedTargetLabels } from "./target-labels.ts";

export interface SeriesReaderOptions {
  /**
   * Labels that every series carries, such as `job` and `instance`. A series that has one of them itself keeps it as `exported_…`.
   * @default none
   */
  readonly targetLabels?: Readonly<Record<string, string>>;
}

/** Gives all that a Prometheus page of this process would have as numbers, for a store in another thread. */
export interface SeriesReader {
  /** For the `readers` of a MeterProvider. Without one, the instruments of this package are collected all the same. */
  readonly reader: IMetricReader;
  /**
   * Collects in slices of some milliseconds, one collection after another. `timeMs` is the time of the samples, now unless it is given.
   */
  collect(timeMs?: number): Promise<SeriesBatch>;
  /** Lets the next batch begin anew, as for a store that does not know what earlier ones told of. */
  tellAnew(): void;
}

/**
 * Reads the metrics of this process for a store of series: labels go over once, and from then on ids and numbers in two arrays.
 * ```ts
 * const series = seriesReader({ targetLabels: { job: "desk", instance: "desk-1" } });
 * meterProvider({ readers: [series.reader] });
 * const batch = await series.collect();
 * worker.postMessage(batch, transferables(batch));
 * ```
 * @throws TypeError with code TELLTALE_BAD_TARGET_LABEL
 */
export function seriesReader({ targetLabels = {} }: SeriesReaderOptions = {}): SeriesReader {
  const target = checkedTargetLabels(targetLabels);
  const reader = pullReader();
  const source = localSource(reader);
  let collector: BatchCollector = batchCollector();
  let sequence = 0;
  let last: Promise<unknown> = Promise.resolve();

  function tellAnew(): void {
    collector = batchCollector();
    sequence = 0;
  }

  async function collectNext(timeMs: number): Promise<SeriesBatch> {
    const begunMs = performance.now();
    const contents = await source();
    const using = collector;
    try {
      const columns = await inSlices(using.collect(contents));
      // Somebody may have asked for a new beginning meanwhile, which this would not be.
      if (using !== collector) return collectNext(timeMs);
      return { sequence: sequence++, timeMs, durationMs: performance.now() - begunMs, target, ...columns };
    } catch (error) {
      // What was told by half is told again.
      if (using === collector) tellAnew();
      throw error;
    }
  }

  return {
    reader,
    tellAnew,
    collect(timeMs = Date.now()) {
      const next = last.then(() => collectNext(timeMs));
      // Who asked for it is told when it fails; the next one is made all the same.
      last = next.catch(() => {});
      return next;
    },
  };
}

/** What `postMessage` hands over instead of copying it. The batch is empty here from then on. */
export function transferables({ news, ids, values, histograms, gone }: SeriesBatch): ArrayBuffer[] {
  return [...news, ids, values, histograms, gone].map(({ buffer }) => buffer);
}

/** OpenTelemetry SDK specification, "Cardinality limits". */
const CARDINALITY_LIMIT = 2_000;

/** A reader that collects when it is asked to, and knows whether there is a MeterProvider behind it. */
function pullReader(): IMetricReader & { readonly bound: boolean } {
  let producer: MetricProducer | undefined;
  return {
    get bound() {
      return producer !== undefined;
    },
    setMetricProducer(given) {
      if (producer !== undefined) throw new Error("A series reader can belong to one MeterProvider only");
      producer = given;
    },
    selectAggregation: () => ({ type: 0 }) as AggregationOption,
    selectAggregationTemporality: () => 1 as AggregationTemporality.CUMULATIVE,
    selectCardinalityLimit: () => CARDINALITY_LIMIT,
    async collect(options): Promise<CollectionResult> {
      if (producer === undefined) throw new Error("The series reader belongs to no MeterProvider yet");
      return producer.collect(options);
    },
    // There is nothing to send, so nothing to wait for.
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
