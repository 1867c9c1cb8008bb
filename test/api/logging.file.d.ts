export { type FileRotationOptions, type FileSinkOptions, fileSink } from "./file/file-sink.ts";
export interface FileSinkOptions {
    readonly path: string;
    readonly level?: LogLevel;
    readonly rotate?: FileRotationOptions;
    readonly maxQueueLength?: number;
    readonly reopenOnSighup?: boolean;
}
export interface FileRotationOptions {
    readonly maxSizeBytes?: number;
    readonly interval?: RotationInterval;
    readonly maxFiles?: number;
    readonly gzip?: boolean;
}
export declare function fileSink(options: FileSinkOptions): LogSink;
export type { RotationInterval } from "./file/rotation.ts";
export type RotationInterval = "hourly" | "daily" | "weekly";
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
