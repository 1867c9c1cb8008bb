/** Generated from schema.ts by `npm run generate`: edit the schema, not this file. */

/** Options of `bootstrap()`; `telltale.yaml`, `.toml` and `.json` have the same shape. */
export interface TelltaleOptions {
  /** Who sends the telemetry. */
  readonly service?: ServiceOptions;
  /** What else is known of the sender. */
  readonly resource?: ResourceOptions;
  /**
   * How the trace is carried from one service to the next. `request-id` carries `x-request-id` beside it.
   * @default [tracecontext, baggage]
   */
  readonly propagators?: readonly ("tracecontext" | "baggage" | "b3" | "b3multi" | "request-id")[];
  /** Traces; `false` records none. */
  readonly tracing?: boolean | TracingOptions;
  /** Metrics; `false` records none. */
  readonly metrics?: boolean | MetricsOptions;
  /** Logs; `false` switches the logger and the shipping off. */
  readonly logging?: boolean | LoggingOptions;
  /** Health of the process at `/livez`, `/readyz` and `/healthz`, on the port of `metrics.prometheus` or one of its own; `false` answers nowhere. */
  readonly health?: boolean | HealthOptions;
  /** CPU and heap profiles for `go tool pprof`, at `/debug/pprof/profile` and `/debug/pprof/heap` on a port of their own. Who can ask can slow the process down. */
  readonly profiling?: boolean | ProfilingOptions;
  /** Alerts from Prometheus rules on the metrics of this process, in a thread of its own; `true` takes the defaults, which is enough for alerts in code. */
  readonly alerting?: boolean | AlertingOptions;
  /**
   * Which libraries are observed: `true`, `false` or the instrumentation's own configuration.
   * @default all but `host`, `runtime-node`, `gpu`, `net`, `dns` and `fs`
   */
  readonly instrumentations?: InstrumentationSwitches;
  /**
   * How long the last flush may take when the process ends. In milliseconds.
   * @default 2000
   */
  readonly shutdownTimeoutMs?: number;
  /**
   * `false` makes everything a no-op and loads nothing.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * What telltale and the SDK say about themselves on standard error.
   * @default warn
   */
  readonly diagnosticsLevel?: "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";
}

/** Who sends the telemetry. */
export interface ServiceOptions {
  /**
   * The service's name, `service.name`.
   * @default the name in the nearest package.json
   */
  readonly name?: string;
  /**
   * The service's version, `service.version`.
   * @default the version in the nearest package.json
   */
  readonly version?: string;
  /** What the service belongs to, `service.namespace`. */
  readonly namespace?: string;
  /** Where it is deployed, `deployment.environment.name`. */
  readonly environment?: string;
}

/** What else is known of the sender. */
export interface ResourceOptions {
  /** Attributes of everything that is sent. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /**
   * What is asked about the process and its surroundings at start.
   * @default [env, host, os, process, container]
   */
  readonly detectors?: readonly ("env" | "host" | "os" | "process" | "container" | "serviceinstance")[];
}

/** Traces; `false` records none. */
export interface TracingOptions {
  /**
   * Who records spans: telltale's own tracer provider and context manager, or the stock ones of OpenTelemetry's SDK.
   * @default telltale
   */
  readonly engine?: "telltale" | "sdk";
  /**
   * Where spans go; each is sent to all of them.
   * @default one `otlp`, unless code or a file names exporters for another signal
   */
  readonly exporters?: readonly SpanExporterOptions[];
  /** Which traces are kept. A layer that gives `type` hides what weaker layers say about sampling. */
  readonly sampling?: SamplingOptions;
  /** How much one span may hold. */
  readonly limits?: SpanLimitsOptions;
  /** How records are gathered before they are sent. */
  readonly batch?: BatchOptions;
  /**
   * Names of baggage entries that become attributes of every span.
   * @default []
   */
  readonly baggageAttributes?: readonly string[];
  /**
   * Whether the spans that are recorded are also counted and timed by name: `traces.span.metrics.calls` and `traces.span.metrics.duration`, which Jaeger's monitor page reads.
   * @default false
   */
  readonly spanMetrics?: boolean;
}

/** Where spans go; each is sent to all of them. */
export type SpanExporterOptions =
  | OtlpSpanExporterOptions
  | JaegerExporterOptions
  | ZipkinExporterOptions
  | ConsoleSpanExporterOptions
  | FileSpanExporterOptions;

/** Sends traces to an OpenTelemetry Collector or any other OTLP receiver. */
export interface OtlpSpanExporterOptions {
  readonly type: "otlp";
  /**
   * How OTLP is carried; gRPC is loaded only when asked for.
   * @default http/protobuf
   */
  readonly protocol?: "http/protobuf" | "http/json" | "grpc";
  /**
   * Where to send to; over HTTP, `/v1/traces` is added to a URL without a path. The general variable is a base that always gets it, the signal's own is used as it is.
   * @default http://localhost:4318/v1/traces, for gRPC http://localhost:4317
   */
  readonly endpoint?: string;
  /** Headers of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * Compression of requests from 1 KiB on; zstd over HTTP only, where the receiver knows it.
   * @default none
   */
  readonly compression?: "none" | "gzip" | "zstd";
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * gRPC only: plain text to an endpoint that is written without a scheme.
   * @default false
   */
  readonly insecure?: boolean;
}

