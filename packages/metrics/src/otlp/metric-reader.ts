import { context, createContextKey, diag } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import type {
  AggregationOption,
  AggregationSelector,
  AggregationTemporality,
  AggregationTemporalitySelector,
  CollectionResult,
  IMetricReader,
  InstrumentType,
  MetricProducer,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { InstrumentSource } from "../metric-producer.ts";
import { type MetricsRequest, type MetricsRequestEncoder, metricsRequestEncoder } from "./metrics-request.ts";
import { atOnce, inSlices } from "./slices.ts";

/** Sends encoded requests; in all else what a PushMetricExporter is. */
export interface MetricsRequestExporter {
  /** `request` is an ExportMetricsServiceRequest in protobuf. Its bytes must not be read after `done` was called. */
  export(request: Uint8Array, done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
  /** @default cumulative for all */
  readonly selectAggregationTemporality?: AggregationTemporalitySelector;
  readonly selectAggregation?: AggregationSelector;
}

export interface OtlpMetricReaderOptions {
  readonly exporter: MetricsRequestExporter;
  /** @default 60000 */
  readonly exportIntervalMs?: number;
  /** Given to the collection, and to the export. @default 30000 */
  readonly exportTimeoutMs?: number;
  /** Sources of metrics beside the SDK and the instruments of this package. @default none */
  readonly metricProducers?: readonly MetricProducer[];
}

/** For the `readers` of a MeterProvider. Its `collect()` gives what the SDK and the producers have, as any reader's does. */
export interface OtlpMetricReader extends IMetricReader {
  /** Reports instruments beside the declared ones of this process. */
  addSource(source: InstrumentSource): void;
  /**
   * Encodes what `collect()` gave and all instruments at once, for a process that is about to end. An export in the making
   * is finished and comes first, since what it has taken would be lost.
   */
  lastRequests(collected: ResourceMetrics): Uint8Array[];
}

/** OpenTelemetry SDK specification, "Periodic exporting MetricReader". */
const defaults = { exportIntervalMs: 60_000, exportTimeoutMs: 30_000, metricProducers: [] };

/** The key of `suppressTracing` in @opentelemetry/core, which is not loaded for it: exports make no spans and no figures. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** OpenTelemetry SDK specification, "Cardinality limits". */
const CARDINALITY_LIMIT = 2_000;

/**
 * A periodic reader that encodes OTLP itself: what the instruments of this package report is encoded once, and at each
 * export only times and values are written into it. It stands where a PeriodicExportingMetricReader with an OTLP exporter
 * and an `instrumentProducer()` would, and sends the same bytes.
 */
export function otlpMetricReader(options: OtlpMetricReaderOptions): OtlpMetricReader {
  const { exporter, exportIntervalMs, exportTimeoutMs, metricProducers } = { ...defaults, ...options };
  const temporality = (type: InstrumentType): AggregationTemporality =>
    exporter.selectAggregationTemporality?.(type) ?? (1 as AggregationTemporality.CUMULATIVE);
  const encoder = metricsRequestEncoder(temporality);
  let producer: MetricProducer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ongoing: Promise<void> | undefined;
  let encoding: ReturnType<MetricsRequestEncoder["encode"]> | undefined;
  let stopped = false;

  async function collect(): Promise<CollectionResult> {
    if (producer === undefined) throw new Error("The OTLP metric reader belongs to no MeterProvider yet");
    const limit = { timeoutMillis: exportTimeoutMs };
    const [sdk, ...others] = await Promise.all([
      producer.collect(limit),
      ...metricProducers.map((one) => withoutFailure(one.collect(limit))),
    ]);
    return {
      resourceMetrics: {
        resource: sdk.resourceMetrics.resource,
        scopeMetrics: [sdk, ...others].flatMap(({ resourceMetrics }) => resourceMetrics.scopeMetrics),
      },
      errors: [sdk, ...others].flatMap(({ errors }) => errors),
    };
  }

  async function run(): Promise<void> {
    const { resourceMetrics, errors } = await collect();
    if (errors.length > 0) diag.error("telltale: some metrics could not be collected", ...errors);
    await settled(resourceMetrics.resource);
    encoding = encoder.encode(resourceMetrics);
    const request = await inSlices(encoding);
    encoding = undefined;
    if (request === undefined) return;
    const result = await within(exportTimeoutMs, exported(request));
    // Failures are the exporter's to tell. Bytes that it may still be sending are not written over.
    if (result?.code === 0) request.release();
    else diag.debug("telltale: an export of metrics failed", result?.error ?? `no answer in ${exportTimeoutMs} ms`);
  }

  function exported({ bytes }: MetricsRequest): Promise<ExportResult> {
    const untraced = context.active().setValue(SUPPRESS_TRACING, true);
    return new Promise((resolve) => context.with(untraced, () => exporter.export(bytes, resolve)));
  }

  /** One at a time; never rejects. */
  function runOnce(): Promise<void> {
    ongoing ??= run()
      .catch((error: unknown) => diag.error("telltale: metrics could not be exported", error))
      .finally(() => {
        ongoing = undefined;
        encoding = undefined;
      });
    return ongoing;
  }

  async function flush(): Promise<void> {
    await ongoing;
    await runOnce();
    await exporter.forceFlush();
  }

  return {
    setMetricProducer(given): void {
      if (producer !== undefined) throw new Error("An OTLP metric reader can belong to one MeterProvider only");
      producer = given;
      timer = setInterval(() => void runOnce(), exportIntervalMs).unref();
    },
    selectAggregationTemporality: temporality,
    selectAggregation: (type): AggregationOption =>
      exporter.selectAggregation?.(type) ?? ({ type: 0 } as AggregationOption),
    selectCardinalityLimit: () => CARDINALITY_LIMIT,
    addSource: (source) => encoder.addSource(source),
    collect,
    lastRequests(collected) {
      const unfinished = encoding && atOnce(encoding);
      const last = atOnce(encoder.encode(collected));
      return [unfinished, last].flatMap((request) => request?.bytes ?? []);
    },
    async forceFlush({ timeoutMillis } = {}): Promise<void> {
      if (!stopped) await within(timeoutMillis, flush());
    },
    async shutdown({ timeoutMillis } = {}): Promise<void> {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      await within(
        timeoutMillis,
        flush().finally(() => exporter.shutdown()),
      );
    },
  };
}

/** A producer that rejects leaves the others' metrics as they are. */
async function withoutFailure(collection: Promise<CollectionResult>): Promise<CollectionResult> {
  try {
    return await collection;
  } catch (error) {
    return { resourceMetrics: { resource: {} as ResourceMetrics["resource"], scopeMetrics: [] }, errors: [error] };
  }
}

/** Detectors may still be at work on a resource's attributes. */
async function settled(resource: ResourceMetrics["resource"]): Promise<void> {
  if (!resource.asyncAttributesPending) return;
  try {
    await resource.waitForAsyncAttributes?.();
  } catch (error) {
    diag.debug("telltale: some attributes of the resource were not detected", error);
  }
}

/** What the promise gives, or undefined when it takes longer. */
async function within<T>(limitMs: number | undefined, promise: Promise<T>): Promise<T | undefined> {
  if (limitMs === undefined) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    // What is waited for keeps the process alive, or does not.
    timer = setTimeout(resolve, limitMs, undefined).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
