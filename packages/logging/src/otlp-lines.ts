export { LineChunk } from "./otlp/line-chunk.ts";
export type { RecordLimits } from "./otlp/line-record.ts";
export { type LogRequestOptions, logRequest } from "./otlp/log-request.ts";
