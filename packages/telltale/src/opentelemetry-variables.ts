/**
 * Variables that OpenTelemetry knows and telltale has no option for. They belong to the specification, to
 * instrumentations or to other SDKs, and only serve to tell a misspelled name from a name that is somebody else's.
 */
export const otherOpentelemetryVariables: readonly string[] = [
  "OTEL_CONFIG_FILE",
  "OTEL_EXPERIMENTAL_CONFIG_FILE",
  "OTEL_ENTITIES",
  "OTEL_SEMCONV_STABILITY_OPT_IN",
  "OTEL_EXPORTER_JAEGER_AGENT_HOST",
  "OTEL_EXPORTER_JAEGER_AGENT_PORT",
  "OTEL_EXPORTER_JAEGER_USER",
  "OTEL_EXPORTER_JAEGER_PASSWORD",
  "OTEL_EXPORTER_JAEGER_PROTOCOL",
  "OTEL_EXPORTER_OTLP_SPAN_INSECURE",
  "OTEL_EXPORTER_OTLP_METRIC_INSECURE",
  "OTEL_EXPORTER_PROMETHEUS_PATH",
  "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS",
  "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
  "OTEL_NODE_EXPERIMENTAL_SDK_METRICS",
  "OTEL_METRIC_EXPORT_MAX_QUEUE_SIZE",
];