/** Sends spans to Jaeger: over OTLP, or in its older thrift formats. */
export interface JaegerExporterOptions {
  readonly type: "jaeger";
  /**
   * `otlp` to port 4318, `thrift-http` to port 14268, `thrift-udp` (binary) to port 6832, `thrift-udp-compact` to port 6831, or `thrift-legacy`: as the package @opentelemetry/exporter-jaeger writes it.
   * @default told by the endpoint's port, else `otlp`
   */
  readonly protocol?: "otlp" | "thrift-http" | "thrift-udp" | "thrift-udp-compact" | "thrift-legacy";
  /**
   * Where Jaeger listens; the path of the protocol is added to a URL without one.
   * @default http://localhost:4318/v1/traces, http://localhost:14268/api/traces, localhost:6832 or localhost:6831
   */
  readonly endpoint?: string;
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
}

/** Sends spans to Zipkin, as version 2 JSON. */
export interface ZipkinExporterOptions {
  readonly type: "zipkin";
  /**
   * Where Zipkin listens; `/api/v2/spans` is added to a URL without a path.
   * @default http://localhost:9411/api/v2/spans
   */
  readonly endpoint?: string;
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
}

/** Prints each trace as a tree on standard output, for people to read. */
export interface ConsoleSpanExporterOptions {
  readonly type: "console";
  /**
   * Attributes and events under each span.
   * @default false
   */
  readonly attributes?: boolean;
  /**
   * Colours; `auto` on a terminal that has them.
   * @default auto
   */
  readonly colors?: "auto" | "always" | "never";
}

/** Appends spans to a file, as lines of OTLP's JSON. */
export interface FileSpanExporterOptions {
  readonly type: "file";
  /** The file, which several processes may share; needed. */
  readonly path?: string;
  /**
   * Bytes that the file holds at most; then it is moved to `path.1` and begun anew.
   * @default 104857600
   */
  readonly maxSizeBytes?: number;
  /**
   * Older files that are kept.
   * @default 5
   */
  readonly maxFiles?: number;
}

/** Which traces are kept. A layer that gives `type` hides what weaker layers say about sampling. */
export interface SamplingOptions {
  /**
   * Keep everything, nothing, a share, so many a second, or what Jaeger says.
   * @default `ratio` or `rate_limiting` when only their number is given, else `always_on`
   */
  readonly type?: "always_on" | "always_off" | "ratio" | "rate_limiting" | "jaeger_remote";
  /**
   * For `ratio`: the share of traces that is kept, and stated in their tracestate, as OpenTelemetry's consistent probability sampling. For `jaeger_remote`: until Jaeger has answered.
   * @default `1`, for `jaeger_remote` `0.001`
   */
  readonly ratio?: number;
  /** For `rate_limiting`, which needs it: how many traces are kept at most. In traces a second. */
  readonly tracesPerSecond?: number;
  /**
   * For `jaeger_remote`: where Jaeger's agent or collector tells how to sample; asked for `service.name`.
   * @default http://localhost:5778/sampling
   */
  readonly endpoint?: string;
  /**
   * For `jaeger_remote`: how often it is asked. In milliseconds.
   * @default 60000
   */
  readonly pollingIntervalMs?: number;
  /** Other sampling for some traces, by what their first span says at its start: the first rule that matches decides, the above where none does. */
  readonly rules?: readonly SamplingRuleOptions[];
  /** Keeps what failed or was slow in this process although it was not sampled: every span is then recorded, at its full cost, and decided when its trace has ended here. */
  readonly tail?: boolean | TailSamplingOptions;
  /**
   * Follow the decision of the caller's span where there is one.
   * @default true
   */
  readonly parentBased?: boolean;
}

/** Sampling for what matches `span`, `route` and `attributes`, all that are given. */
export interface SamplingRuleOptions {
  /**
   * What the sampling status calls the rule.
   * @default what it matches
   */
  readonly name?: string;
  /** The span's name at its start; `*` stands for any text. */
  readonly span?: string;
  /** The request's path; `*` and `:name` stand for one segment, `**` for any text. */
  readonly route?: string;
  /** Attributes that the span has at its start; in texts `*` stands for any text. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Keep everything, nothing, a share, or so many a second.
   * @default told by `ratio` or `tracesPerSecond`
   */
  readonly type?: "always_on" | "always_off" | "ratio" | "rate_limiting";
  /** The share of these traces that is kept. */
  readonly ratio?: number;
  /** How many of these traces are kept at most. In traces a second. */
  readonly tracesPerSecond?: number;
}

/** Keeps what failed or was slow in this process although it was not sampled: every span is then recorded, at its full cost, and decided when its trace has ended here. */
export interface TailSamplingOptions {
  /**
   * Keep a trace when a span of it has the status error.
   * @default true
   */
  readonly errors?: boolean;
  /**
   * Keep a trace when its first span here took longer. In milliseconds.
   * @default none is too slow
   */
  readonly slowerThanMs?: number;
  /**
   * Spans that wait for a decision, of all traces together; the oldest traces give way.
   * @default 10000
   */
  readonly maxSpans?: number;
}

