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
export type { QueueOptions } from "./network/line-queue.ts";
export interface QueueOptions {
    readonly maxQueueLength?: number;
    readonly maxBatchLines?: number;
    readonly maxBatchLength?: number;
    readonly scheduledDelayMs?: number;
}
export type { SyslogFacility } from "./network/syslog-message.ts";
export type SyslogFacility = ("kern" | "user" | "mail" | "daemon" | "auth" | "syslog" | "lpr" | "news" | "uucp" | "cron" | "authpriv" | "ftp") | ("ntp" | "audit" | "alert" | "clock") | ("local0" | "local1" | "local2" | "local3" | "local4" | "local5" | "local6" | "local7");
export { type SyslogSinkOptions, syslogSink } from "./network/syslog-sink.ts";
export interface SyslogSinkOptions extends QueueOptions {
    readonly level?: LogLevel;
    readonly host?: string;
    readonly port?: number;
    readonly protocol?: "udp" | "tcp" | "tls";
    readonly facility?: SyslogFacility;
    readonly appName?: string;
    readonly format?: "json" | "text";
    readonly maxMessageBytes?: number;
    readonly timeoutMs?: number;
    readonly certificate?: string;
    readonly clientKey?: string;
    readonly clientCertificate?: string;
}
export declare function syslogSink(options?: SyslogSinkOptions): LogSink;
