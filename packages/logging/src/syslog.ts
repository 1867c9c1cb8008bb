export type { LogSink } from "./log-sink.ts";
export type { QueueOptions } from "./network/line-queue.ts";
export type { SyslogFacility } from "./network/syslog-message.ts";
export { type SyslogSinkOptions, syslogSink } from "./network/syslog-sink.ts";