/** How much one span may hold. */
export interface SpanLimitsOptions {
  /**
   * Attributes of a span.
   * @default 128
   */
  readonly attributeCountLimit?: number;
  /**
   * Longer texts are cut. In characters.
   * @default Infinity
   */
  readonly attributeValueLengthLimit?: number;
  /**
   * Events of a span.
   * @default 128
   */
  readonly eventCountLimit?: number;
  /**
   * Links of a span.
   * @default 128
   */
  readonly linkCountLimit?: number;
  /**
   * Attributes of an event.
   * @default 128
   */
  readonly attributePerEventCountLimit?: number;
  /**
   * Attributes of a link.
   * @default 128
   */
  readonly attributePerLinkCountLimit?: number;
}

/** How records are gathered before they are sent. */
export interface BatchOptions {
  /**
   * Records that wait at most; more are dropped and counted.
   * @default 16384 for spans, 2048 for logs
   */
  readonly maxQueueSize?: number;
  /**
   * Records in one request at most; not above `maxQueueSize`.
   * @default 512
   */
  readonly maxExportBatchSize?: number;
  /**
   * How long a record waits at most before its batch is sent. In milliseconds.
   * @default 5000 for spans, 1000 for logs
   */
  readonly scheduledDelayMs?: number;
  /**
   * How long sending a batch may take; 0 for no limit. In milliseconds.
   * @default 30000
   */
  readonly exportTimeoutMs?: number;
}

/** Metrics; `false` records none. */
export interface MetricsOptions {
  /**
   * Where metrics are sent.
   * @default one `otlp`; none when `prometheus` or `statsd` is on, or when code or a file names exporters for another signal
   */
  readonly exporters?: readonly MetricExporterOptions[];
  /** A page for Prometheus to scrape; `true` takes the defaults. */
  readonly prometheus?: boolean | PrometheusOptions;
  /** Sends metrics to a StatsD server; `true` takes the defaults. */
  readonly statsd?: boolean | StatsdOptions;
  /** Takes StatsD and DogStatsD from old code and reports it with all other metrics; `true` takes the defaults. */
  readonly statsdListener?: boolean | StatsdListenerOptions;
  /**
   * How often metrics are sent. In milliseconds.
   * @default 60000
   */
  readonly exportIntervalMs?: number;
  /**
   * How long sending them may take, not above `exportIntervalMs`; 0 for as long as that. In milliseconds.
   * @default 30000
   */
  readonly exportTimeoutMs?: number;
  /** What readers see in place of instruments: other names, buckets or attributes, or nothing. */
  readonly views?: readonly ViewOptions[];
  /**
   * Names, with `*` and `?`, of instruments whose series keep exemplars: a recent value with its trace. Instruments declared with `@telltale/metrics` ask for theirs.
   * @default [*.duration]
   */
  readonly exemplars?: readonly string[];
  /**
   * Which measurements may become exemplars: those inside a sampled span, all, or none.
   * @default trace_based
   */
  readonly exemplarFilter?: "trace_based" | "always_on" | "always_off";
}

/** Where metrics are sent. */
export type MetricExporterOptions = OtlpMetricExporterOptions | ConsoleMetricExporterOptions;

/** Sends metrics to an OpenTelemetry Collector or any other OTLP receiver. */
export interface OtlpMetricExporterOptions {
  readonly type: "otlp";
  /**
   * How OTLP is carried; gRPC is loaded only when asked for.
   * @default http/protobuf
   */
  readonly protocol?: "http/protobuf" | "http/json" | "grpc";
  /**
   * Where to send to; over HTTP, `/v1/metrics` is added to a URL without a path. The general variable is a base that always gets it, the signal's own is used as it is.
   * @default http://localhost:4318/v1/metrics, for gRPC http://localhost:4317
   */
  readonly endpoint?: string;
  /** Headers of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * Compression of requests from 1 KiB on; zstd over HTTP only, where the receiver knows it.
   * @default none
   */
  readonly compression?: "none" | "gzip" | "zstd";
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * gRPC only: plain text to an endpoint that is written without a scheme.
   * @default false
   */
  readonly insecure?: boolean;
  /**
   * Whether sums are sent since the start or since the last time.
   * @default cumulative
   */
  readonly temporality?: "cumulative" | "delta" | "lowmemory";
  /**
   * The kind of histogram that is sent.
   * @default explicit_bucket_histogram
   */
  readonly histogramAggregation?: "explicit_bucket_histogram" | "base2_exponential_bucket_histogram";
}

/** Prints metrics on standard output. */
export interface ConsoleMetricExporterOptions {
  readonly type: "console";
}

