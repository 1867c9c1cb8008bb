export type { CollectedMetric, CollectedPoint } from "./collected-metrics.ts";
export interface CollectedMetric {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly type: MetricType;
    readonly points: readonly CollectedPoint[];
}
export interface CollectedPoint {
    readonly attributes: Attributes;
    readonly value: MetricValue;
    readonly scope: string;
}
export { type DrawTraceOptions, drawTrace } from "./draw-trace.ts";
export interface DrawTraceOptions {
    readonly attributes?: readonly string[];
    readonly order?: "start" | "name";
}
export declare function drawTrace(spans: readonly (ReadableSpan | ReceivedSpan)[], options?: DrawTraceOptions): string;
export { type InMemoryTelemetry, type InMemoryTelemetryOptions, inMemoryTelemetry } from "./in-memory.ts";
export interface InMemoryTelemetryOptions {
    readonly resource?: Readonly<Record<string, string>>;
    readonly sampler?: Sampler;
    readonly spanProcessors?: readonly SpanProcessor[];
    readonly metricProducers?: readonly MetricProducer[];
}
export interface InMemoryTelemetry extends AsyncDisposable {
    finishedSpans(): readonly ReadableSpan[];
    span(name: string): ReadableSpan;
    metric(name: string): Promise<CollectedMetric>;
    metrics(): Promise<readonly CollectedMetric[]>;
    logs(): readonly ReadableLogRecord[];
    reset(): Promise<void>;
    shutdown(): Promise<void>;
}
export declare function inMemoryTelemetry(options?: InMemoryTelemetryOptions): InMemoryTelemetry;
export type { ExponentialHistogramValue, HistogramValue, MetricType, MetricValue, SummaryValue, } from "./metric-value.ts";
export type MetricType = "sum" | "gauge" | "histogram" | "exponential_histogram" | "summary";
export interface HistogramValue {
    readonly count: number;
    readonly sum: number | undefined;
    readonly min: number | undefined;
    readonly max: number | undefined;
    readonly boundaries: readonly number[];
    readonly counts: readonly number[];
}
export interface ExponentialHistogramValue {
    readonly count: number;
    readonly sum: number | undefined;
    readonly min: number | undefined;
    readonly max: number | undefined;
    readonly scale: number;
    readonly zeroCount: number;
    readonly positive: {
        readonly offset: number;
        readonly counts: readonly number[];
    };
    readonly negative: {
        readonly offset: number;
        readonly counts: readonly number[];
    };
}
export interface SummaryValue {
    readonly count: number;
    readonly sum: number;
    readonly quantiles: readonly {
        readonly quantile: number;
        readonly value: number;
    }[];
}
export type MetricValue = number | HistogramValue | ExponentialHistogramValue | SummaryValue;
export { type OtlpReceiver, type OtlpReceiverOptions, otlpReceiver, type ReceivedRequest } from "./otlp-receiver.ts";
export interface OtlpReceiverOptions {
    readonly port?: number;
    readonly tls?: {
        readonly key: string;
        readonly cert: string;
        readonly clientCa?: string;
    };
}
export interface ReceivedRequest {
    readonly path: string;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly contentType: string;
    readonly contentEncoding: string;
    readonly body: Uint8Array;
    readonly sizeBytes: number;
    readonly status: number;
}
export interface OtlpReceiver extends AsyncDisposable {
    readonly url: string;
    readonly port: number;
    readonly requests: readonly ReceivedRequest[];
    spans(): readonly ReceivedSpan[];
    metrics(): readonly ReceivedMetric[];
    logs(): readonly ReceivedLog[];
    problems(): readonly string[];
    waitFor<T>(predicate: (receiver: OtlpReceiver) => T | false | undefined, options?: {
        readonly timeoutMs?: number;
    }): Promise<T>;
    waitForSpans(count: number, options?: {
        readonly timeoutMs?: number;
    }): Promise<readonly ReceivedSpan[]>;
    respond(answer: ReceiverAnswer, options?: {
        readonly times?: number;
    }): void;
    clear(): void;
    close(): Promise<void>;
}
export declare function otlpReceiver(options?: OtlpReceiverOptions): Promise<OtlpReceiver>;
export type { ReceivedAttributes, ReceivedResource, ReceivedScope } from "./received-attributes.ts";
export type ReceivedAttributes = Readonly<Record<string, unknown>>;
export interface ReceivedResource {
    readonly attributes: ReceivedAttributes;
    readonly schemaUrl: string;
}
export interface ReceivedScope {
    readonly name: string;
    readonly version: string;
    readonly attributes: ReceivedAttributes;
    readonly schemaUrl: string;
}
export type { ReceivedLog } from "./received-log.ts";
export interface ReceivedLog {
    readonly timeUnixNano: bigint;
    readonly observedTimeUnixNano: bigint;
    readonly severityNumber: number;
    readonly severityText: string;
    readonly body: unknown;
    readonly eventName: string;
    readonly attributes: ReceivedAttributes;
    readonly droppedAttributesCount: number;
    readonly traceId: string | undefined;
    readonly spanId: string | undefined;
    readonly flags: number;
    readonly resource: ReceivedResource;
    readonly scope: ReceivedScope;
}
export type { ReceivedExemplar, ReceivedMetric, ReceivedPoint } from "./received-metric.ts";
export interface ReceivedMetric {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly type: MetricType;
    readonly temporality: "unspecified" | "delta" | "cumulative" | undefined;
    readonly monotonic: boolean | undefined;
    readonly points: readonly ReceivedPoint[];
    readonly resource: ReceivedResource;
    readonly scope: ReceivedScope;
}
export interface ReceivedPoint {
    readonly attributes: ReceivedAttributes;
    readonly value: MetricValue;
    readonly startTimeUnixNano: bigint;
    readonly timeUnixNano: bigint;
    readonly exemplars: readonly ReceivedExemplar[];
}
export interface ReceivedExemplar {
    readonly value: number;
    readonly timeUnixNano: bigint;
    readonly traceId: string | undefined;
    readonly spanId: string | undefined;
    readonly filteredAttributes: ReceivedAttributes;
}
export type { ReceivedEvent, ReceivedLink, ReceivedSpan, SpanKindName } from "./received-span.ts";
export type SpanKindName = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";
export interface ReceivedSpan {
    readonly name: string;
    readonly kind: SpanKindName;
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId: string | undefined;
    readonly traceState: string;
    readonly flags: number;
    readonly startTimeUnixNano: bigint;
    readonly endTimeUnixNano: bigint;
    readonly attributes: ReceivedAttributes;
    readonly events: readonly ReceivedEvent[];
    readonly links: readonly ReceivedLink[];
    readonly status: {
        readonly code: "unset" | "ok" | "error";
        readonly message: string;
    };
    readonly droppedAttributesCount: number;
    readonly droppedEventsCount: number;
    readonly droppedLinksCount: number;
    readonly resource: ReceivedResource;
    readonly scope: ReceivedScope;
}
export interface ReceivedEvent {
    readonly name: string;
    readonly timeUnixNano: bigint;
    readonly attributes: ReceivedAttributes;
}
export interface ReceivedLink {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string;
    readonly attributes: ReceivedAttributes;
}
export type { ReceiverAnswer } from "./receiver-answer.ts";
export type ReceiverAnswer =
