export type OtlpSignal = "traces" | "metrics" | "logs";

/** OTLP over HTTP or gRPC; `endpoint` is the whole URL of the signal, `/v1/traces` included for HTTP. */
export interface OtlpExporterConfiguration {
  readonly protocol: "http/protobuf" | "http/json" | "grpc";
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Bodies under 1 KiB stay as they are. gRPC has no zstd. */
  readonly compression: "none" | "gzip" | "zstd";
  /** PEM text, read from the file that the option names. */
  readonly certificate: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientCertificate: string | undefined;
  /** gRPC only: plain text to an endpoint without scheme. */
  readonly insecure: boolean;
}
