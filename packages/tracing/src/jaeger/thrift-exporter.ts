import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { asyncExporter } from "../async-exporter.ts";
import { httpSender } from "../http/http-sender.ts";
import { inSlices } from "../slices.ts";
import { type BatchOptions, encodeBatches } from "./batches.ts";
import { binaryThrift } from "./binary-thrift.ts";
import { compactThrift } from "./compact-thrift.ts";
import type { JaegerThriftConfiguration } from "./configuration.ts";
import { udpSender } from "./udp-sender.ts";

/** What Jaeger's agent reads of a packet, in bytes. */
const MAX_PACKET_BYTES = 65_000;

interface Sender {
  send(body: Uint8Array): Promise<unknown>;
  close(): void;
}

/** Jaeger's own protocol: over HTTP to a collector, over UDP to an agent. */
export function createJaegerThriftExporter(configuration: JaegerThriftConfiguration): SpanExporter {
  const sender = senderOf(configuration);
  const options = batchOptions(configuration.protocol);

  async function send(spans: ReadableSpan[]): Promise<void> {
    const { bodies, tooLarge } = await inSlices(encodeBatches(spans, options));
    for (const body of bodies) await sender.send(body);
    if (tooLarge > 0) throw tooLargeError(tooLarge);
  }
  return asyncExporter(send, () => sender.close());
}

function senderOf(configuration: JaegerThriftConfiguration): Sender {
  switch (configuration.protocol) {
    case "thrift-http":
      return httpSender({ ...configuration, ...plainHttp });
    case "thrift-udp":
    case "thrift-udp-compact":
      return udpSender(configuration.endpoint);
  }
}

const plainHttp = {
  contentType: "application/x-thrift",
  compression: "none",
  certificate: undefined,
  clientKey: undefined,
  clientCertificate: undefined,
} as const;

function batchOptions(protocol: JaegerThriftConfiguration["protocol"]): BatchOptions {
  switch (protocol) {
    case "thrift-http":
      return { writer: binaryThrift(), as: "struct", maxBytes: Number.POSITIVE_INFINITY };
    case "thrift-udp":
      return { writer: binaryThrift(), as: "call", maxBytes: MAX_PACKET_BYTES };
    case "thrift-udp-compact":
      return { writer: compactThrift(), as: "call", maxBytes: MAX_PACKET_BYTES };
  }
}

function tooLargeError(spans: number): Error {
  const message =
    `${spans} of the spans were larger than a UDP packet of ${MAX_PACKET_BYTES.toLocaleString("en")} bytes and are lost; the others were sent. ` +
    "Use thrift-http or otlp for such spans";
  return Object.assign(new Error(message), { code: "TELLTALE_SPAN_TOO_LARGE" });
}