/** A page for Prometheus to scrape; `true` takes the defaults. */
export interface PrometheusOptions {
  /**
   * Address to listen on; `0.0.0.0` to be reachable from other machines and containers.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /**
   * Port to listen on; 0 takes any free one.
   * @default 9464
   */
  readonly port?: number;
  /**
   * Path of the page.
   * @default /metrics
   */
  readonly path?: string;
  /**
   * Only requests with `Authorization: Bearer` and this token get the page.
   * @default none is asked for
   */
  readonly bearerToken?: string;
  /** Only requests with this user and password get the page; beside `bearerToken`, either will do. */
  readonly basicAuth?: PrometheusBasicAuthOptions;
  /** Serves the page over HTTPS. */
  readonly tls?: PrometheusTlsOptions;
  /**
   * Names that the Host header may have, besides localhost, `host` and IP addresses. On a loopback address all others are refused, elsewhere when this is given.
   * @default none
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Resource attributes that every series carries as labels.
   * @default []
   */
  readonly resourceLabels?: readonly string[];
  /**
   * Whether every series carries `otel_scope_name` and `otel_scope_version`.
   * @default false
   */
  readonly scopeLabels?: boolean;
  /**
   * Whether OpenMetrics tells with `_created` when each counter and histogram began.
   * @default false
   */
  readonly created?: boolean;
  /**
   * Whether names go out as they are, with their dots, to who asks for that, as Prometheus from 3 on does. Rules and dashboards then need these names.
   * @default false
   */
  readonly utf8Names?: boolean;
  /**
   * Which thread answers scrapes; a worker costs the main thread little, and answers while that one is blocked.
   * @default main
   */
  readonly serve?: "main" | "worker";
  /** One page for all workers of a `node:cluster` and all worker threads; `true` takes the defaults. */
  readonly cluster?: boolean | PrometheusClusterOptions;
}

/** Only requests with this user and password get the page; beside `bearerToken`, either will do. */
export interface PrometheusBasicAuthOptions {
  /** The user, without a colon. */
  readonly username?: string;
  /** The password. */
  readonly password?: string;
}

/** Serves the page over HTTPS. */
export interface PrometheusTlsOptions {
  /** PEM file of the server's certificate, with those between it and its authority. */
  readonly certificateFile?: string;
  /** PEM file of the certificate's key. */
  readonly keyFile?: string;
  /** PEM file of the authority of clients' certificates: whoever has none gets no page (mutual TLS). */
  readonly clientCaFile?: string;
}

/** One page for all workers of a `node:cluster` and all worker threads; `true` takes the defaults. */
export interface PrometheusClusterOptions {
  /**
   * A gauge that several workers have: `each` keeps them apart by a label `worker`, the others make one of them.
   * @default each
   */
  readonly gauges?: "each" | "sum" | "max" | "min" | "last";
}

/** Sends metrics to a StatsD server; `true` takes the defaults. */
export interface StatsdOptions {
  /**
   * Where the server is.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /**
   * The server's UDP port.
   * @default 8125
   */
  readonly port?: number;
  /** A UNIX stream socket instead of host and port; Node.js has no UNIX datagram sockets. */
  readonly socketPath?: string;
  /**
   * `dogstatsd` sends attributes as tags, `plain` folds them into the name.
   * @default dogstatsd
   */
  readonly flavour?: "dogstatsd" | "plain";
  /** What every name begins with, before a dot. */
  readonly prefix?: string;
  /** Tags of every metric. */
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Resource attributes that become tags of every metric.
   * @default []
   */
  readonly resourceTags?: readonly string[];
  /**
   * What a histogram becomes: values that stand for those recorded, as `|d`, `|h` or `|ms`, or counters of its buckets.
   * @default `distribution` for dogstatsd, `timing` for plain
   */
  readonly histograms?: "distribution" | "histogram" | "timing" | "buckets";
  /**
   * How often metrics are sent. In milliseconds.
   * @default 10000
   */
  readonly intervalMs?: number;
  /**
   * Bytes in one packet at most.
   * @default 1432, or 8192 with `socketPath`
   */
  readonly maxPacketBytes?: number;
}

/** Takes StatsD and DogStatsD from old code and reports it with all other metrics; `true` takes the defaults. */
export interface StatsdListenerOptions {
  /**
   * Address to listen on; `0.0.0.0` to be reachable from other machines and containers.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /**
   * UDP port to listen on; 0 takes any free one.
   * @default 8125
   */
  readonly port?: number;
  /** A UNIX stream socket instead of host and port; Node.js has no UNIX datagram sockets. */
  readonly socketPath?: string;
  /**
   * Whether a gauge's sign changes the last value, as StatsD has it, or is the value's own, as DogStatsD clients mean it.
   * @default relative
   */
  readonly signedGauges?: "relative" | "absolute";
  /**
   * How many names are taken.
   * @default 1000
   */
  readonly maxInstruments?: number;
  /**
   * How many sets of tags a name keeps.
   * @default 2000
   */
  readonly maxSeries?: number;
  /**
   * Sets of tags that nothing came for so long are forgotten. In milliseconds.
   * @default never
   */
  readonly expireAfterMs?: number;
}

