export interface WinstonTransportOptions {
    readonly name?: string;
    readonly level?: string;
}
export declare const BRIDGE: unique symbol;
export declare function winstonTransport(options?: WinstonTransportOptions): Writable & {
    readonly level?: string;
};
