export { currentSpanId, currentTraceId } from "./active-span.ts";
export { type BaggageSpanProcessorOptions, baggageSpanProcessor } from "./baggage-span-processor.ts";
export { captureContext } from "./captured-context.ts";
export type { ConsoleExporterConfiguration } from "./console/console-exporter.ts";
export { keepEarlyIds } from "./early-ids.ts";
export { discardEarlySpans, replayEarlySpans } from "./early-spans.ts";
export { activeContext, createContextManager, registerContextManager } from "./engine/context-manager.ts";
export { ignoreSpan } from "./engine/guarded-processor.ts";
export { randomIdGenerator } from "./engine/random-ids.ts";
export { isSampled } from "./engine/recording-span.ts";
export { contextWithSpan } from "./engine/span-frame.ts";
export {
  createTracerProvider,
  type EngineTracerProvider,
  type TracerProviderOptions,
} from "./engine/tracer-provider.ts";
export type { FileExporterConfiguration } from "./file/file-exporter.ts";
export { unrefConnections } from "./http/connections.ts";
export type { JaegerExporterConfiguration } from "./jaeger/configuration.ts";
export type { OtlpExporterConfiguration, OtlpSignal } from "./otlp/configuration.ts";
export { SpanBatch } from "./otlp/span-batch.ts";
export { createOtlpExporter, type OtlpExporter } from "./otlp-exporter.ts";
export { type OutageOptions, reportOutages } from "./outage.ts";
export { type RecordErrorOptions, recordError } from "./record-error.ts";
export { redactSql } from "./redact-sql.ts";
export { redactionSpanProcessor } from "./redaction-span-processor.ts";
export { requestId, requestIdPropagator } from "./request-id.ts";
export { type AdjustableSampler, adjustableSampler, type SamplingSetup } from "./samplers/adjustable-sampler.ts";
export { alwaysOffSampler, alwaysOnSampler } from "./samplers/constant-sampler.ts";
export {
  type JaegerRemoteSampler,
  type JaegerRemoteSamplerOptions,
  jaegerRemoteSampler,
} from "./samplers/jaeger-remote-sampler.ts";
export { type ParentBasedSamplerOptions, parentBasedSampler } from "./samplers/parent-based-sampler.ts";
export { type RateLimitingSamplerOptions, rateLimitingSampler } from "./samplers/rate-limiting-sampler.ts";
export { ratioSampler } from "./samplers/ratio-sampler.ts";
export {
  type RuleSampler,
  type RuleSamplerOptions,
  type RuleStatus,
  ruleSampler,
  type SamplingRule,
} from "./samplers/rule-sampler.ts";
export {
  type TailSamplingOptions,
  type TailSamplingProcessor,
  type TailSamplingStatus,
  tailSamplingProcessor,
} from "./samplers/tail-sampling-processor.ts";
export { createSpanExporter, type SpanExporterConfiguration } from "./span-exporter.ts";
export { sqlOperation } from "./sql-operation.ts";
export { type TracedOptions, traced } from "./traced.ts";
export { tracedIterable } from "./traced-iterable.ts";
export { type TracedJobOptions, tracedInterval, tracedJob } from "./traced-job.ts";
export { tracedStream } from "./traced-stream.ts";
export { type MessageHeaders, type WithMessagesOptions, withMessages } from "./with-messages.ts";
export { type WithSpanOptions, withSpan } from "./with-span.ts";
export { type Callback, withSpanCallback } from "./with-span-callback.ts";
export type { ZipkinExporterConfiguration } from "./zipkin-exporter.ts";