/** A view, as in `meter_provider.views` of OpenTelemetry's declarative configuration. */
export interface ViewOptions {
  /** Which instruments it is for; all that is given has to fit. */
  readonly selector?: ViewSelectorOptions;
  /** What is seen; what is not given stays as it is. */
  readonly stream?: ViewStreamOptions;
}

/** Which instruments it is for; all that is given has to fit. */
export interface ViewSelectorOptions {
  /** Name; `*` stands for any characters, `?` for one. */
  readonly instrumentName?: string;
  /** Type. */
  readonly instrumentType?:
    | "counter"
    | "gauge"
    | "histogram"
    | "observable_counter"
    | "observable_gauge"
    | "observable_up_down_counter"
    | "up_down_counter";
  /** Unit. */
  readonly unit?: string;
  /** Name of the instrumentation scope. */
  readonly meterName?: string;
  /** Version of the instrumentation scope. */
  readonly meterVersion?: string;
  /** Schema URL of the instrumentation scope. */
  readonly meterSchemaUrl?: string;
}

/** What is seen; what is not given stays as it is. */
export interface ViewStreamOptions {
  /** Name, for a selector of one instrument. */
  readonly name?: string;
  /** Description. */
  readonly description?: string;
  /** How values are summed up: one of these, `true` or an object. */
  readonly aggregation?: ViewAggregationOptions;
  /** How many series are kept, the overflow series included. */
  readonly aggregationCardinalityLimit?: number;
  /** Which attributes are kept, by key with `*` and `?`; series that become the same are one. */
  readonly attributeKeys?: ViewAttributeKeysOptions;
}

/** How values are summed up: one of these, `true` or an object. */
export interface ViewAggregationOptions {
  /** As if no view had chosen one. */
  readonly default?: boolean | Readonly<Record<string, never>>;
  /** Not at all: the instrument is not recorded. */
  readonly drop?: boolean | Readonly<Record<string, never>>;
  /** By adding. */
  readonly sum?: boolean | Readonly<Record<string, never>>;
  /** By keeping the last. */
  readonly lastValue?: boolean | Readonly<Record<string, never>>;
  /** In buckets of these limits. */
  readonly explicitBucketHistogram?: boolean | ViewExplicitBucketHistogramOptions;
  /** In buckets whose width follows the data. */
  readonly base2ExponentialBucketHistogram?: boolean | ViewBase2ExponentialBucketHistogramOptions;
}

/** In buckets of these limits. */
export interface ViewExplicitBucketHistogramOptions {
  /** Upper limits, ascending. */
  readonly boundaries?: readonly number[];
  /**
   * Whether minimum and maximum are kept.
   * @default true
   */
  readonly recordMinMax?: boolean;
}

/** In buckets whose width follows the data. */
export interface ViewBase2ExponentialBucketHistogramOptions {
  /** Finest scale. */
  readonly maxScale?: number;
  /** How many buckets at most. */
  readonly maxSize?: number;
  /**
   * Whether minimum and maximum are kept.
   * @default true
   */
  readonly recordMinMax?: boolean;
}

/** Which attributes are kept, by key with `*` and `?`; series that become the same are one. */
export interface ViewAttributeKeysOptions {
  /**
   * Keys that are kept.
   * @default all
   */
  readonly included?: readonly string[];
  /** Keys that are left out of those. */
  readonly excluded?: readonly string[];
}

/** Logs; `false` switches the logger and the shipping off. */
export interface LoggingOptions {
  /**
   * The least severe level that is logged.
   * @default info
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** By a logger's name, in which `*` stands for any characters; a longer pattern is stronger than a shorter one. */
  readonly levels?: Readonly<Record<string, string>>;
  /**
   * Where log records go; each goes to all of them. The variable decides only what is shipped: the console stays.
   * @default `console` and one `otlp`; the latter not when code or a file names exporters for another signal
   */
  readonly sinks?: readonly LogSinkOptions[];
  /** What is hidden in lines, wherever they go. */
  readonly redact?: LogRedactionOptions;
  /** Keeps a share of the lines only. */
  readonly sampling?: LogSamplingOptions;
  /** Limits how often the same line is written, and tells how often it was left out; `true` takes the defaults. */
  readonly repeats?: boolean | LogRepeatOptions;
  /** How records are gathered before they are sent. */
  readonly batch?: BatchOptions;
  /** How much one log record may hold. */
  readonly limits?: LogRecordLimitsOptions;
}

/** Where log records go; each goes to all of them. The variable decides only what is shipped: the console stays. */
export type LogSinkOptions =
  | ConsoleLogSinkOptions
  | FileLogSinkOptions
  | OtlpLogSinkOptions
  | ElasticsearchLogSinkOptions
  | OpensearchLogSinkOptions
  | LokiLogSinkOptions
  | SyslogLogSinkOptions;

/** Prints lines. */
export interface ConsoleLogSinkOptions {
  readonly type: "console";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * JSON, or lines for people; `auto` is `pretty` on a terminal.
   * @default auto
   */
  readonly format?: "auto" | "json" | "pretty";
  /**
   * Colours of pretty lines; `auto` on a terminal that has them.
   * @default auto
   */
  readonly colors?: "auto" | "always" | "never";
  /**
   * Where to.
   * @default stdout
   */
  readonly stream?: "stdout" | "stderr";
  /**
   * Whether a line is written before the logging call returns; `false` gathers lines, and a reader that stalls costs lines, not time.
   * @default true
   */
  readonly sync?: boolean;
}

