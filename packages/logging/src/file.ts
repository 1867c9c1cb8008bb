export { type FileRotationOptions, type FileSinkOptions, fileSink } from "./file/file-sink.ts";
export type { RotationInterval } from "./file/rotation.ts";
export type { LogSink } from "./log-sink.ts";
