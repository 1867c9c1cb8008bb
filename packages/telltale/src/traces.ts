import { createRequire } from "node:module";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, Sampler, SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import {
  baggageSpanProcessor,
  createSpanExporter,
  keepEarlyIds,
  rateLimitingSampler,
  redactionSpanProcessor,
} from "@telltale/tracing";
import type { Configuration, SpanExporterConfiguration } from "./configuration.ts";
import { ExportQueue } from "./export-queue.ts";
import type { Signal } from "./signal.ts";
import { plainSpan } from "./undelivered.ts";

const require = createRequire(import.meta.url);

export interface Traces extends Signal {
  readonly provider: TracerProvider;
}

/** The tracer provider with a queue for each exporter. */
export function startTraces(configuration: Configuration["tracing"], resource: Resource): Traces {
  const sdk = require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
  const queues: { readonly exporter: SpanExporterConfiguration; readonly queue: ExportQueue<ReadableSpan> }[] = [];
  const processors: SpanProcessor[] = [redactionSpanProcessor()];
  if (configuration.baggageAttributes.length > 0) {
    processors.push(baggageSpanProcessor({ attributes: configuration.baggageAttributes }));
  }
  for (const exporter of configuration.exporters) {
    if (exporter.type === "console") {
      processors.push(new sdk.SimpleSpanProcessor({ exporter: createSpanExporter(exporter) }));
      continue;
    }
    const queue = new ExportQueue<ReadableSpan>({
      exporter: createSpanExporter(exporter),
      batch: configuration.batch,
      what: `spans to ${exporter.endpoint}`,
    });
    queues.push({ exporter, queue });
    processors.push(queueingProcessor(queue));
  }
  const provider = new sdk.TracerProvider({
    resource,
    sampler: sampler(configuration, sdk),
    spanLimits: { ...configuration.limits },
    spanProcessors: processors,
    idGenerator: keepEarlyIds(new sdk.RandomIdGenerator()),
  });
  return {
    provider,
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
    pending: () => queues.reduce((sum, { queue }) => sum + queue.pending, 0),
    takeUndelivered: () =>
      queues.map(({ exporter, queue }) => ({
        signal: "traces",
        exporter,
        items: queue.takeUndelivered().map(plainSpan),
      })),
  };
}

function queueingProcessor(queue: ExportQueue<ReadableSpan>): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      if (span.spanContext().traceFlags & 1) queue.add(span);
    },
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(),
  };
}

function sampler(
  { sampling, parentBased }: Configuration["tracing"],
  sdk: typeof import("@opentelemetry/sdk-trace"),
): Sampler {
  const root = rootSampler(sampling, sdk);
  return parentBased ? new sdk.ParentBasedSampler({ root }) : root;
}

function rootSampler(
  sampling: Configuration["tracing"]["sampling"],
  sdk: typeof import("@opentelemetry/sdk-trace"),
): Sampler {
  switch (sampling.type) {
    case "always_on":
      return new sdk.AlwaysOnSampler();
    case "always_off":
      return new sdk.AlwaysOffSampler();
    case "ratio":
      return new sdk.TraceIdRatioBasedSampler(sampling.ratio);
    case "rate_limiting":
      return rateLimitingSampler({ tracesPerSecond: sampling.tracesPerSecond });
  }
}