/** Appends lines to a file. */
export interface FileLogSinkOptions {
  readonly type: "file";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * The file; its folder is made. Each process needs one of its own.
   * @default needed
   */
  readonly path?: string;
  /** When a new file is begun; the last ones are `path.1`, `path.2` and so on. */
  readonly rotate?: LogRotationOptions;
  /**
   * What may wait for a slow disk, in characters; what comes beyond is dropped and counted.
   * @default 16777216
   */
  readonly maxQueueSize?: number | string;
  /**
   * Whether SIGHUP makes it open the file anew instead of ending the process; `auto` when the process has no terminal. A file that was moved is noticed without it.
   * @default auto
   */
  readonly reopenOnSighup?: "auto" | "always" | "never";
}

/** When a new file is begun; the last ones are `path.1`, `path.2` and so on. */
export interface LogRotationOptions {
  /**
   * The file grows no larger, unless one line is.
   * @default no limit
   */
  readonly maxSize?: number | string;
  /**
   * A new file each hour, day or week (from Monday), in UTC.
   * @default none
   */
  readonly interval?: "hourly" | "daily" | "weekly";
  /**
   * Older files that are kept.
   * @default 5
   */
  readonly maxFiles?: number;
  /**
   * Whether older files are compressed.
   * @default false
   */
  readonly gzip?: boolean;
}

/** Sends logs to an OpenTelemetry Collector or any other OTLP receiver. */
export interface OtlpLogSinkOptions {
  readonly type: "otlp";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * How OTLP is carried; gRPC is loaded only when asked for.
   * @default http/protobuf
   */
  readonly protocol?: "http/protobuf" | "http/json" | "grpc";
  /**
   * Where to send to; over HTTP, `/v1/logs` is added to a URL without a path. The general variable is a base that always gets it, the signal's own is used as it is.
   * @default http://localhost:4318/v1/logs, for gRPC http://localhost:4317
   */
  readonly endpoint?: string;
  /** Headers of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * Compression of requests from 1 KiB on; zstd over HTTP only, where the receiver knows it.
   * @default none
   */
  readonly compression?: "none" | "gzip" | "zstd";
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * gRPC only: plain text to an endpoint that is written without a scheme.
   * @default false
   */
  readonly insecure?: boolean;
}

/** Sends lines to Elasticsearch by its bulk API, in the Elastic Common Schema. */
export interface ElasticsearchLogSinkOptions {
  readonly type: "elasticsearch";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * Where Elasticsearch listens.
   * @default needed
   */
  readonly endpoint?: string;
  /**
   * The data stream or index; `{date}` stands for a line's day.
   * @default logs-telltale-default
   */
  readonly index?: string;
  /**
   * Whether `index` is a data stream; `auto` unless it has `{date}`.
   * @default auto
   */
  readonly dataStream?: "auto" | "always" | "never";
  /**
   * Whether an index template with the fields' types is made when there is none.
   * @default true
   */
  readonly template?: boolean;
  /** In place of a user. */
  readonly apiKey?: string;
  /** Headers of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The user, for basic authorization. */
  readonly username?: string;
  /** The user's password. */
  readonly password?: string;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 30000
   */
  readonly timeoutMs?: number;
  /**
   * Compression of each request.
   * @default gzip
   */
  readonly compression?: "none" | "gzip";
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * What may wait for the backend, in characters; what comes beyond is dropped and counted.
   * @default 16777216
   */
  readonly maxQueueSize?: number | string;
  /**
   * Lines of one request at most.
   * @default 2000
   */
  readonly maxBatchLines?: number;
  /**
   * How long a line waits at most before its batch is sent. In milliseconds.
   * @default 1000
   */
  readonly scheduledDelayMs?: number;
}

/** Sends lines to OpenSearch by its bulk API, in the Elastic Common Schema. */
export interface OpensearchLogSinkOptions {
  readonly type: "opensearch";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * Where OpenSearch listens.
   * @default needed
   */
  readonly endpoint?: string;
  /**
   * The data stream or index; `{date}` stands for a line's day.
   * @default logs-telltale-default
   */
  readonly index?: string;
  /**
   * Whether `index` is a data stream; `auto` unless it has `{date}`.
   * @default auto
   */
  readonly dataStream?: "auto" | "always" | "never";
  /**
   * Whether an index template with the fields' types is made when there is none.
   * @default true
   */
  readonly template?: boolean;
  /** In place of a user. */
  readonly apiKey?: string;
  /** Headers of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The user, for basic authorization. */
  readonly username?: string;
  /** The user's password. */
  readonly password?: string;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 30000
   */
  readonly timeoutMs?: number;
  /**
   * Compression of each request.
   * @default gzip
   */
  readonly compression?: "none" | "gzip";
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * What may wait for the backend, in characters; what comes beyond is dropped and counted.
   * @default 16777216
   */
  readonly maxQueueSize?: number | string;
  /**
   * Lines of one request at most.
   * @default 2000
   */
  readonly maxBatchLines?: number;
  /**
   * How long a line waits at most before its batch is sent. In milliseconds.
   * @default 1000
   */
  readonly scheduledDelayMs?: number;
}

