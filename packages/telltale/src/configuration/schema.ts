/**
 * Every option there is, as data: the source of `options.ts` and `docs/configuration.md` (npm run generate), of what
 * is accepted and of every default. Longer than most files because it is a table.
 */
import { logLevels, logSinks, logThinning } from "./log-sink-schema.ts";
import type { FlagOption, GroupOption, ListOption, NumberOption, TextOption, VariantsOption } from "./option.ts";
import { otlpExporter, timeout } from "./otlp-exporter-schema.ts";

const milliseconds = { kind: "number", unit: "milliseconds", whole: true, max: 2_147_483_647 } as const;
const count = { kind: "number", whole: true, max: Number.MAX_SAFE_INTEGER } as const;

const service: GroupOption = {
  kind: "group",
  doc: "Who sends the telemetry.",
  typeName: "ServiceOptions",
  options: {
    name: {
      kind: "text",
      doc: "The service's name, `service.name`.",
      example: "checkout",
      defaultNote: "the name in the nearest package.json",
      otel: ["OTEL_SERVICE_NAME"],
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    version: {
      kind: "text",
      doc: "The service's version, `service.version`.",
      example: "1.4.0",
      defaultNote: "the version in the nearest package.json",
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    namespace: {
      kind: "text",
      doc: "What the service belongs to, `service.namespace`.",
      example: "shop",
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    environment: {
      kind: "text",
      doc: "Where it is deployed, `deployment.environment.name`.",
      example: "production",
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
  },
};

const resource: GroupOption = {
  kind: "group",
  doc: "What else is known of the sender.",
  typeName: "ResourceOptions",
  options: {
    attributes: {
      kind: "map",
      doc: "Attributes of everything that is sent.",
      values: "scalar",
      example: "team=payments,region=eu-west-1",
      otel: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    detectors: {
      kind: "names",
      doc: "What is asked about the process and its surroundings at start.",
      values: ["env", "host", "os", "process", "container", "serviceinstance"],
      all: true,
      example: ["env", "host"],
      default: ["env", "host", "os", "process", "container"],
      otel: ["OTEL_NODE_RESOURCE_DETECTORS"],
    },
  },
};

const spanExporters: VariantsOption = {
  kind: "variants",
  doc: "Where spans go; each is sent to all of them.",
  typeName: "SpanExporterOptions",
  defaultNote: "one `otlp`, unless code or a file names exporters for another signal",
  otel: ["OTEL_TRACES_EXPORTER"],
  variants: {
    otlp: otlpExporter("traces", "OtlpSpanExporterOptions"),
    jaeger: {
      kind: "group",
      doc: "Sends spans to Jaeger: over OTLP, or in its older thrift formats.",
      typeName: "JaegerExporterOptions",
      options: {
        protocol: {
          kind: "choice",
          doc: "`otlp` to port 4318, `thrift-http` to port 14268, `thrift-udp` (binary) to port 6832, `thrift-udp-compact` to port 6831, or `thrift-legacy`: as the package @opentelemetry/exporter-jaeger writes it.",
          values: ["otlp", "thrift-http", "thrift-udp", "thrift-udp-compact", "thrift-legacy"],
          defaultNote: "told by the endpoint's port, else `otlp`",
        },
        endpoint: {
          kind: "text",
          doc: "Where Jaeger listens; the path of the protocol is added to a URL without one.",
          example: "http://localhost:4318",
          defaultNote:
            "http://localhost:4318/v1/traces, http://localhost:14268/api/traces, localhost:6832 or localhost:6831",
          otel: ["OTEL_EXPORTER_JAEGER_ENDPOINT"],
        },
        headers: {
          kind: "map",
          doc: "Headers of each request.",
          values: "text",
          headers: true,
          example: "x-api-key=secret",
        },
        timeoutMs: { ...timeout, otel: ["OTEL_EXPORTER_JAEGER_TIMEOUT"] },
      },
    },
    zipkin: {
      kind: "group",
      doc: "Sends spans to Zipkin, as version 2 JSON.",
      typeName: "ZipkinExporterOptions",
      options: {
        endpoint: {
          kind: "text",
          doc: "Where Zipkin listens; `/api/v2/spans` is added to a URL without a path.",
          example: "http://localhost:9411/api/v2/spans",
          default: "http://localhost:9411/api/v2/spans",
          otel: ["OTEL_EXPORTER_ZIPKIN_ENDPOINT"],
        },
        headers: {
          kind: "map",
          doc: "Headers of each request.",
          values: "text",
          headers: true,
          example: "x-api-key=secret",
        },
        timeoutMs: { ...timeout, otel: ["OTEL_EXPORTER_ZIPKIN_TIMEOUT"] },
      },
    },
    console: {
      kind: "group",
      doc: "Prints each trace as a tree on standard output, for people to read.",
      typeName: "ConsoleSpanExporterOptions",
      options: {
        attributes: { kind: "flag", doc: "Attributes and events under each span.", default: false },
        colors: {
          kind: "choice",
          doc: "Colours; `auto` on a terminal that has them.",
          values: ["auto", "always", "never"],
          default: "auto",
        },
      },
    },
    file: {
      kind: "group",
      doc: "Appends spans to a file, as lines of OTLP's JSON.",
      typeName: "FileSpanExporterOptions",
      options: {
        path: { kind: "text", doc: "The file, which several processes may share; needed.", example: "traces.jsonl" },
        maxSizeBytes: {
          ...count,
          doc: "Bytes that the file holds at most; then it is moved to `path.1` and begun anew.",
          min: 1,
          example: 104_857_600,
          default: 104_857_600,
        },
        maxFiles: { ...count, doc: "Older files that are kept.", min: 0, max: 1_000, example: 5, default: 5 },
      },
    },
  },
};

const ratio = { kind: "number", whole: false, min: 0, max: 1, example: 0.1 } as const;

const tracesPerSecond = {
  kind: "number",
  unit: "traces a second",
  whole: false,
  min: 0,
  max: 1_000_000_000,
  example: 100,
} as const;

const samplingRule: GroupOption = {
  kind: "group",
  doc: "Sampling for what matches `span`, `route` and `attributes`, all that are given.",
  typeName: "SamplingRuleOptions",
  options: {
    name: {
      kind: "text",
      doc: "What the sampling status calls the rule.",
      example: "health checks",
      defaultNote: "what it matches",
    },
    span: { kind: "text", doc: "The span's name at its start; `*` stands for any text.", example: "GET *" },
    route: {
      kind: "text",
      doc: "The request's path; `*` and `:name` stand for one segment, `**` for any text.",
      example: "/users/:id",
    },
    attributes: {
      kind: "map",
      doc: "Attributes that the span has at its start; in texts `*` stands for any text.",
      values: "scalar",
      example: "tenant=acme-*",
    },
    type: {
      kind: "choice",
      doc: "Keep everything, nothing, a share, or so many a second.",
      values: ["always_on", "always_off", "ratio", "rate_limiting"],
      defaultNote: "told by `ratio` or `tracesPerSecond`",
    },
    ratio: { ...ratio, doc: "The share of these traces that is kept." },
    tracesPerSecond: { ...tracesPerSecond, doc: "How many of these traces are kept at most." },
  },
};

const sampling: GroupOption = {
  kind: "group",
  doc: "Which traces are kept. A layer that gives `type` hides what weaker layers say about sampling.",
  typeName: "SamplingOptions",
  options: {
    type: {
      kind: "choice",
      doc: "Keep everything, nothing, a share, so many a second, or what Jaeger says.",
      values: ["always_on", "always_off", "ratio", "rate_limiting", "jaeger_remote"],
      default: "always_on",
      defaultNote: "`ratio` or `rate_limiting` when only their number is given, else `always_on`",
      otelToo: ["OTEL_TRACES_SAMPLER"],
    },
    ratio: {
      ...ratio,
      doc: "For `ratio`: the share of traces that is kept, and stated in their tracestate, as OpenTelemetry's consistent probability sampling. For `jaeger_remote`: until Jaeger has answered.",
      default: 1,
      defaultNote: "`1`, for `jaeger_remote` `0.001`",
      otelToo: ["OTEL_TRACES_SAMPLER_ARG"],
    },
    tracesPerSecond: {
      ...tracesPerSecond,
      doc: "For `rate_limiting`, which needs it: how many traces are kept at most.",
    },
    endpoint: {
      kind: "text",
      doc: "For `jaeger_remote`: where Jaeger's agent or collector tells how to sample; asked for `service.name`.",
      example: "http://localhost:5778/sampling",
      default: "http://localhost:5778/sampling",
      otelToo: ["OTEL_TRACES_SAMPLER_ARG"],
    },
    pollingIntervalMs: {
      ...milliseconds,
      doc: "For `jaeger_remote`: how often it is asked.",
      min: 1,
      example: 60_000,
      default: 60_000,
      otelToo: ["OTEL_TRACES_SAMPLER_ARG"],
    },
    rules: {
      kind: "list",
      doc: "Other sampling for some traces, by what their first span says at its start: the first rule that matches decides, the above where none does.",
      item: samplingRule,
    },
    tail: {
      kind: "group",
      doc: "Keeps what failed or was slow in this process although it was not sampled: every span is then recorded, at its full cost, and decided when its trace has ended here.",
      typeName: "TailSamplingOptions",
      switchedOn: false,
      options: {
        errors: { kind: "flag", doc: "Keep a trace when a span of it has the status error.", default: true },
        slowerThanMs: {
          ...milliseconds,
          doc: "Keep a trace when its first span here took longer.",
          min: 0,
          example: 1_000,
          defaultNote: "none is too slow",
        },
        maxSpans: {
          ...count,
          doc: "Spans that wait for a decision, of all traces together; the oldest traces give way.",
          min: 1,
          example: 10_000,
          default: 10_000,
        },
      },
    },
    parentBased: {
      kind: "flag",
      doc: "Follow the decision of the caller's span where there is one.",
      default: true,
      otelToo: ["OTEL_TRACES_SAMPLER"],
    },
  },
};

const valueLength: NumberOption = {
  ...count,
  doc: "Longer texts are cut.",
  unit: "characters",
  min: 0,
  infinite: true,
  example: 4_096,
  default: Number.POSITIVE_INFINITY,
};

/** Limits are all "at most so many"; the general variables are the fallback of the particular ones. */
function limit(doc: string, ...otel: readonly string[]): NumberOption {
  return { ...count, doc, min: 0, example: 128, default: 128, otel };
}

/** OpenTelemetry's batch processors: OTEL_BSP_* and OTEL_BLRP_* differ in their defaults. */
function batch(prefix: "OTEL_BSP" | "OTEL_BLRP", scheduledDelayMs: number, maxQueueSize: number): GroupOption {
  return {
    kind: "group",
    doc: "How records are gathered before they are sent.",
    typeName: "BatchOptions",
    options: {
      maxQueueSize: {
        ...count,
        doc: "Records that wait at most; more are dropped and counted.",
        min: 1,
        example: 2_048,
        default: maxQueueSize,
        defaultNote: "16384 for spans, 2048 for logs",
        otel: [`${prefix}_MAX_QUEUE_SIZE`],
      },
      maxExportBatchSize: {
        ...count,
        doc: "Records in one request at most; not above `maxQueueSize`.",
        min: 1,
        example: 512,
        default: 512,
        otel: [`${prefix}_MAX_EXPORT_BATCH_SIZE`],
      },
      scheduledDelayMs: {
        ...milliseconds,
        doc: "How long a record waits at most before its batch is sent.",
        min: 0,
        example: scheduledDelayMs,
        default: scheduledDelayMs,
        defaultNote: "5000 for spans, 1000 for logs",
        otel: [`${prefix}_SCHEDULE_DELAY`],
      },
      exportTimeoutMs: {
        ...milliseconds,
        doc: "How long sending a batch may take; 0 for no limit.",
        min: 0,
        example: 30_000,
        default: 30_000,
        otel: [`${prefix}_EXPORT_TIMEOUT`],
      },
    },
  };
}

const tracing: GroupOption = {
  kind: "group",
  doc: "Traces; `false` records none.",
  typeName: "TracingOptions",
  switchedOn: true,
  options: {
    engine: {
      kind: "choice",
      doc: "Who records spans: telltale's own tracer provider and context manager, or the stock ones of OpenTelemetry's SDK.",
      values: ["telltale", "sdk"],
      default: "telltale",
    },
    exporters: spanExporters,
    sampling,
    limits: {
      kind: "group",
      doc: "How much one span may hold.",
      typeName: "SpanLimitsOptions",
      options: {
        attributeCountLimit: limit(
          "Attributes of a span.",
          "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
        attributeValueLengthLimit: {
          ...valueLength,
          otel: ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
        },
        eventCountLimit: limit("Events of a span.", "OTEL_SPAN_EVENT_COUNT_LIMIT"),
        linkCountLimit: limit("Links of a span.", "OTEL_SPAN_LINK_COUNT_LIMIT"),
        // The names with PER are those of the JavaScript SDK, the first ones those of the specification.
        attributePerEventCountLimit: limit(
          "Attributes of an event.",
          "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
        attributePerLinkCountLimit: limit(
          "Attributes of a link.",
          "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
      },
    },
    // Eight times the specification's 2,048, so that a burst of 10,000 spans in one tick loses none.
    batch: batch("OTEL_BSP", 5_000, 16_384),
    baggageAttributes: {
      kind: "names",
      doc: "Names of baggage entries that become attributes of every span.",
      example: ["tenant.id"],
      default: [],
    },
    spanMetrics: {
      kind: "flag",
      doc: "Whether the spans that are recorded are also counted and timed by name: `traces.span.metrics.calls` and `traces.span.metrics.duration`, which Jaeger's monitor page reads.",
      default: false,
    },
  },
};

const statsdSocketPath: TextOption = {
  kind: "text",
  doc: "A UNIX stream socket instead of host and port; Node.js has no UNIX datagram sockets.",
  example: "/var/run/datadog/dsd-stream.socket",
};

const statsd: GroupOption = {
  kind: "group",
  doc: "Sends metrics to a StatsD server; `true` takes the defaults.",
  typeName: "StatsdOptions",
  switchedOn: false,
  options: {
    host: { kind: "text", doc: "Where the server is.", example: "statsd", default: "127.0.0.1" },
    port: { ...count, doc: "The server's UDP port.", min: 1, max: 65_535, example: 8_125, default: 8_125 },
    socketPath: statsdSocketPath,
    flavour: {
      kind: "choice",
      doc: "`dogstatsd` sends attributes as tags, `plain` folds them into the name.",
      values: ["dogstatsd", "plain"],
      default: "dogstatsd",
    },
    prefix: { kind: "text", doc: "What every name begins with, before a dot.", example: "app" },
    tags: { kind: "map", doc: "Tags of every metric.", values: "scalar", example: "env=prod" },
    resourceTags: {
      kind: "names",
      doc: "Resource attributes that become tags of every metric.",
      example: ["service.name"],
      default: [],
    },
    histograms: {
      kind: "choice",
      doc: "What a histogram becomes: values that stand for those recorded, as `|d`, `|h` or `|ms`, or counters of its buckets.",
      values: ["distribution", "histogram", "timing", "buckets"],
      defaultNote: "`distribution` for dogstatsd, `timing` for plain",
    },
    intervalMs: {
      ...milliseconds,
      doc: "How often metrics are sent.",
      min: 1,
      example: 10_000,
      default: 10_000,
    },
    maxPacketBytes: {
      ...count,
      doc: "Bytes in one packet at most.",
      min: 64,
      max: 65_507,
      example: 1_432,
      defaultNote: "1432, or 8192 with `socketPath`",
    },
  },
};

const statsdListener: GroupOption = {
  kind: "group",
  doc: "Takes StatsD and DogStatsD from old code and reports it with all other metrics; `true` takes the defaults.",
  typeName: "StatsdListenerOptions",
  switchedOn: false,
  options: {
    host: {
      kind: "text",
      doc: "Address to listen on; `0.0.0.0` to be reachable from other machines and containers.",
      example: "0.0.0.0",
      default: "127.0.0.1",
    },
    port: {
      ...count,
      doc: "UDP port to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 8_125,
      default: 8_125,
    },
    socketPath: statsdSocketPath,
    signedGauges: {
      kind: "choice",
      doc: "Whether a gauge's sign changes the last value, as StatsD has it, or is the value's own, as DogStatsD clients mean it.",
      values: ["relative", "absolute"],
      default: "relative",
    },
    maxInstruments: { ...count, doc: "How many names are taken.", min: 1, example: 1_000, default: 1_000 },
    maxSeries: { ...count, doc: "How many sets of tags a name keeps.", min: 2, example: 2_000, default: 2_000 },
    expireAfterMs: {
      ...milliseconds,
      doc: "Sets of tags that nothing came for so long are forgotten.",
      min: 1,
      example: 3_600_000,
      defaultNote: "never",
    },
  },
};

const views: ListOption = {
  kind: "list",
  doc: "What readers see in place of instruments: other names, buckets or attributes, or nothing.",
  item: {
    kind: "group",
    doc: "A view, as in `meter_provider.views` of OpenTelemetry's declarative configuration.",
    typeName: "ViewOptions",
    options: {
      selector: {
        kind: "group",
        doc: "Which instruments it is for; all that is given has to fit.",
        typeName: "ViewSelectorOptions",
        options: {
          instrumentName: {
            kind: "text",
            doc: "Name; `*` stands for any characters, `?` for one.",
            example: "http.server.*",
          },
          instrumentType: {
            kind: "choice",
            doc: "Type.",
            values: [
              "counter",
              "gauge",
              "histogram",
              "observable_counter",
              "observable_gauge",
              "observable_up_down_counter",
              "up_down_counter",
            ],
          },
          unit: { kind: "text", doc: "Unit.", example: "s" },
          meterName: {
            kind: "text",
            doc: "Name of the instrumentation scope.",
            example: "@opentelemetry/instrumentation-http",
          },
          meterVersion: { kind: "text", doc: "Version of the instrumentation scope.", example: "1.4.0" },
          meterSchemaUrl: {
            kind: "text",
            doc: "Schema URL of the instrumentation scope.",
            example: "https://opentelemetry.io/schemas/1.45.0",
          },
        },
      },
      stream: {
        kind: "group",
        doc: "What is seen; what is not given stays as it is.",
        typeName: "ViewStreamOptions",
        options: {
          name: { kind: "text", doc: "Name, for a selector of one instrument.", example: "requests" },
          description: { kind: "text", doc: "Description.", example: "Requests answered." },
          aggregation: viewAggregation(),
          aggregationCardinalityLimit: {
            ...count,
            doc: "How many series are kept, the overflow series included.",
            min: 1,
            example: 2_000,
          },
          attributeKeys: {
            kind: "group",
            doc: "Which attributes are kept, by key with `*` and `?`; series that become the same are one.",
            typeName: "ViewAttributeKeysOptions",
            options: {
              included: { kind: "names", doc: "Keys that are kept.", example: ["http.*"], defaultNote: "all" },
              excluded: { kind: "names", doc: "Keys that are left out of those.", example: ["server.*"] },
            },
          },
        },
      },
    },
  },
};

const metrics: GroupOption = {
  kind: "group",
  doc: "Metrics; `false` records none.",
  typeName: "MetricsOptions",
  switchedOn: true,
  options: {
    exporters: {
      kind: "variants",
      doc: "Where metrics are sent.",
      typeName: "MetricExporterOptions",
      defaultNote:
        "one `otlp`; none when `prometheus` or `statsd` is on, or when code or a file names exporters for another signal",
      otelToo: ["OTEL_METRICS_EXPORTER"],
      variants: {
        otlp: otlpMetricExporter(),
        console: {
          kind: "group",
          doc: "Prints metrics on standard output.",
          typeName: "ConsoleMetricExporterOptions",
          options: {},
        },
      },
    },
    prometheus: {
      kind: "group",
      doc: "A page for Prometheus to scrape; `true` takes the defaults.",
      typeName: "PrometheusOptions",
      switchedOn: false,
      otelToo: ["OTEL_METRICS_EXPORTER"],
      options: {
        host: {
          kind: "text",
          doc: "Address to listen on; `0.0.0.0` to be reachable from other machines and containers.",
          example: "0.0.0.0",
          default: "127.0.0.1",
          otel: ["OTEL_EXPORTER_PROMETHEUS_HOST"],
        },
        port: {
          ...count,
          doc: "Port to listen on; 0 takes any free one.",
          min: 0,
          max: 65_535,
          example: 9_464,
          default: 9_464,
          otel: ["OTEL_EXPORTER_PROMETHEUS_PORT"],
        },
        path: { kind: "text", doc: "Path of the page.", example: "/metrics", default: "/metrics" },
        bearerToken: {
          kind: "text",
          doc: "Only requests with `Authorization: Bearer` and this token get the page.",
          example: "secret",
          secret: true,
          defaultNote: "none is asked for",
        },
        basicAuth: {
          kind: "group",
          doc: "Only requests with this user and password get the page; beside `bearerToken`, either will do.",
          typeName: "PrometheusBasicAuthOptions",
          options: {
            username: { kind: "text", doc: "The user, without a colon.", example: "prometheus" },
            password: { kind: "text", doc: "The password.", example: "secret", secret: true },
          },
        },
        tls: {
          kind: "group",
          doc: "Serves the page over HTTPS.",
          typeName: "PrometheusTlsOptions",
          options: {
            certificateFile: {
              kind: "pem-file",
              doc: "PEM file of the server's certificate, with those between it and its authority.",
            },
            keyFile: { kind: "pem-file", doc: "PEM file of the certificate's key." },
            clientCaFile: {
              kind: "pem-file",
              doc: "PEM file of the authority of clients' certificates: whoever has none gets no page (mutual TLS).",
            },
          },
        },
        allowedHosts: {
          kind: "names",
          doc: "Names that the Host header may have, besides localhost, `host` and IP addresses. On a loopback address all others are refused, elsewhere when this is given.",
          example: ["metrics.internal"],
          defaultNote: "none",
        },
        resourceLabels: {
          kind: "names",
          doc: "Resource attributes that every series carries as labels.",
          example: ["service.name"],
          default: [],
        },
        scopeLabels: {
          kind: "flag",
          doc: "Whether every series carries `otel_scope_name` and `otel_scope_version`.",
          default: false,
        },
        created: {
          kind: "flag",
          doc: "Whether OpenMetrics tells with `_created` when each counter and histogram began.",
          default: false,
        },
        utf8Names: {
          kind: "flag",
          doc: "Whether names go out as they are, with their dots, to who asks for that, as Prometheus from 3 on does. Rules and dashboards then need these names.",
          default: false,
        },
        serve: {
          kind: "choice",
          doc: "Which thread answers scrapes; a worker costs the main thread little, and answers while that one is blocked.",
          values: ["main", "worker"],
          default: "main",
        },
        cluster: {
          kind: "group",
          doc: "One page for all workers of a `node:cluster` and all worker threads; `true` takes the defaults.",
          typeName: "PrometheusClusterOptions",
          switchedOn: false,
          options: {
            gauges: {
              kind: "choice",
              doc: "A gauge that several workers have: `each` keeps them apart by a label `worker`, the others make one of them.",
              values: ["each", "sum", "max", "min", "last"],
              default: "each",
            },
          },
        },
      },
    },
    statsd,
    statsdListener,
    exportIntervalMs: {
      ...milliseconds,
      doc: "How often metrics are sent.",
      min: 1,
      example: 60_000,
      default: 60_000,
      otel: ["OTEL_METRIC_EXPORT_INTERVAL"],
    },
    exportTimeoutMs: {
      ...milliseconds,
      doc: "How long sending them may take, not above `exportIntervalMs`; 0 for as long as that.",
      min: 0,
      example: 30_000,
      default: 30_000,
      otel: ["OTEL_METRIC_EXPORT_TIMEOUT"],
    },
    views,
    exemplars: {
      kind: "names",
      doc: "Names, with `*` and `?`, of instruments whose series keep exemplars: a recent value with its trace. Instruments declared with `@telltale/metrics` ask for theirs.",
      example: ["http.server.*"],
      default: ["*.duration"],
    },
    exemplarFilter: {
      kind: "choice",
      doc: "Which measurements may become exemplars: those inside a sampled span, all, or none.",
      values: ["trace_based", "always_on", "always_off"],
      default: "trace_based",
      otel: ["OTEL_METRICS_EXEMPLAR_FILTER"],
    },
  },
};

const logging: GroupOption = {
  kind: "group",
  doc: "Logs; `false` switches the logger and the shipping off.",
  typeName: "LoggingOptions",
  switchedOn: true,
  options: {
    level: {
      kind: "choice",
      doc: "The least severe level that is logged.",
      values: logLevels,
      default: "info",
    },
    levels: {
      kind: "map",
      doc: "By a logger's name, in which `*` stands for any characters; a longer pattern is stronger than a shorter one.",
      values: "text",
      example: "http.*=debug,kafka=warn",
    },
    sinks: logSinks,
    ...logThinning,
    batch: batch("OTEL_BLRP", 1_000, 2_048),
    limits: {
      kind: "group",
      doc: "How much one log record may hold.",
      typeName: "LogRecordLimitsOptions",
      options: {
        attributeCountLimit: limit(
          "Attributes of a record.",
          "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
        attributeValueLengthLimit: {
          ...valueLength,
          otel: ["OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
        },
      },
    },
  },
};

/** Every option of `bootstrap()`. */
const health: GroupOption = {
  kind: "group",
  doc: "Health of the process at `/livez`, `/readyz` and `/healthz`, on the port of `metrics.prometheus` or one of its own; `false` answers nowhere.",
  typeName: "HealthOptions",
  switchedOn: true,
  options: {
    port: {
      ...count,
      doc: "A port of its own to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 8_080,
      defaultNote: "that of `metrics.prometheus`, where there is one",
    },
    host: {
      kind: "text",
      doc: "Address that the port of its own listens on; `0.0.0.0` to be reachable by a kubelet.",
      example: "0.0.0.0",
      default: "127.0.0.1",
    },
    prefix: {
      kind: "text",
      doc: "Put before the paths: `/ops` makes `/ops/livez`.",
      example: "/ops",
      default: "",
      defaultNote: "none",
    },
    reasons: { kind: "flag", doc: "Whether answers say why a check is not well.", default: true },
    start: {
      kind: "choice",
      doc: "When the process is ready: `auto` once every critical check has answered, `manual` when the application says `telemetry.health.started()`.",
      values: ["auto", "manual"],
      default: "auto",
    },
  },
};

export const schema: GroupOption = {
  kind: "group",
  doc: "Options of `bootstrap()`; `telltale.yaml`, `.toml` and `.json` have the same shape.",
  typeName: "TelltaleOptions",
  options: {
    service,
    resource,
    propagators: {
      kind: "names",
      doc: "How the trace is carried from one service to the next. `request-id` carries `x-request-id` beside it.",
      values: ["tracecontext", "baggage", "b3", "b3multi", "request-id"],
      example: ["tracecontext", "baggage"],
      default: ["tracecontext", "baggage"],
      otel: ["OTEL_PROPAGATORS"],
    },
    tracing,
    metrics,
    logging,
    health,
    instrumentations: {
      kind: "instrumentations",
      doc: "Which libraries are observed: `true`, `false` or the instrumentation's own configuration.",
      defaultNote: "all but `host`, `runtime-node`, `gpu`, `net`, `dns` and `fs`",
      otelToo: ["OTEL_NODE_ENABLED_INSTRUMENTATIONS", "OTEL_NODE_DISABLED_INSTRUMENTATIONS"],
    },
    shutdownTimeoutMs: {
      ...milliseconds,
      doc: "How long the last flush may take when the process ends.",
      min: 1,
      example: 2_000,
      default: 2_000,
    },
    enabled: {
      kind: "flag",
      doc: "`false` makes everything a no-op and loads nothing.",
      default: true,
      otelToo: ["OTEL_SDK_DISABLED"],
    },
    diagnosticsLevel: {
      kind: "choice",
      doc: "What telltale and the SDK say about themselves on standard error.",
      values: ["none", "error", "warn", "info", "debug", "verbose", "all"],
      anyCase: true,
      // Not the specification's info: there the SDK writes a line for each export that fails, all through an outage.
      default: "warn",
      otel: ["OTEL_LOG_LEVEL"],
    },
  },
};

function viewAggregation(): GroupOption {
  const recordMinMax: FlagOption = { kind: "flag", doc: "Whether minimum and maximum are kept.", default: true };
  const aggregation = (name: string, doc: string, options: GroupOption["options"] = {}): GroupOption => {
    return { kind: "group", doc, typeName: `View${name}Options`, switchedOn: false, options };
  };
  return {
    kind: "group",
    doc: "How values are summed up: one of these, `true` or an object.",
    typeName: "ViewAggregationOptions",
    options: {
      default: aggregation("Default", "As if no view had chosen one."),
      drop: aggregation("Drop", "Not at all: the instrument is not recorded."),
      sum: aggregation("Sum", "By adding."),
      lastValue: aggregation("LastValue", "By keeping the last."),
      explicitBucketHistogram: aggregation("ExplicitBucketHistogram", "In buckets of these limits.", {
        boundaries: { kind: "numbers", doc: "Upper limits, ascending.", example: [0.1, 0.5, 1] },
        recordMinMax,
      }),
      base2ExponentialBucketHistogram: aggregation(
        "Base2ExponentialBucketHistogram",
        "In buckets whose width follows the data.",
        {
          maxScale: { kind: "number", whole: true, doc: "Finest scale.", min: -10, max: 20, example: 20 },
          maxSize: { ...count, doc: "How many buckets at most.", min: 2, example: 160 },
          recordMinMax,
        },
      ),
    },
  };
}

function otlpMetricExporter(): GroupOption {
  const otlp = otlpExporter("metrics", "OtlpMetricExporterOptions");
  return {
    ...otlp,
    options: {
      ...otlp.options,
      temporality: {
        kind: "choice",
        doc: "Whether sums are sent since the start or since the last time.",
        values: ["cumulative", "delta", "lowmemory"],
        anyCase: true,
        default: "cumulative",
        otel: ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
      },
      histogramAggregation: {
        kind: "choice",
        doc: "The kind of histogram that is sent.",
        values: ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"],
        default: "explicit_bucket_histogram",
        otel: ["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"],
      },
    },
  };
}
