/**
 * OTLP from the parts under OpenTelemetry's exporter classes: those classes also read `OTEL_EXPORTER_OTLP_*` themselves, so
 * one backend's headers, which are often secrets, would be sent to every other endpoint.
 */
import { createRequire } from "node:module";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

const require = createRequire(import.meta.url);

/** OTLP over HTTP or gRPC; `endpoint` is the whole URL of the signal, `/v1/traces` included for HTTP. */
export interface OtlpExporterConfiguration {
  readonly protocol: "http/protobuf" | "http/json" | "grpc";
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: "none" | "gzip";
  /** PEM text, read from the file that the option names. */
  readonly certificate: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientCertificate: string | undefined;
  /** gRPC only: plain text to an endpoint without scheme. */
  readonly insecure: boolean;
}

/** Exports under way at once: OpenTelemetry's default. */
const CONCURRENCY_LIMIT = 30;

export function createOtlpSpanExporter(configuration: OtlpExporterConfiguration): SpanExporter {
  switch (configuration.protocol) {
    case "http/protobuf":
    case "http/json":
      return overHttp(configuration, configuration.protocol);
    case "grpc":
      return overGrpc(configuration);
  }
}

function overHttp(configuration: OtlpExporterConfiguration, protocol: "http/protobuf" | "http/json"): SpanExporter {
  const base =
    require("@opentelemetry/otlp-exporter-base/node-http") as typeof import("@opentelemetry/otlp-exporter-base/node-http");
  const transformer = require("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
  const json = protocol === "http/json";
  const headers = {
    ...configuration.headers,
    "Content-Type": json ? "application/json" : "application/x-protobuf",
  };
  return base.createOtlpHttpExportDelegate(
    {
      ...shared(configuration),
      url: configuration.endpoint,
      headers: async () => ({ ...headers }),
      agentFactory: base.httpAgentFactoryFromOptions({
        keepAlive: true,
        ...(configuration.certificate !== undefined && { ca: configuration.certificate }),
        ...(configuration.clientKey !== undefined && { key: configuration.clientKey }),
        ...(configuration.clientCertificate !== undefined && { cert: configuration.clientCertificate }),
      }),
    },
    json ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer,
    json ? "otlp_http_json_span_exporter" : "otlp_http_span_exporter",
    transformer.TraceExporterMetricsHelper,
    undefined,
  );
}

function overGrpc(configuration: OtlpExporterConfiguration): SpanExporter {
  const base =
    require("@opentelemetry/otlp-grpc-exporter-base") as typeof import("@opentelemetry/otlp-grpc-exporter-base");
  const transformer = require("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
  const secure = isSecure(configuration);
  return base.createOtlpGrpcExportDelegate(
    {
      ...shared(configuration),
      url: grpcTarget(configuration.endpoint),
      metadata: () => {
        const metadata = base.createEmptyMetadata();
        for (const [name, value] of Object.entries(configuration.headers)) metadata.set(name, value);
        return metadata;
      },
      credentials: () =>
        secure
          ? base.createSslCredentials(
              pem(configuration.certificate),
              pem(configuration.clientKey),
              pem(configuration.clientCertificate),
            )
          : base.createInsecureCredentials(),
    },
    transformer.ProtobufTraceSerializer,
    "otlp_grpc_span_exporter",
    transformer.TraceExporterMetricsHelper,
    undefined,
    "TraceExportService",
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  );
}

function shared(configuration: OtlpExporterConfiguration) {
  return {
    timeoutMillis: configuration.timeoutMs,
    concurrencyLimit: CONCURRENCY_LIMIT,
    compression: configuration.compression,
  };
}

function isSecure({ endpoint, insecure }: OtlpExporterConfiguration): boolean {
  if (endpoint.startsWith("https://")) return true;
  if (/^(http|unix):\/\//.test(endpoint)) return false;
  return !insecure;
}

/** gRPC wants `host:port`; paths mean nothing to it. */
function grpcTarget(endpoint: string): string {
  if (endpoint.startsWith("unix:")) return endpoint;
  return new URL(endpoint.includes("://") ? endpoint : `https://${endpoint}`).host;
}

function pem(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}
