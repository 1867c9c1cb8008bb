import { createRequire } from "node:module";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
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
    export: (spans, done) => zipkin.export(spans.map(forZipkin), done),
    forceFlush: () => zipkin.forceFlush(),
    shutdown: () => zipkin.shutdown(),
  };
}

/** Zipkin refuses a whole batch for one time that is not a whole microsecond, and takes a duration of 0 for none. */
function forZipkin(span: ReadableSpan): ReadableSpan {
  const plain = withPlainValues(span);
  const [seconds, nanoseconds] = plain.duration;
  return seconds === 0 && nanoseconds === 0 ? { ...plain, duration: [0, 1_000] } : plain;
}
