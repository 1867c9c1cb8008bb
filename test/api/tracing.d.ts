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
export type { JaegerExporterConfiguration } from "./jaeger-thrift-exporter.ts";
export interface JaegerExporterConfiguration {
    readonly type: "jaeger";
    readonly protocol: "otlp" | "thrift-http" | "thrift-udp";
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
}
export { createOtlpExporter, type OtlpExporter, type OtlpExporterConfiguration, type OtlpSignal, } from "./otlp-exporter.ts";
export interface OtlpExporterConfiguration {
    readonly protocol: "http/protobuf" | "http/json" | "grpc";
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly compression: "none" | "gzip";
    readonly certificate: string | undefined;
    readonly clientKey: string | undefined;
    readonly clientCertificate: string | undefined;
    readonly insecure: boolean;
}
export interface OtlpExporter<T> {
    export(items: T, done: (result: ExportResult) => void): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}
export type OtlpSignal = "traces" | "metrics" | "logs";
export declare function createOtlpExporter<T>(signal: OtlpSignal, configuration: OtlpExporterConfiguration): OtlpExporter<T>;
export { type OutageOptions, reportOutages } from "./outage.ts";
export interface OutageOptions {
    readonly endpoint: string;
    readonly timeoutMs: number;
}
export declare function reportOutages<T>(what: string, exporter: Exporter<T>, options: OutageOptions): OtlpExporter<T>;
export { type RateLimitingSamplerOptions, rateLimitingSampler } from "./rate-limiting-sampler.ts";
export interface RateLimitingSamplerOptions {
    readonly tracesPerSecond: number;
    readonly clock?: {
        now(): number;
    };
}
export declare function rateLimitingSampler(options: RateLimitingSamplerOptions): Sampler;
export { redactSql } from "./redact-sql.ts";
export declare function redactSql(text: string, system?: string): string;
export { redactionSpanProcessor } from "./redaction-span-processor.ts";
export declare function redactionSpanProcessor(): SpanProcessor;
export { createSpanExporter, type SpanExporterConfiguration } from "./span-exporter.ts";
export type SpanExporterConfiguration = (OtlpExporterConfiguration & {
    readonly type: "otlp";
}) | JaegerExporterConfiguration | ZipkinExporterConfiguration | {
    readonly type: "console";
};
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
