export { currentSpanId, currentTraceId } from "./active-span.ts";
export { type BaggageSpanProcessorOptions, baggageSpanProcessor } from "./baggage-span-processor.ts";
export { keepEarlyIds } from "./early-ids.ts";
export { discardEarlySpans, replayEarlySpans } from "./early-spans.ts";
export type { JaegerExporterConfiguration } from "./jaeger-thrift-exporter.ts";
export {
  createOtlpExporter,
  type OtlpExporter,
  type OtlpExporterConfiguration,
  type OtlpSignal,
} from "./otlp-exporter.ts";
export { type OutageOptions, reportOutages } from "./outage.ts";
export { type RateLimitingSamplerOptions, rateLimitingSampler } from "./rate-limiting-sampler.ts";
export { redactSql } from "./redact-sql.ts";
export { redactionSpanProcessor } from "./redaction-span-processor.ts";
export { createSpanExporter, type SpanExporterConfiguration } from "./span-exporter.ts";
export { sqlOperation } from "./sql-operation.ts";
export { type TracedOptions, traced } from "./traced.ts";
export { type WithSpanOptions, withSpan } from "./with-span.ts";
export type { ZipkinExporterConfiguration } from "./zipkin-exporter.ts";
