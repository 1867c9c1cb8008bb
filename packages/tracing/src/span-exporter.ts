import { createRequire } from "node:module";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { JaegerExporterConfiguration } from "./jaeger/configuration.ts";
import { createLegacyJaegerExporter } from "./jaeger/legacy-exporter.ts";
import { createJaegerThriftExporter } from "./jaeger/thrift-exporter.ts";
import type { OtlpExporterConfiguration } from "./otlp/configuration.ts";
import { createOtlpExporter } from "./otlp-exporter.ts";
import { reportOutages } from "./outage.ts";
import { createZipkinExporter, type ZipkinExporterConfiguration } from "./zipkin-exporter.ts";

const require = createRequire(import.meta.url);

/** Where spans go. `endpoint` is the full URL that is posted to (over UDP, `host:port`). */
export type SpanExporterConfiguration =
  | (OtlpExporterConfiguration & { readonly type: "otlp" })
  | JaegerExporterConfiguration
  | ZipkinExporterConfiguration
  | { readonly type: "console" };

/**
 * The exporter of one configuration; its packages are loaded here and not before. Every failed export is told to the
 * callback; through `diag` one warning says when an endpoint is lost and one when it is reached again.
 * @throws Error with code TELLTALE_MISSING_PACKAGE.
 */
export function createSpanExporter(configuration: SpanExporterConfiguration): SpanExporter {
  switch (configuration.type) {
    case "otlp":
      return reportOutages("spans", createOtlpExporter("traces", configuration), configuration);
    case "jaeger":
      return reportOutages("spans", createJaegerExporter(configuration), configuration);
    case "zipkin":
      return reportOutages("spans", createZipkinExporter(configuration), configuration);
    case "console": {
      const { ConsoleSpanExporter } = require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
      return new ConsoleSpanExporter();
    }
  }
}

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