/** Sends lines to Grafana Loki. */
export interface LokiLogSinkOptions {
  readonly type: "loki";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * Where Loki listens; `/loki/api/v1/push` is added.
   * @default needed
   */
  readonly endpoint?: string;
  /** Labels of every stream, beside `service_name`. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Fields of a line that become labels: few, with few values.
   * @default [level]
   */
  readonly lineLabels?: readonly string[];
  /**
   * Fields of a line that become structured metadata.
   * @default [trace_id, span_id]
   */
  readonly metadata?: readonly string[];
  /** `X-Scope-OrgID`, for a Loki of several tenants. */
  readonly tenant?: string;
  /** Headers of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The user, for basic authorization. */
  readonly username?: string;
  /** The user's password. */
  readonly password?: string;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 30000
   */
  readonly timeoutMs?: number;
  /**
   * Compression of each request.
   * @default gzip
   */
  readonly compression?: "none" | "gzip";
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * What may wait for the backend, in characters; what comes beyond is dropped and counted.
   * @default 16777216
   */
  readonly maxQueueSize?: number | string;
  /**
   * Lines of one request at most.
   * @default 2000
   */
  readonly maxBatchLines?: number;
  /**
   * How long a line waits at most before its batch is sent. In milliseconds.
   * @default 1000
   */
  readonly scheduledDelayMs?: number;
}

/** Sends lines to a syslog server, as messages of RFC 5424. */
export interface SyslogLogSinkOptions {
  readonly type: "syslog";
  /**
   * The least severe level that goes there, of what loggers let through.
   * @default all
   */
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * Where the server is.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /**
   * The server's port.
   * @default 514, or 6514 for TLS
   */
  readonly port?: number;
  /**
   * How messages are carried.
   * @default udp
   */
  readonly protocol?: "udp" | "tcp" | "tls";
  /**
   * What kind of program it is.
   * @default user
   */
  readonly facility?:
    | "user"
    | "daemon"
    | "local0"
    | "local1"
    | "local2"
    | "local3"
    | "local4"
    | "local5"
    | "local6"
    | "local7";
  /**
   * The program's name.
   * @default the service's name
   */
  readonly appName?: string;
  /**
   * The whole line, or its message with the fields as structured data.
   * @default json
   */
  readonly format?: "json" | "text";
  /**
   * Longer messages are cut.
   * @default 2048 for UDP, else 65536
   */
  readonly maxMessageBytes?: number;
  /**
   * How long one request may take; 0 for no limit. In milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /** PEM file of the authority that signed the server's certificate. */
  readonly certificateFile?: string;
  /** PEM file of the client's key, for mutual TLS. */
  readonly clientKeyFile?: string;
  /** PEM file of the client's certificate, for mutual TLS. */
  readonly clientCertificateFile?: string;
  /**
   * What may wait for the backend, in characters; what comes beyond is dropped and counted.
   * @default 16777216
   */
  readonly maxQueueSize?: number | string;
  /**
   * Lines of one request at most.
   * @default 2000
   */
  readonly maxBatchLines?: number;
  /**
   * How long a line waits at most before its batch is sent. In milliseconds.
   * @default 1000
   */
  readonly scheduledDelayMs?: number;
}

/** What is hidden in lines, wherever they go. */
export interface LogRedactionOptions {
  /**
   * Fields by their paths, in pino's notation.
   * @default []
   */
  readonly paths?: readonly string[];
  /**
   * What looks like a secret, wherever it stands: costs more than `paths`.
   * @default []
   */
  readonly shapes?: readonly ("card" | "email" | "token" | "key" | "iban")[];
  /**
   * What stands in its place.
   * @default [Redacted]
   */
  readonly censor?: string;
  /**
   * Whether fields of `paths` are left out with their keys.
   * @default false
   */
  readonly remove?: boolean;
}

/** Keeps a share of the lines only. */
export interface LogSamplingOptions {
  /**
   * The share that is kept.
   * @default all
   */
  readonly ratio?: number;
  /**
   * The most severe level that is sampled; lines above it are all kept.
   * @default info
   */
  readonly upTo?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /**
   * Whether a trace's lines are kept or left out together.
   * @default true
   */
  readonly byTrace?: boolean;
}

/** Limits how often the same line is written, and tells how often it was left out; `true` takes the defaults. */
export interface LogRepeatOptions {
  /**
   * Lines of one message that are written in an interval.
   * @default 100
   */
  readonly limit?: number;
  /**
   * The interval. In milliseconds.
   * @default 1000
   */
  readonly intervalMs?: number;
}

