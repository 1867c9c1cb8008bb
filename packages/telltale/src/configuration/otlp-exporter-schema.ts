import type { GroupOption, LeafOption } from "./option.ts";

/** The options of one OTLP exporter; each signal has its own `OTEL_*` variables, stronger than the general ones. */
export function otlpExporter(signal: "traces" | "metrics" | "logs", typeName: string): GroupOption {
  const variables = (suffix: string): string[] => [
    `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}`,
    `OTEL_EXPORTER_OTLP_${suffix}`,
  ];
  return {
    kind: "group",
    doc: `Sends ${signal} to an OpenTelemetry Collector or any other OTLP receiver.`,
    typeName,
    options: {
      protocol: {
        kind: "choice",
        doc: "How OTLP is carried; gRPC is loaded only when asked for.",
        values: ["http/protobuf", "http/json", "grpc"],
        default: "http/protobuf",
        otel: variables("PROTOCOL"),
      },
      endpoint: {
        kind: "text",
        doc: `Where to send to; over HTTP, \`/v1/${signal}\` is added to a URL without a path. The general variable is a base that always gets it, the signal's own is used as it is.`,
        example: "http://localhost:4318",
        defaultNote: `http://localhost:4318/v1/${signal}, for gRPC http://localhost:4317`,
        otel: variables("ENDPOINT"),
      },
      headers: {
        kind: "map",
        doc: "Headers of each request, such as an API key.",
        values: "text",
        headers: true,
        example: "x-api-key=secret",
        otel: variables("HEADERS"),
      },
      timeoutMs: { ...timeout, otel: variables("TIMEOUT") },
      compression: {
        kind: "choice",
        doc: "Compression of requests from 1 KiB on; zstd over HTTP only, where the receiver knows it.",
        values: ["none", "gzip", "zstd"],
        default: "none",
        otel: variables("COMPRESSION"),
      },
      certificateFile: {
        kind: "pem-file",
        doc: "PEM file of the authority that signed the server's certificate.",
        otel: variables("CERTIFICATE"),
      },
      clientKeyFile: {
        kind: "pem-file",
        doc: "PEM file of the client's key, for mutual TLS.",
        otel: variables("CLIENT_KEY"),
      },
      clientCertificateFile: {
        kind: "pem-file",
        doc: "PEM file of the client's certificate, for mutual TLS.",
        otel: variables("CLIENT_CERTIFICATE"),
      },
      insecure: {
        kind: "flag",
        doc: "gRPC only: plain text to an endpoint that is written without a scheme.",
        default: false,
        otel: variables("INSECURE"),
      },
    },
  };
}

/** How long one export may take; OpenTelemetry's OTEL_EXPORTER_OTLP_TIMEOUT, 10 s. */
export const timeout: LeafOption & { readonly kind: "number" } = {
  kind: "number",
  doc: "How long one request may take; 0 for no limit.",
  unit: "milliseconds",
  whole: true,
  min: 0,
  max: 2_147_483_647,
  example: 10_000,
  default: 10_000,
};
