import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { asyncExporter } from "./async-exporter.ts";
import { httpSender } from "./http/http-sender.ts";
import { inSlices } from "./slices.ts";
import { zipkinSpan } from "./zipkin-span.ts";

export interface ZipkinExporterConfiguration {
  readonly type: "zipkin";
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Zipkin's version 2 JSON. */
export function createZipkinExporter(configuration: ZipkinExporterConfiguration): SpanExporter {
  const sender = httpSender({ ...configuration, ...plainHttp });
  async function send(spans: readonly ReadableSpan[]): Promise<void> {
    await sender.send(Buffer.from(await inSlices(encode(spans))));
  }
  return asyncExporter(send, () => sender.close());
}

const plainHttp = {
  contentType: "application/json",
  compression: "none",
  certificate: undefined,
  clientKey: undefined,
  clientCertificate: undefined,
} as const;

/** Spans between two yields: a fraction of a millisecond. */
const STEP = 32;

function* encode(spans: readonly ReadableSpan[]): Generator<void, string> {
  const parts: string[] = [];
  for (const [index, span] of spans.entries()) {
    parts.push(JSON.stringify(zipkinSpan(span)));
    if (index % STEP === STEP - 1) yield;
  }
  return `[${parts.join(",")}]`;
}
