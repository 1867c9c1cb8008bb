export interface BunyanStream {
    readonly type: "raw";
    readonly level?: number | "trace" | "debug" | "info" | "warn" | "error" | "fatal";
    readonly stream: {
        write(record: object): void;
    };
}
export declare function bunyanStream(options?: {
    readonly level?: NonNullable<BunyanStream["level"]>;
}): BunyanStream;
