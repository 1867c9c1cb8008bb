export { LineChunk } from "./otlp/line-chunk.ts";
export declare class LineChunk {
    #private;
    constructor(sizeBytes: number);
    get lines(): number;
    get bytes(): Buffer;
    add(line: string): void;
    clear(): void;
}
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
export declare function logRequest(lines: Buffer, options: LogRequestOptions): Uint8Array;
