import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import {
  baggageSpanProcessor,
  createSpanExporter,
  createTracerProvider,
  type EngineTracerProvider,
  ignoreSpan,
  isSampled,
  keepEarlyIds,
  redactionSpanProcessor,
  SpanBatch,
  type TracerProviderOptions,
} from "@telltale/tracing";
import type { BatchConfiguration, Configuration, SpanExporterConfiguration } from "./configuration.ts";
import { shownEndpoint } from "./delivery.ts";
import { type BatchExporter, ExportQueue } from "./export-queue.ts";
import { knownAttributes } from "./resource.ts";
import { type SamplingControl, startSampling } from "./sampling.ts";
import type { Signal } from "./signal.ts";
import { spanMetricsProcessor } from "./span-metrics.ts";
import { plainSpan } from "./undelivered.ts";

const require = createRequire(import.meta.url);

export interface Traces extends Signal {
  readonly provider: EngineTracerProvider;
  readonly sampling: SamplingControl;
}

interface ExporterQueue {
  readonly exporter: SpanExporterConfiguration;
  readonly queue: ExportQueue<ReadableSpan | Uint8Array>;
  readonly what: string;
  readonly to: string;
}

/** The tracer provider with a queue for each exporter. */
export function startTraces(configuration: Configuration["tracing"], resource: Resource): Traces {
  const queues: ExporterQueue[] = [];
  const printers: SpanExporter[] = [];
  const exporting: SpanProcessor[] = [];
  const serviceName = String(knownAttributes(resource)["service.name"]);
  const sampling = startSampling(configuration, serviceName);
  const processors: SpanProcessor[] = [redactionSpanProcessor()];
  if (configuration.baggageAttributes.length > 0) {
    processors.push(baggageSpanProcessor({ attributes: configuration.baggageAttributes }));
  }
  if (configuration.spanMetrics) processors.push(spanMetricsProcessor(serviceName));
  for (const exporter of configuration.exporters) {
    if (exporter.type === "console") {
      const printer = createSpanExporter(exporter);
      printers.push(printer);
      exporting.push(printingProcessor(printer));
      continue;
    }
    const to = exporter.type === "file" ? exporter.path : exporter.endpoint;
    const what = `spans to ${to}`;
    const { batch } = configuration;
    const queue = spanQueue(exporter, { batch, what });
    queues.push({ exporter, queue, what, to: shownEndpoint(to) });
    exporting.push(queueingProcessor(queue));
  }
  processors.push(sampling.beforeExport(exporting));
  const provider = tracerProvider(configuration.engine, {
    resource,
    sampler: sampling.sampler,
    spanLimits: { ...configuration.limits },
    spanProcessors: processors,
  });
  return {
    provider,
    sampling: {
      set: sampling.set,
      status: () => ({
        ...sampling.status(),
        queues: queues.map(({ queue, what }) => ({ what, pending: queue.pending, dropped: queue.dropped })),
      }),
    },
    flush: () => provider.forceFlush(),
    async shutdown() {
      sampling.stop();
      await provider.shutdown();
    },
    deliveries: () => queues.map(({ queue, to }) => ({ signal: "traces", to, ...queue.delivery })),
    pending: () => queues.reduce((sum, { queue }) => sum + queue.pending, 0),
    takeUndelivered() {
      sampling.keepWaiting();
      // What they hold back for the rest of its trace is printed at once.
      for (const printer of printers) void printer.shutdown();
      return queues.map(({ exporter, queue }) => ({
        signal: "traces",
        exporter,
        items: queue.takeUndelivered().map((one) => (one instanceof Uint8Array ? one : plainSpan(one))),
      }));
    },
  };
}

/** Loaded only where it is asked for: it is a good part of what telemetry costs at start. */
function sdk(): typeof import("@opentelemetry/sdk-trace") {
  return require("@opentelemetry/sdk-trace");
}

function tracerProvider(
  engine: Configuration["tracing"]["engine"],
  options: Required<Omit<TracerProviderOptions, "idGenerator">>,
): EngineTracerProvider {
  switch (engine) {
    case "telltale":
      return createTracerProvider(options);
    case "sdk": {
      const { TracerProvider, RandomIdGenerator } = sdk();
      const spanProcessors = [...options.spanProcessors];
      return new TracerProvider({ ...options, spanProcessors, idGenerator: keepEarlyIds(new RandomIdGenerator()) });
    }
  }
}

/** Spans go to the console as they end, so that they stand between the application's own lines. */
function printingProcessor(printer: SpanExporter): SpanProcessor {
  return {
    onStart: ignoreSpan,
    onEnd(span) {
      if (isSampled(span)) printer.export([span], () => {});
    },
    forceFlush: async () => {},
    shutdown: () => printer.shutdown(),
  };
}

/** Spans that leave as protobuf are encoded while they wait; of what was encoded, undelivered spans are the request's bytes. */
function spanQueue(
  configuration: SpanExporterConfiguration,
  options: { readonly batch: BatchConfiguration; readonly what: string },
): ExportQueue<ReadableSpan | Uint8Array> {
  const exporter = createSpanExporter(configuration) as BatchExporter<ReadableSpan | Uint8Array>;
  const isProtobuf = configuration.type === "otlp" && configuration.protocol !== "http/json";
  return new ExportQueue({ ...options, exporter, ...(isProtobuf && { newBatch: () => new SpanBatch() }) });
}

function queueingProcessor(queue: ExportQueue<ReadableSpan | Uint8Array>): SpanProcessor {
  return {
    onStart: ignoreSpan,
    onEnd(span) {
      if (isSampled(span)) queue.add(span);
    },
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(),
  };
}
