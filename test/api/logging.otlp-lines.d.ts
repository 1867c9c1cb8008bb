export type { RecordLimits } from "./otlp/line-record.ts";
export interface RecordLimits {
    readonly attributeCountLimit: number;
    readonly attributeValueLengthLimit: number;
}
export { type LogRequestOptions, logRequest } from "./otlp/log-request.ts";
export interface LogRequestOptions {
    readonly resource: Attributes;
    readonly resourceSchemaUrl?: string | undefined;
    readonly limits: RecordLimits;
}
export declare function logRequest(lines: readonly string[], options: LogRequestOptions): Uint8Array;
