/**
 * OTLP from the parts under OpenTelemetry's exporter classes: those classes also read `OTEL_EXPORTER_OTLP_*` themselves, so
 * one backend's headers, which are often secrets, would be sent to every other endpoint.
 */
import { createRequire } from "node:module";
import type { ExportResult } from "@opentelemetry/core";
import type { IExporterMetricsHelper, ISerializer } from "@opentelemetry/otlp-transformer";

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

/** What the exporters of all three signals have in common; `T` is a list of spans or log records, or the metrics. */
export interface OtlpExporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export type OtlpSignal = "traces" | "metrics" | "logs";

/**
 * The OTLP exporter of a signal. Over protobuf, metrics may also come as the bytes of an ExportMetricsServiceRequest, which
 * go out as they are. The packages of its protocol are loaded here and not before. */
export function createOtlpExporter<T>(signal: OtlpSignal, configuration: OtlpExporterConfiguration): OtlpExporter<T> {
  // The delegates are typed by what they serialize, which the signal decides.
  switch (configuration.protocol) {
    case "http/protobuf":
    case "http/json":
      return overHttp(signal, configuration, configuration.protocol) as OtlpExporter<unknown> as OtlpExporter<T>;
    case "grpc":
      return overGrpc(signal, configuration) as OtlpExporter<unknown> as OtlpExporter<T>;
  }
}

function overHttp(
  signal: OtlpSignal,
  configuration: OtlpExporterConfiguration,
  protocol: "http/protobuf" | "http/json",
): OtlpExporter<never> {
  const base =
    require("@opentelemetry/otlp-exporter-base/node-http") as typeof import("@opentelemetry/otlp-exporter-base/node-http");
  const parts = partsOf(signal);
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
    json ? parts.json : parts.protobuf,
    json ? `otlp_http_json_${parts.component}` : `otlp_http_${parts.component}`,
    parts.counter,
    undefined,
  ) as OtlpExporter<never>;
}

function overGrpc(signal: OtlpSignal, configuration: OtlpExporterConfiguration): OtlpExporter<never> {
  const base =
    require("@opentelemetry/otlp-grpc-exporter-base") as typeof import("@opentelemetry/otlp-grpc-exporter-base");
  const parts = partsOf(signal);
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
    parts.protobuf,
    `otlp_grpc_${parts.component}`,
    parts.counter,
    undefined,
    `${parts.service}ExportService`,
    `/opentelemetry.proto.collector.${parts.service.toLowerCase()}.v1.${parts.service}Service/Export`,
  ) as OtlpExporter<never>;
}

interface SignalParts {
  readonly json: ISerializer<never, unknown>;
  readonly protobuf: ISerializer<never, unknown>;
  readonly counter: IExporterMetricsHelper<never>;
  readonly component: string;
  readonly service: string;
}

function partsOf(signal: OtlpSignal): SignalParts {
  const transformer = require("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
  switch (signal) {
    case "traces":
      return {
        json: transformer.JsonTraceSerializer,
        protobuf: transformer.ProtobufTraceSerializer,
        counter: transformer.TraceExporterMetricsHelper,
        component: "span_exporter",
        service: "Trace",
      };
    case "metrics":
      return {
        json: transformer.JsonMetricsSerializer,
        protobuf: encodedToo(transformer.ProtobufMetricsSerializer),
        counter: countedToo(transformer.MetricsExporterMetricsHelper),
        component: "metric_exporter",
        service: "Metrics",
      };
    case "logs":
      return {
        json: transformer.JsonLogsSerializer,
        protobuf: transformer.ProtobufLogsSerializer,
        counter: transformer.LogsExporterMetricsHelper,
        component: "log_exporter",
        service: "Logs",
      };
  }
}

/** A serializer that lets through what is encoded already. */
function encodedToo<T, R>(serializer: ISerializer<T, R>): ISerializer<T | Uint8Array, R> {
  return {
    serializeRequest: (items) => (items instanceof Uint8Array ? items : serializer.serializeRequest(items)),
    deserializeResponse: (bytes) => serializer.deserializeResponse(bytes),
  };
}

/** Encoded items count as one: the numbers go to metrics that nobody reads, as these exporters have no meter provider. */
function countedToo<T>(helper: IExporterMetricsHelper<T>): IExporterMetricsHelper<T | Uint8Array> {
  return { name: helper.name, countItems: (items) => (items instanceof Uint8Array ? 1 : helper.countItems(items)) };
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
