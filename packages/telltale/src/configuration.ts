/**
 * What `bootstrap()` works from once options, environment and files have been read, checked and merged.
 * Every field is set: past `config.ts` nobody asks for a default again.
 */
import type { ThreadSettings } from "@telltale/alerting/thread";
import type {
  ConsoleSinkOptions,
  LineSamplingOptions,
  LogLevel,
  RedactionOptions,
  RepeatLimitOptions,
} from "@telltale/logging";
import type { ElasticsearchSinkOptions } from "@telltale/logging/elasticsearch";
import type { FileSinkOptions } from "@telltale/logging/file";
import type { LokiSinkOptions } from "@telltale/logging/loki";
import type { SyslogSinkOptions } from "@telltale/logging/syslog";
import type {
  BasicAuth,
  GaugeMerge,
  ServerTls,
  StatsdExporterOptions,
  StatsdListenerOptions,
  View,
} from "@telltale/metrics";
import type { OtlpExporterConfiguration, SpanExporterConfiguration } from "@telltale/tracing";

export type { OtlpExporterConfiguration, SpanExporterConfiguration };

export type MetricExporterConfiguration =
  | (OtlpExporterConfiguration & {
      readonly type: "otlp";
      readonly temporality: "cumulative" | "delta" | "lowmemory";
      readonly histogramAggregation: "explicit_bucket_histogram" | "base2_exponential_bucket_histogram";
    })
  | { readonly type: "console" };

/** The sinks' own options, as far as they have been given. */
export type LogSinkConfiguration =
  | (OtlpExporterConfiguration & { readonly type: "otlp"; readonly level: LogLevel | undefined })
  | (ConsoleSinkOptions & { readonly type: "console" })
  | (FileSinkOptions & { readonly type: "file" })
  | (ElasticsearchSinkOptions & { readonly type: "elasticsearch" | "opensearch" })
  | (LokiSinkOptions & { readonly type: "loki" })
  | (SyslogSinkOptions & { readonly type: "syslog" });

export type SamplingConfiguration =
  | { readonly type: "always_on" }
  | { readonly type: "always_off" }
  | { readonly type: "ratio"; readonly ratio: number }
  | { readonly type: "rate_limiting"; readonly tracesPerSecond: number }
  | {
      readonly type: "jaeger_remote";
      readonly endpoint: string;
      readonly pollingIntervalMs: number;
      readonly initialRatio: number;
    };

export interface SamplingRuleConfiguration {
  readonly name?: string;
  readonly span?: string;
  readonly route?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly sampling: Exclude<SamplingConfiguration, { readonly type: "jaeger_remote" }>;
}

export interface TailSamplingConfiguration {
  readonly errors: boolean;
  /** Absent: nothing is slow. */
  readonly slowerThanMs?: number;
  readonly maxSpans: number;
}

/** All that `tracing.sampling` says. */
export interface SamplingSettings {
  readonly sampling: SamplingConfiguration;
  /** Whether a remote or local parent's decision is followed before `sampling` is asked. */
  readonly parentBased: boolean;
  readonly samplingRules: readonly SamplingRuleConfiguration[];
  readonly tailSampling: TailSamplingConfiguration | undefined;
}

export interface BatchConfiguration {
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMs: number;
  readonly exportTimeoutMs: number;
}

export interface SpanLimitsConfiguration {
  readonly attributeCountLimit: number;
  /** `Infinity` when there is none. */
  readonly attributeValueLengthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number;
}

export interface PrometheusConfiguration {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly path: string;
  readonly bearerToken?: string;
  readonly basicAuth?: BasicAuth;
  /** With the files' texts. */
  readonly tls?: ServerTls;
  readonly allowedHosts?: readonly string[];
  readonly resourceLabels: readonly string[];
  readonly scopeLabels: boolean;
  readonly created: boolean;
  readonly utf8Names: boolean;
  readonly serve: "main" | "worker";
  /** Set when workers of a cluster and worker threads share the page. */
  readonly cluster?: { readonly gauges: GaugeMerge };
}

export type StatsdConfiguration = StatsdExporterOptions & { readonly intervalMs: number };

