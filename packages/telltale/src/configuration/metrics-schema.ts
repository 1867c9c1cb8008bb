import { count, milliseconds } from "./limit-schema.ts";
import type { GroupOption } from "./option.ts";
import { otlpExporter } from "./otlp-exporter-schema.ts";
import { statsd, statsdListener } from "./statsd-schema.ts";
import { views } from "./view-schema.ts";

export const metrics: GroupOption = {
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
