import { createRequire } from "node:module";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { withPlainValues } from "./plain-values.ts";

const require = createRequire(import.meta.url);

export interface ZipkinExporterConfiguration {
  readonly type: "zipkin";
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export function createZipkinExporter(configuration: ZipkinExporterConfiguration): SpanExporter {
  const { ZipkinExporter } =
    require("@opentelemetry/exporter-zipkin") as typeof import("@opentelemetry/exporter-zipkin");
  const zipkin = new ZipkinExporter({ url: configuration.endpoint, headers: { ...configuration.headers } });
  return {
    // Zipkin refuses a whole batch for one timestamp that is not an integer.
    export: (spans, done) => zipkin.export(spans.map(withPlainValues), done),
    forceFlush: () => zipkin.forceFlush(),
    shutdown: () => zipkin.shutdown(),
  };
}
