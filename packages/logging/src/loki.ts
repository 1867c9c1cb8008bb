export type { LogSink } from "./log-sink.ts";
export type { HttpOptions } from "./network/http-sender.ts";
export type { QueueOptions } from "./network/line-queue.ts";
export { type LokiSinkOptions, lokiSink } from "./network/loki-sink.ts";
