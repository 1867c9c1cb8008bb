export { type ConsoleSinkOptions, consoleSink } from "./console-sink.ts";
export {
  createLogging,
  type Logging,
  type LoggingOptions,
  type LoggingStatus,
  type LogSinkStatus,
  type RedactionOptions,
} from "./create-logging.ts";
export { event } from "./log-event.ts";
export type { LogLevel } from "./log-level.ts";
export type { LogSink } from "./log-sink.ts";
export { type Logger, logger, type PathRedactionOptions, setLevel } from "./logger.ts";
export { recordSink } from "./record-sink.ts";
export type { RedactedShape, ShapeRedactionOptions } from "./redact-shapes.ts";
export type { RepeatLimitOptions } from "./repeated-lines.ts";
export type { LineSamplingOptions } from "./sampled-lines.ts";
