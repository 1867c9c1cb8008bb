export { currentSpanId, currentTraceId } from "./active-span.ts";
export declare function currentTraceId(): string | undefined;
export declare function currentSpanId(): string | undefined;
export { type BaggageSpanProcessorOptions, baggageSpanProcessor } from "./baggage-span-processor.ts";
export interface BaggageSpanProcessorOptions {
    readonly attributes: readonly string[];
}
export declare function baggageSpanProcessor({ attributes }: BaggageSpanProcessorOptions): SpanProcessor;
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
export { createOtlpExporter, type OtlpExporter } from "./otlp-exporter.ts";
export type OtlpExporter<T> = Exporter<T>;
export declare function createOtlpExporter<T>(signal: OtlpSignal, configuration: OtlpExporterConfiguration): OtlpExporter<T>;
export { type OutageOptions, reportOutages } from "./outage.ts";
export interface OutageOptions {
    readonly endpoint: string;
    readonly timeoutMs: number;
}
export declare function reportOutages<T>(what: string, exporter: Exporter<T>, options: OutageOptions): FlushableExporter<T>;
export { redactSql } from "./redact-sql.ts";
export declare function redactSql(text: string, system?: string): string;
export { redactionSpanProcessor } from "./redaction-span-processor.ts";
export declare function redactionSpanProcessor(): SpanProcessor;
export { requestId, requestIdPropagator } from "./request-id.ts";
export declare function requestId(from?: Context): string | undefined;
export declare function requestIdPropagator(): TextMapPropagator;
export { alwaysOffSampler, alwaysOnSampler } from "./samplers/constant-sampler.ts";
export declare function alwaysOnSampler(): Sampler;
export declare function alwaysOffSampler(): Sampler;
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
export { type WithSpanOptions, withSpan } from "./with-span.ts";
export interface WithSpanOptions {
    readonly attributes?: Attributes;
    readonly kind?: SpanKind;
    readonly links?: readonly Link[];
    readonly root?: boolean;
    readonly tracer?: string;
}
export declare function withSpan<T>(name: string, fn: (span: Span) => T): T;
export declare function withSpan<T>(name: string, options: WithSpanOptions, fn: (span: Span) => T): T;
export type { ZipkinExporterConfiguration } from "./zipkin-exporter.ts";
export interface ZipkinExporterConfiguration {
    readonly type: "zipkin";
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
}
