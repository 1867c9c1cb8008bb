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
export { type ElasticsearchSinkOptions, elasticsearchSink } from "./network/elasticsearch-sink.ts";
export interface ElasticsearchSinkOptions extends HttpOptions, QueueOptions {
    readonly level?: LogLevel;
    readonly index?: string;
    readonly dataStream?: boolean;
    readonly template?: boolean;
    readonly apiKey?: string;
    readonly fields?: Readonly<Record<string, unknown>>;
}
export declare function elasticsearchSink(options: ElasticsearchSinkOptions): LogSink;
export type { HttpOptions } from "./network/http-sender.ts";
export interface HttpOptions {
    readonly endpoint: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly username?: string;
    readonly password?: string;
    readonly timeoutMs?: number;
    readonly compression?: "none" | "gzip";
    readonly certificate?: string;
    readonly clientKey?: string;
    readonly clientCertificate?: string;
}
export type { QueueOptions } from "./network/line-queue.ts";
export interface QueueOptions {
    readonly maxQueueLength?: number;
    readonly maxBatchLines?: number;
    readonly maxBatchLength?: number;
    readonly scheduledDelayMs?: number;
}
