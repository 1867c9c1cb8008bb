export { createLogging, type Logging, type LoggingOptions } from "./create-logging.ts";
export interface LoggingOptions {
    readonly level?: LogLevel;
    readonly resource?: {
        readonly "service.name"?: unknown;
    };
    readonly sinks?: {
        readonly console?: boolean | LineWriter;
        readonly otlp?: boolean;
    };
}
export interface Logging {
    logger(name: string): Logger;
    setLevel(level: LogLevel, name?: string): void;
    flush(): void;
}
export declare function createLogging(options?: LoggingOptions): Logging;
export type { LogLevel } from "./log-level.ts";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
export type { LineWriter } from "./log-output.ts";
export interface LineWriter {
    write(line: string): void;
}
export { type Logger, logger, setLevel } from "./logger.ts";
export declare function logger(name: string): Logger;
export declare function setLevel(level: LogLevel, name?: string): void;
