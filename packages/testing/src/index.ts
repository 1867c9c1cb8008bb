export type { CollectedMetric, CollectedPoint } from "./collected-metrics.ts";
export { type DrawTraceOptions, drawTrace } from "./draw-trace.ts";
export { type InMemoryTelemetry, type InMemoryTelemetryOptions, inMemoryTelemetry } from "./in-memory.ts";
export type {
  ExponentialHistogramValue,
  HistogramValue,
  MetricType,
  MetricValue,
  SummaryValue,
} from "./metric-value.ts";
export { type OtlpReceiver, type OtlpReceiverOptions, otlpReceiver, type ReceivedRequest } from "./otlp-receiver.ts";
export type { ReceivedAttributes, ReceivedResource, ReceivedScope } from "./received-attributes.ts";
export type { ReceivedLog } from "./received-log.ts";
export type { ReceivedExemplar, ReceivedMetric, ReceivedPoint } from "./received-metric.ts";
export type { ReceivedEvent, ReceivedLink, ReceivedSpan, SpanKindName } from "./received-span.ts";
export type { ReceiverAnswer } from "./receiver-answer.ts";
