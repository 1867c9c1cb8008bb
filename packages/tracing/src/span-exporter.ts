import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { type ConsoleExporterConfiguration, createConsoleExporter } from "./console/console-exporter.ts";
import { createFileExporter, type FileExporterConfiguration } from "./file/file-exporter.ts";
import type { JaegerExporterConfiguration } from "./jaeger/configuration.ts";
import { createLegacyJaegerExporter } from "./jaeger/legacy-exporter.ts";
import { createJaegerThriftExporter } from "./jaeger/thrift-exporter.ts";
import type { OtlpExporterConfiguration } from "./otlp/configuration.ts";
import { createOtlpExporter } from "./otlp-exporter.ts";
import { reportOutages } from "./outage.ts";
import { createZipkinExporter, type ZipkinExporterConfiguration } from "./zipkin-exporter.ts";

/** Where spans go. `endpoint` is the full URL that is posted to (over UDP, `host:port`). */
export type SpanExporterConfiguration =
  | (OtlpExporterConfiguration & { readonly type: "otlp" })
  | JaegerExporterConfiguration
  | ZipkinExporterConfiguration
  | ConsoleExporterConfiguration
  | FileExporterConfiguration;

/**
 * The exporter of one configuration; its packages are loaded here and not before. Every failed export is told to the
 * callback; through `diag` one warning says when an endpoint is lost and one when it is reached again.
 * @throws Error with code TELLTALE_MISSING_PACKAGE or TELLTALE_BAD_FILE.
 */
export function createSpanExporter(configuration: SpanExporterConfiguration): SpanExporter {
  switch (configuration.type) {
    case "otlp":
      return reportOutages("spans", createOtlpExporter("traces", configuration), configuration);
    case "jaeger":
      return reportOutages("spans", createJaegerExporter(configuration), configuration);
    case "zipkin":
      return reportOutages("spans", createZipkinExporter(configuration), configuration);
    case "console":
      return createConsoleExporter(configuration);
    case "file":
      return reportOutages("spans", createFileExporter(configuration), {
        endpoint: configuration.path,
        timeoutMs: FILE_TIMEOUT_MS,
      });
  }
}

/** How long a disk may take, in milliseconds. */
const FILE_TIMEOUT_MS = 10_000;

function createJaegerExporter(configuration: JaegerExporterConfiguration): SpanExporter {
  switch (configuration.protocol) {
    case "otlp":
      return createOtlpExporter("traces", { ...configuration, ...plainOtlp });
    case "thrift-legacy":
      return createLegacyJaegerExporter(configuration);
    default:
      return createJaegerThriftExporter({ ...configuration, protocol: configuration.protocol });
  }
}

const plainOtlp = {
  protocol: "http/protobuf",
  compression: "none",
  certificate: undefined,
  clientKey: undefined,
  clientCertificate: undefined,
  insecure: false,
} as const;
