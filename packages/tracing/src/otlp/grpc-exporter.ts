import { createRequire } from "node:module";
import type { IExporterMetricsHelper, ISerializer } from "@opentelemetry/otlp-transformer";
import type { OtlpExporterConfiguration, OtlpSignal } from "./configuration.ts";

const require = createRequire(import.meta.url);

/** Sends requests that are encoded already. */
export interface BytesExporter {
  /** Resolves when they have been taken, to the number of items that were not; the bytes are not read any more then. */
  send(bytes: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Exports under way at once: OpenTelemetry's default. */
const CONCURRENCY_LIMIT = 30;

export function grpcExporter(signal: OtlpSignal, configuration: OtlpExporterConfiguration): BytesExporter {
  const base =
    require("@opentelemetry/otlp-grpc-exporter-base") as typeof import("@opentelemetry/otlp-grpc-exporter-base");
  const { service, component, serializer } = partsOf(signal);
  const secure = isSecure(configuration);
  const delegate = base.createOtlpGrpcExportDelegate(
    {
      timeoutMillis: configuration.timeoutMs,
      concurrencyLimit: CONCURRENCY_LIMIT,
      compression: configuration.compression === "gzip" ? "gzip" : "none",
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
    encodedAlready(serializer),
    `otlp_grpc_${component}`,
    countedAsOne,
    undefined,
    `${service}ExportService`,
    `/opentelemetry.proto.collector.${service.toLowerCase()}.v1.${service}Service/Export`,
  );
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        delegate.export(bytes, ({ error, code }) => {
          // What was refused of it is told by OpenTelemetry's part alone.
          if (code === 0) resolve(0);
          else reject(error ?? new Error("the export failed"));
        });
      }),
    close: () => delegate.shutdown(),
  };
}

function partsOf(signal: OtlpSignal) {
  const transformer = require("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
  switch (signal) {
    case "traces":
      return { service: "Trace", component: "span_exporter", serializer: transformer.ProtobufTraceSerializer };
    case "metrics":
      return { service: "Metrics", component: "metric_exporter", serializer: transformer.ProtobufMetricsSerializer };
    case "logs":
      return { service: "Logs", component: "log_exporter", serializer: transformer.ProtobufLogsSerializer };
  }
}

function encodedAlready(serializer: {
  deserializeResponse(bytes: Uint8Array): unknown;
}): ISerializer<Uint8Array, unknown> {
  return {
    serializeRequest: (bytes) => bytes,
    deserializeResponse: (bytes) => serializer.deserializeResponse(bytes),
  };
}

/** The numbers go to metrics that nobody reads, as these exporters have no meter provider. */
const countedAsOne: IExporterMetricsHelper<Uint8Array> = { name: "span", countItems: () => 1 };

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
