export type { AlertingControl } from "./alerting.ts";
export interface AlertingControl extends Omit<AlertingAnswers, "settled"> {
    readonly apiUrl: string | undefined;
}
export { bootstrap, type Telemetry } from "./bootstrap.ts";
export interface Telemetry {
    readonly tracer: Tracer;
    readonly meter: Meter;
    logger(name: string): Logger;
    setLogLevel(level: LogLevel, name?: string): void;
    readonly sampling: SamplingControl;
    deliveries(): readonly Delivery[];
    readonly health: Health;
    readonly healthHandler: HealthHandler;
    readonly alerting: AlertingControl | undefined;
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
export type { Delivery } from "./delivery.ts";
export interface Delivery {
    readonly signal: "traces" | "metrics" | "logs";
    readonly to: string;
    readonly sent: number;
    readonly pending: number;
    readonly lost: number;
    readonly failingSinceMs: number | undefined;
    readonly reason: string | undefined;
}
export type { SamplingOptions, TelltaleOptions } from "./options.ts";
export interface TelltaleOptions {
    readonly service?: ServiceOptions;
    readonly resource?: ResourceOptions;
    readonly propagators?: readonly ("tracecontext" | "baggage" | "b3" | "b3multi" | "request-id")[];
    readonly tracing?: boolean | TracingOptions;
    readonly metrics?: boolean | MetricsOptions;
    readonly logging?: boolean | LoggingOptions;
    readonly health?: boolean | HealthOptions;
    readonly profiling?: boolean | ProfilingOptions;
    readonly alerting?: boolean | AlertingOptions;
    readonly instrumentations?: InstrumentationSwitches;
    readonly shutdownTimeoutMs?: number;
    readonly enabled?: boolean;
    readonly diagnosticsLevel?: "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";
}
export interface SamplingOptions {
    readonly type?: "always_on" | "always_off" | "ratio" | "rate_limiting" | "jaeger_remote";
    readonly ratio?: number;
    readonly tracesPerSecond?: number;
    readonly endpoint?: string;
    readonly pollingIntervalMs?: number;
    readonly rules?: readonly SamplingRuleOptions[];
    readonly tail?: boolean | TailSamplingOptions;
    readonly parentBased?: boolean;
}
export type { SamplingControl, SamplingStatus } from "./sampling.ts";
export interface SamplingStatus {
    readonly parentBased: boolean;
    readonly rules: readonly RuleStatus[];
    readonly kept: number;
    readonly dropped: number;
    readonly tail: TailSamplingStatus | undefined;
    readonly queues: readonly QueueStatus[];
}
export interface SamplingControl {
    set(options: SamplingOptions): void;
    status(): SamplingStatus;
}
