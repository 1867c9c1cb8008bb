import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { asyncExporter } from "../async-exporter.ts";
import { requestEncoder } from "../otlp/request-encoder.ts";
import { inSlices } from "../slices.ts";
import { rotatingFile } from "./rotating-file.ts";

export interface FileExporterConfiguration {
  readonly type: "file";
  readonly path: string;
  /** A line that would make the file larger goes into a new one. */
  readonly maxSizeBytes: number;
  /** Older files that are kept: `path.1` is the newest of them. 0 keeps none. */
  readonly maxFiles: number;
}

/**
 * OTLP as lines of JSON, one line an export, which a Collector's `otlpjsonfile` receiver reads.
 * @throws Error with code TELLTALE_BAD_FILE when the file cannot be opened.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */
export function createFileExporter(configuration: FileExporterConfiguration): SpanExporter {
  const file = rotatingFile(configuration);
  const encode = requestEncoder("traces", "json");

  async function send(spans: ReadableSpan[]): Promise<void> {
    const { bytes } = await inSlices(encode(spans));
    await file.append(bytes);
  }
  return asyncExporter(send, () => file.close());
}
