export { currentSpanId, currentTraceId } from "./active-span.ts";
export declare function currentTraceId(): string | undefined;
export declare function currentSpanId(): string | undefined;
export { type BaggageSpanProcessorOptions, baggageSpanProcessor } from "./baggage-span-processor.ts";
export interface BaggageSpanProcessorOptions {
    readonly attributes: readonly string[];
}
export declare function baggageSpanProcessor({ attributes }: BaggageSpanProcessorOptions): SpanProcessor;
export { captureContext } from "./captured-context.ts";
export declare function captureContext(): <T>(fn: () => T) => T;
export type { ConsoleExporterConfiguration } from "./console/console-exporter.ts";
export interface ConsoleExporterConfiguration {
    readonly type: "console";
    readonly attributes: boolean;
    readonly colors: "auto" | "always" | "never";
}
export { keepEarlyIds } from "./early-ids.ts";
export declare function keepEarlyIds(generator: IdGenerator): IdGenerator;
export { discardEarlySpans, replayEarlySpans } from "./early-spans.ts";
export declare function replayEarlySpans(): number;
export declare function discardEarlySpans(): void;
export { activeContext, createContextManager, registerContextManager } from "./engine/context-manager.ts";
export declare function registerContextManager(): boolean;
export declare function activeContext(): Context;
export declare function createContextManager(): ContextManager;
export { ignoreSpan } from "./engine/guarded-processor.ts";
export declare function ignoreSpan(): void;
export { randomIdGenerator } from "./engine/random-ids.ts";
export declare function randomIdGenerator(): IdGenerator;
export { isSampled } from "./engine/recording-span.ts";
export declare function isSampled(span: {
    spanContext(): SpanContext;
}): boolean;
export { contextWithSpan } from "./engine/span-frame.ts";
export declare function contextWithSpan(context: Context, span: Span): Context;
export { createTracerProvider, type EngineTracerProvider, type TracerProviderOptions, } from "./engine/tracer-provider.ts";
export interface TracerProviderOptions {
    readonly resource?: Resource;
    readonly sampler?: Sampler;
    readonly spanLimits?: SpanLimits;
    readonly idGenerator?: IdGenerator;
    readonly spanProcessors?: readonly SpanProcessor[];
}
export interface EngineTracerProvider extends TracerProvider {
    forceFlush(options?: {
        readonly timeoutMillis?: number;
    }): Promise<void>;
    shutdown(): Promise<void>;
}
export declare function createTracerProvider(options?: TracerProviderOptions): EngineTracerProvider;
export type { FileExporterConfiguration } from "./file/file-exporter.ts";
export interface FileExporterConfiguration {
    readonly type: "file";
    readonly path: string;
    readonly maxSizeBytes: number;
    readonly maxFiles: number;
}
export { unrefConnections } from "./http/connections.ts";
export declare function unrefConnections(): void;
export type { JaegerExporterConfiguration } from "./jaeger/configuration.ts";
export interface JaegerExporterConfiguration {
    readonly type: "jaeger";
    readonly protocol: "otlp" | "thrift-http" | "thrift-udp" | "thrift-udp-compact" | "thrift-legacy";
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
}
export type { OtlpExporterConfiguration, OtlpSignal } from "./otlp/configuration.ts";
export type OtlpSignal = "traces" | "metrics" | "logs";
export interface OtlpExporterConfiguration {
    readonly protocol: "http/protobuf" | "http/json" | "grpc";
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly compression: "none" | "gzip" | "zstd";
    readonly certificate: string | undefined;
    readonly clientKey: string | undefined;
    readonly clientCertificate: string | undefined;
    readonly insecure: boolean;
}
export { SpanBatch } from "./otlp/span-batch.ts";
export declare class SpanBatch {
    #private;
    get length(): number;
    get resource(): Resource | undefined;
    add(span: ReadableSpan): void;
    request(): Generator<void, EncodedRequest>;
    undelivered(): (Uint8Array | ReadableSpan)[];
}
export { createOtlpExporter, type OtlpExporter } from "./otlp-exporter.ts";
export type OtlpExporter<T> = Exporter<T>;
export declare function createOtlpExporter<T>(signal: OtlpSignal, configuration: OtlpExporterConfiguration): OtlpExporter<T>;
export { type OutageOptions, reportOutages } from "./outage.ts";
export interface OutageOptions {
    readonly endpoint: string;
    readonly timeoutMs: number;
}
export declare function reportOutages<T>(what: string, exporter: Exporter<T>, options: OutageOptions): FlushableExporter<T>;
export { type RecordErrorOptions, recordError } from "./record-error.ts";
export interface RecordErrorOptions {
    readonly span?: Span;
    readonly attributes?: Attributes;
}
export declare function recordError(error: unknown, { span, attributes }?: RecordErrorOptions): void;
export { redactSql } from "./redact-sql.ts";
export declare function redactSql(text: string, system?: string): string;
export { redactionSpanProcessor } from "./redaction-span-processor.ts";
export declare function redactionSpanProcessor(): SpanProcessor;
export { requestId, requestIdPropagator } from "./request-id.ts";
export declare function requestId(from?: Context): string | undefined;
export declare function requestIdPropagator(): TextMapPropagator;
export { type AdjustableSampler, adjustableSampler, type SamplingSetup } from "./samplers/adjustable-sampler.ts";
export interface SamplingSetup {
    readonly root: Sampler;
    readonly parentBased: boolean;
    readonly recordUnsampled: boolean;
}
export interface AdjustableSampler extends Sampler {
    set(setup: SamplingSetup): void;
}
export declare function adjustableSampler(initial: SamplingSetup): AdjustableSampler;
export { alwaysOffSampler, alwaysOnSampler } from "./samplers/constant-sampler.ts";
export declare function alwaysOnSampler(): Sampler;
export declare function alwaysOffSampler(): Sampler;
export { type JaegerRemoteSampler, type JaegerRemoteSamplerOptions, jaegerRemoteSampler, } from "./samplers/jaeger-remote-sampler.ts";
export interface JaegerRemoteSamplerOptions {
    readonly serviceName: string;
    readonly endpoint?: string;
    readonly pollingIntervalMs?: number;
    readonly initial?: Sampler;
}
export interface JaegerRemoteSampler extends RuleSampler, Disposable {
    refresh(): Promise<void>;
}
export declare function jaegerRemoteSampler(options: JaegerRemoteSamplerOptions): JaegerRemoteSampler;
export { type ParentBasedSamplerOptions, parentBasedSampler } from "./samplers/parent-based-sampler.ts";
export interface ParentBasedSamplerOptions {
    readonly root: Sampler;
    readonly remoteParentSampled?: Sampler;
    readonly remoteParentNotSampled?: Sampler;
    readonly localParentSampled?: Sampler;
    readonly localParentNotSampled?: Sampler;
}
export declare function parentBasedSampler(options: ParentBasedSamplerOptions): Sampler;
export { type RateLimitingSamplerOptions, rateLimitingSampler } from "./samplers/rate-limiting-sampler.ts";
export interface RateLimitingSamplerOptions {
    readonly tracesPerSecond: number;
    readonly clock?: {
        now(): number;
    };
}
export declare function rateLimitingSampler(options: RateLimitingSamplerOptions): Sampler;
export { ratioSampler } from "./samplers/ratio-sampler.ts";
export declare function ratioSampler(ratio: number): Sampler;
export { type RuleSampler, type RuleSamplerOptions, type RuleStatus, ruleSampler, type SamplingRule, } from "./samplers/rule-sampler.ts";
export interface SamplingRule {
    readonly name?: string;
    readonly span?: string;
    readonly route?: string;
    readonly attributes?: Readonly<Record<string, string | number | boolean>>;
    readonly matches?: (span: {
        readonly name: string;
        readonly attributes: Attributes | undefined;
    }) => boolean;
    readonly sampler: Sampler;
}
export interface RuleSamplerOptions {
    readonly rules: readonly SamplingRule[];
    readonly otherwise: Sampler;
}
export interface RuleStatus {
    readonly rule: string;
    readonly sampler: string;
    readonly kept: number;
    readonly dropped: number;
}
export interface RuleSampler extends Sampler {
    status(): readonly RuleStatus[];
}
export declare function ruleSampler({ rules, otherwise }: RuleSamplerOptions): RuleSampler;
export { type TailSamplingOptions, type TailSamplingProcessor, type TailSamplingStatus, tailSamplingProcessor, } from "./samplers/tail-sampling-processor.ts";
export interface TailSamplingOptions {
    readonly next: Pick<SpanProcessor, "onEnd" | "forceFlush" | "shutdown">;
    readonly errors?: boolean;
    readonly slowerThanMs?: number;
    readonly maxSpans?: number;
}
export interface TailSamplingStatus {
    readonly waiting: number;
    readonly keptForErrors: number;
    readonly keptForSlowness: number;
    readonly keptAtEnd: number;
    readonly dropped: number;
    readonly evicted: number;
}
export interface TailSamplingProcessor extends SpanProcessor {
    status(): TailSamplingStatus;
    keepWaiting(): void;
}
export declare function tailSamplingProcessor(options: TailSamplingOptions): TailSamplingProcessor;
export { createSpanExporter, type SpanExporterConfiguration } from "./span-exporter.ts";
export type SpanExporterConfiguration = (OtlpExporterConfiguration & {
    readonly type: "otlp";
}) | JaegerExporterConfiguration | ZipkinExporterConfiguration | ConsoleExporterConfiguration | FileExporterConfiguration;
export declare function createSpanExporter(configuration: SpanExporterConfiguration): SpanExporter;
export { sqlOperation } from "./sql-operation.ts";
export declare function sqlOperation(statement: string, system?: string): string;
export { type TracedOptions, traced } from "./traced.ts";
export interface TracedOptions extends WithSpanOptions {
    readonly name?: string;
}
export declare function traced<F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext): F;
export declare function traced<F extends AnyFunction>(name: string, fn: F): F;
export declare function traced(options: TracedOptions): <F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext) => F;
export { tracedIterable } from "./traced-iterable.ts";
export declare function tracedIterable<T>(name: string, iterable: AsyncIterable<T> | Iterable<T>, options?: WithSpanOptions): AsyncIterable<T>;
export { type TracedJobOptions, tracedInterval, tracedJob } from "./traced-job.ts";
export interface TracedJobOptions extends Pick<WithSpanOptions, "attributes" | "tracer"> {
    readonly schedule?: string;
}
export declare function tracedJob<A extends unknown[], T>(name: string, fn: (...args: A) => T, options?: TracedJobOptions): (...args: A) => T;
export declare function tracedInterval(name: string, intervalMs: number, fn: (span: Span | undefined) => unknown, options?: TracedJobOptions): Disposable;
export { tracedStream } from "./traced-stream.ts";
export declare function tracedStream<S extends Stream>(name: string, stream: S, options?: WithSpanOptions): S;
export { type MessageHeaders, type WithMessagesOptions, withMessages } from "./with-messages.ts";
export type MessageHeaders = Readonly<Record<string, unknown>>;
export interface WithMessagesOptions<M> extends Pick<WithSpanOptions, "attributes" | "tracer"> {
    readonly destination: string;
    readonly system: string;
    readonly messages: readonly M[];
    readonly headers: (message: M) => MessageHeaders | undefined;
    readonly relation?: "link" | "parent";
}
export declare function withMessages<M, T>(options: WithMessagesOptions<M>, fn: (span: Span) => T): T;
export { type WithSpanOptions, withSpan } from "./with-span.ts";
export interface WithSpanOptions {
    readonly attributes?: Attributes;
    readonly kind?: SpanKind;
    readonly links?: readonly Link[];
    readonly root?: boolean;
    readonly parent?: Context;
    readonly tracer?: string;
}
export declare function withSpan<T>(name: string, fn: (span: Span) => T): T;
export declare function withSpan<T>(name: string, options: WithSpanOptions, fn: (span: Span) => T): T;
export { type Callback, withSpanCallback } from "./with-span-callback.ts";
export type Callback<A extends unknown[]> = (error: unknown, ...results: A) => void;
export declare function withSpanCallback<A extends unknown[], T>(name: string, { callback, ...options }: WithSpanOptions & {
    readonly callback: Callback<A>;
}, start: (done: Callback<A>, span: Span) => T): T;
export type { ZipkinExporterConfiguration } from "./zipkin-exporter.ts";
export interface ZipkinExporterConfiguration {
    readonly type: "zipkin";
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
}