/** Where `go tool pprof` is answered. */
export interface ProfilingConfiguration {
  readonly port: number;
  readonly host: string;
}

export interface HealthConfiguration {
  /** Undefined: on the port of the Prometheus endpoint. */
  readonly port: number | undefined;
  readonly host: string;
  readonly prefix: string;
  readonly reasons: boolean;
  /** Whether exports that fail are a check of their own. */
  readonly exports: boolean;
  readonly start: "auto" | "manual";
}

export type AlertingConfiguration = ThreadSettings & { readonly intervalMs: number };

export type Propagator = "tracecontext" | "baggage" | "b3" | "b3multi" | "request-id";

export type ResourceDetectorName = "env" | "host" | "os" | "process" | "container" | "serviceinstance";

export interface Configuration {
  /** False when `OTEL_SDK_DISABLED=true`: everything is a no-op and nothing is loaded. */
  readonly enabled: boolean;
  /** Path of an OpenTelemetry declarative configuration file, from `OTEL_CONFIG_FILE`; the SDK is then built from it. */
  readonly declarativeFile: string | undefined;
  readonly service: {
    /** `undefined`: to be taken from the nearest package.json. */
    readonly name: string | undefined;
    readonly version: string | undefined;
    readonly namespace: string | undefined;
    /** `deployment.environment.name` */
    readonly environment: string | undefined;
  };
  readonly resource: {
    readonly attributes: Readonly<Record<string, string | number | boolean>>;
    readonly detectors: readonly ResourceDetectorName[];
  };
  readonly propagators: readonly Propagator[];
  readonly tracing: SamplingSettings & {
    readonly enabled: boolean;
    /** Whose tracer provider and context manager. */
    readonly engine: "telltale" | "sdk";
    readonly exporters: readonly SpanExporterConfiguration[];
    readonly limits: SpanLimitsConfiguration;
    readonly batch: BatchConfiguration;
    /** Names of baggage entries that become span attributes. */
    readonly baggageAttributes: readonly string[];
    /** Rate, errors and duration by span name, as metrics. */
    readonly spanMetrics: boolean;
  };
  readonly metrics: {
    readonly enabled: boolean;
    readonly exporters: readonly MetricExporterConfiguration[];
    readonly prometheus: PrometheusConfiguration | undefined;
    readonly statsd: StatsdConfiguration | undefined;
    readonly statsdListener: StatsdListenerOptions | undefined;
    readonly exportIntervalMs: number;
    readonly exportTimeoutMs: number;
    readonly views: readonly View[];
    /** Names of instruments, with wildcards, whose series keep exemplars. */
    readonly exemplars: readonly string[];
    readonly exemplarFilter: "trace_based" | "always_on" | "always_off";
  };
  readonly logging: {
    readonly enabled: boolean;
    readonly level: LogLevel;
    readonly levels: Readonly<Record<string, LogLevel>>;
    readonly sinks: readonly LogSinkConfiguration[];
    readonly redact: RedactionOptions | undefined;
    readonly sampling: LineSamplingOptions | undefined;
    readonly repeats: RepeatLimitOptions | undefined;
    readonly batch: BatchConfiguration;
    readonly attributeCountLimit: number;
    readonly attributeValueLengthLimit: number;
  };
  /** Undefined when nothing is to answer for it. */
  readonly health: HealthConfiguration | undefined;
  /** Undefined when no profiles are to be had. */
  readonly profiling: ProfilingConfiguration | undefined;
  /** Undefined when no rules are evaluated. */
  readonly alerting: AlertingConfiguration | undefined;
  /**
   * By the short name of `instrumentation-table.ts` ("http", "pg", …): `false` off, `true` on, an object is handed to
   * the instrumentation as its configuration. A name that is absent has its default.
   */
  readonly instrumentations: Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>;
  /** How long the last flush may take at exit, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** Level of telltale's and the SDK's own diagnostics on standard error; OTEL_LOG_LEVEL. */
  readonly diagnosticsLevel: "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";
  /** What can be used but was probably not meant, in whole sentences; to be said once at start. */
  readonly warnings: readonly string[];
}
