export { bootstrap, type Telemetry } from "./bootstrap.ts";
export interface Telemetry {
    readonly tracer: Tracer;
    readonly meter: Meter;
    logger(name: string): Logger;
    setLogLevel(level: LogLevel, name?: string): void;
    readonly prometheusUrl: string | undefined;
    flush(): Promise<void>;
    shutdown(): Promise<void>;
}
export declare function bootstrap(options?: TelltaleOptions): Telemetry;
export { ConfigurationError } from "./configuration/configuration-error.ts";
export declare class ConfigurationError extends Error {
    readonly name = "ConfigurationError";
    readonly code = "TELLTALE_BAD_CONFIGURATION";
    readonly problems: readonly ConfigurationProblem[];
    constructor(problems: readonly ConfigurationProblem[]);
}
export type { TelltaleOptions } from "./options.ts";
export interface TelltaleOptions {
    readonly service?: ServiceOptions;
    readonly resource?: ResourceOptions;
    readonly propagators?: readonly ("tracecontext" | "baggage" | "b3" | "b3multi" | "request-id")[];
    readonly tracing?: boolean | TracingOptions;
    readonly metrics?: boolean | MetricsOptions;
    readonly logging?: boolean | LoggingOptions;
    readonly instrumentations?: InstrumentationSwitches;
    readonly shutdownTimeoutMs?: number;
    readonly enabled?: boolean;
    readonly diagnosticsLevel?: "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";
}
