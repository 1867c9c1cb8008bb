export type { LogSink } from "./log-sink.ts";
export interface LogSink {
    readonly name?: string;
    readonly level?: LogLevel;
    write(line: string): void;
    flush?(): Promise<void>;
    flushSync?(): void;
    close?(): Promise<void>;
    pending?(): number;
    takeUndelivered?(): string[];
    dropped?(): number;
    readonly isStandardOutput?: boolean;
}
export type { QueueOptions } from "./network/line-queue.ts";
export interface QueueOptions {
    readonly maxQueueLength?: number;
    readonly maxBatchLines?: number;
    readonly maxBatchLength?: number;
    readonly scheduledDelayMs?: number;
}
export { type SyslogSinkOptions, syslogSink } from "./network/syslog-sink.ts";
export interface SyslogSinkOptions extends QueueOptions {
    readonly level?: LogLevel;
    readonly host?: string;
    readonly port?: number;
    readonly protocol?: "udp" | "tcp" | "tls";
    readonly facility?: (typeof facilities)[number];
    readonly appName?: string;
    readonly format?: "json" | "text";
    readonly maxMessageBytes?: number;
    readonly timeoutMs?: number;
    readonly certificate?: string;
    readonly clientKey?: string;
    readonly clientCertificate?: string;
}
export declare function syslogSink(options?: SyslogSinkOptions): LogSink;
