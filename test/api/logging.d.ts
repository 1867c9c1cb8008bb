export { type ConsoleSinkOptions, consoleSink } from "./console-sink.ts";
export interface ConsoleSinkOptions {
    readonly level?: LogLevel;
    readonly format?: "auto" | "json" | "pretty";
    readonly colors?: boolean;
    readonly stream?: "stdout" | "stderr";
    readonly sync?: boolean;
}
export declare function consoleSink(options?: ConsoleSinkOptions): LogSink;
export { createLogging, type Logging, type LoggingOptions, type LoggingStatus, type LogSinkStatus, type RedactionOptions, } from "./create-logging.ts";
export interface RedactionOptions extends Partial<PathRedactionOptions>, ShapeRedactionOptions {
}
export interface LoggingOptions {
    readonly level?: LogLevel;
    readonly levels?: Readonly<Record<string, LogLevel>>;
    readonly resource?: {
        readonly "service.name"?: unknown;
    };
    readonly sinks?: readonly LogSink[];
    readonly redact?: RedactionOptions;
    readonly sampling?: LineSamplingOptions;
    readonly repeats?: RepeatLimitOptions;
}
export interface Logging {
    logger(name: string): Logger;
    setLevel(level: LogLevel, name?: string): void;
    status(): LoggingStatus;
    flush(): Promise<void>;
    flushSync(): void;
    close(): Promise<void>;
}
export interface LoggingStatus {
    readonly sampledOut: number;
    readonly repeatedOut: number;
    readonly sinks: readonly LogSinkStatus[];
}
export interface LogSinkStatus {
    readonly name: string;
    readonly sent: number | undefined;
    readonly pending: number;
    readonly dropped: number;
    readonly failingSinceMs: number | undefined;
}
export declare function createLogging(options?: LoggingOptions): Logging;
export { event } from "./log-event.ts";
export declare function event(name: string, fields?: Readonly<Record<string, unknown>>): {
    readonly event_name: string;
    readonly [field: string]: unknown;
};
export type { LogLevel } from "./log-level.ts";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
export type { LogSink } from "./log-sink.ts";
export interface LogSink {
    readonly name?: string;
    readonly level?: LogLevel;
    write(line: string): void;
    flush?(): Promise<void>;
    flushSync?(): void;
    close?(): Promise<void>;
    pending?(): number;
    sent?(): number;
    failingSinceMs?(): number | undefined;
    failure?(): string | undefined;
    isFailing?(): boolean;
    takeUndelivered?(): string[];
    dropped?(): number;
    readonly isStandardOutput?: boolean;
}
export { type Logger, logger, type PathRedactionOptions, setLevel } from "./logger.ts";
export interface PathRedactionOptions {
    readonly paths: readonly string[];
    readonly censor?: string;
    readonly remove?: boolean;
}
export declare function logger(name: string): Logger;
export declare function setLevel(level: LogLevel, name?: string): void;
export { recordSink } from "./record-sink.ts";
export declare function recordSink(options?: {
    readonly level?: LogLevel;
}): LogSink;
export type { RedactedShape, ShapeRedactionOptions } from "./redact-shapes.ts";
export type RedactedShape = "card" | "email" | "token" | "key" | "iban";
export interface ShapeRedactionOptions {
    readonly shapes?: readonly RedactedShape[];
    readonly patterns?: readonly RegExp[];
    readonly censor?: string;
}
export type { RepeatLimitOptions } from "./repeated-lines.ts";
export interface RepeatLimitOptions {
    readonly limit?: number;
    readonly intervalMs?: number;
    readonly maxMessages?: number;
}
export type { LineSamplingOptions } from "./sampled-lines.ts";
export interface LineSamplingOptions {
    readonly ratio: number;
    readonly upTo?: LogLevel;
    readonly byTrace?: boolean;
}