/** How much one log record may hold. */
export interface LogRecordLimitsOptions {
  /**
   * Attributes of a record.
   * @default 128
   */
  readonly attributeCountLimit?: number;
  /**
   * Longer texts are cut. In characters.
   * @default Infinity
   */
  readonly attributeValueLengthLimit?: number;
}

/** Health of the process at `/livez`, `/readyz` and `/healthz`, on the port of `metrics.prometheus` or one of its own; `false` answers nowhere. */
export interface HealthOptions {
  /**
   * A port of its own to listen on; 0 takes any free one.
   * @default that of `metrics.prometheus`, where there is one
   */
  readonly port?: number;
  /**
   * Address that the port of its own listens on; `0.0.0.0` to be reachable by a kubelet.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /**
   * Put before the paths: `/ops` makes `/ops/livez`.
   * @default none
   */
  readonly prefix?: string;
  /**
   * Whether answers say why a check is not well.
   * @default true
   */
  readonly reasons?: boolean;
  /**
   * Whether the check `exports` is there from the start: degraded while an exporter or log sink fails, unhealthy after a minute of it. It is not critical, so the process stays ready.
   * @default true
   */
  readonly exports?: boolean;
  /**
   * When the process is ready: `auto` once every critical check has answered, `manual` when the application says `telemetry.health.started()`.
   * @default auto
   */
  readonly start?: "auto" | "manual";
}

/** CPU and heap profiles for `go tool pprof`, at `/debug/pprof/profile` and `/debug/pprof/heap` on a port of their own. Who can ask can slow the process down. */
export interface ProfilingOptions {
  /**
   * The port to listen on; 0 takes any free one.
   * @default 6060
   */
  readonly port?: number;
  /**
   * Address to listen on.
   * @default 127.0.0.1
   */
  readonly host?: string;
}

/** Alerts from Prometheus rules on the metrics of this process, in a thread of its own; `true` takes the defaults, which is enough for alerts in code. */
export interface AlertingOptions {
  /**
   * Rule files of Prometheus, or patterns of such; they are read again when they change.
   * @default none but alerts in code
   */
  readonly rules?: readonly string[];
  /**
   * An `alertmanager.yml`: who is told, and how. It is read again when it changes.
   * @default nobody; alerts are in the log
   */
  readonly receivers?: string;
  /**
   * A `telltale.alerting.yaml`: escalation, cooldown, runbooks, interventions, heartbeat, baselines. It is read again when it changes.
   * @default none
   */
  readonly extras?: string;
  /**
   * Alertmanagers that alerts are handed over to; while none takes them, the receivers are told.
   * @default none
   */
  readonly alertmanagers?: readonly string[];
  /**
   * A file for what a restart must neither repeat nor forget.
   * @default kept in memory
   */
  readonly state?: string;
  /**
   * How often metrics are collected, and rules evaluated whose group does not say. In milliseconds.
   * @default 15000
   */
  readonly intervalMs?: number;
  /**
   * How long samples are kept; rules cannot look farther back. In milliseconds.
   * @default 86400000
   */
  readonly retentionMs?: number;
  /**
   * How much memory samples may take, in the thread of alerting; the oldest go first.
   * @default 268435456
   */
  readonly maxMemory?: number | string;
  /**
   * Where people find the alerts; receivers are told.
   * @default none
   */
  readonly externalUrl?: string;
  /** Labels of every alert, such as the region that the process is in. */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** Alertmanager's API of version 2 for `amtool`, Grafana and Prometheus; `true` takes the defaults. Who reaches it may silence. */
  readonly api?: boolean | AlertingApiOptions;
}

/** Alertmanager's API of version 2 for `amtool`, Grafana and Prometheus; `true` takes the defaults. Who reaches it may silence. */
export interface AlertingApiOptions {
  /**
   * The port to listen on; 0 takes any free one.
   * @default 9093
   */
  readonly port?: number;
  /**
   * Address to listen on.
   * @default 127.0.0.1
   */
  readonly host?: string;
}

/** The instrumentations that telltale has. */
export type InstrumentationName =
  | "agents"
  | "amqplib"
  | "aws-sdk"
  | "bunyan"
  | "cassandra-driver"
  | "cluster"
  | "consensus"
  | "dataloader"
  | "dns"
  | "express"
  | "fastify"
  | "fs"
  | "gaming"
  | "generic-pool"
  | "gpu"
  | "graphql"
  | "grpc"
  | "hapi"
  | "host"
  | "http"
  | "ioredis"
  | "kafkajs"
  | "knex"
  | "koa"
  | "lru-memoizer"
  | "memcached"
  | "ml"
  | "mongodb"
  | "mongoose"
  | "mysql"
  | "mysql2"
  | "nestjs-core"
  | "net"
  | "openai"
  | "oracledb"
  | "p2p"
  | "pg"
  | "pino"
  | "redis"
  | "runtime"
  | "runtime-node"
  | "socket.io"
  | "tedious"
  | "trading"
  | "undici"
  | "winston";

/** By name: on, off, or on with the instrumentation's own configuration. */
export type InstrumentationSwitches = {
  readonly [Name in InstrumentationName]?: boolean | Readonly<Record<string, unknown>>;
};
