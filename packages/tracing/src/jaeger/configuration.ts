export interface JaegerExporterConfiguration {
  readonly type: "jaeger";
  /**
   * `otlp` (to 4318), `thrift-http` (to 14268/api/traces), `thrift-udp` (binary, to 6832), `thrift-udp-compact` (to 6831), or
   * `thrift-legacy`: by @opentelemetry/exporter-jaeger, over HTTP to a URL and over UDP to `host:port`.
   */
  readonly protocol: "otlp" | "thrift-http" | "thrift-udp" | "thrift-udp-compact" | "thrift-legacy";
  readonly endpoint: string;
  /** Not for UDP and `thrift-legacy`, which have none. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface JaegerThriftConfiguration extends JaegerExporterConfiguration {
  readonly protocol: "thrift-http" | "thrift-udp" | "thrift-udp-compact";
}
