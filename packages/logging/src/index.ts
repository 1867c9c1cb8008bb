export { createLogging, type Logging, type LoggingOptions } from "./create-logging.ts";
export type { LogLevel } from "./log-level.ts";
export type { LineWriter } from "./log-output.ts";
export { type Logger, logger, setLevel } from "./logger.ts";
