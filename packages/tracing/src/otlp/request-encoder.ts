/** What is exported, as the bytes of a request: protobuf of our own for spans and log records, the rest by OpenTelemetry's serializers. */
import { createRequire } from "node:module";
import type { ISerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { OtlpSignal } from "./configuration.ts";
import { type ExportedItem, type WriteItem, writeRequest } from "./export-request.ts";
import { writeLogRecord } from "./log-record.ts";
import { writeSpan } from "./span.ts";
import { SpanBatch } from "./span-batch.ts";
import { keepWriter, takeWriter } from "./writers.ts";

const require = createRequire(import.meta.url);

export interface EncodedRequest {
  readonly bytes: Uint8Array;
  /** Items that could not be encoded and are not in it. */
  readonly leftOut: number;
  /** Lets the bytes be written over. Without it they are left alone. */
  release(): void;
}

/**
 * Encodes in steps of a fraction of a millisecond. `items` are what the signal's exporters get; over protobuf they may also be
 * the bytes of a request, and spans a batch.
 */
export type EncodeRequest = (items: unknown) => Generator<void, EncodedRequest>;

export function requestEncoder(signal: OtlpSignal, encoding: "protobuf" | "json"): EncodeRequest {
  if (encoding === "json") return jsonEncoder(signal);
  switch (signal) {
    case "traces":
      return protobufEncoder<ReadableSpan>(writeSpan) as EncodeRequest;
    case "logs":
      return protobufEncoder<ReadableLogRecord>(writeLogRecord) as EncodeRequest;
    case "metrics":
      return encodedMetrics;
  }
}

function protobufEncoder<T extends ExportedItem>(writeItem: WriteItem<T>) {
  return function* (items: readonly T[] | SpanBatch | Uint8Array): Generator<void, EncodedRequest> {
    if (items instanceof Uint8Array) return whole(items);
    if (items instanceof SpanBatch) return yield* items.request();
    const writer = takeWriter();
    const leftOut = yield* writeRequest(writer, items, writeItem);
    return { bytes: writer.written(), leftOut, release: () => keepWriter(writer) };
  };
}

// biome-ignore lint/correctness/useYield: metrics that come as objects are those of a console's or a stock reader.
function* encodedMetrics(metrics: unknown): Generator<void, EncodedRequest> {
  if (metrics instanceof Uint8Array) return whole(metrics);
  const { ProtobufMetricsSerializer } = transformer();
  return whole(ProtobufMetricsSerializer.serializeRequest(metrics as never));
}

/** Items that are encoded at a stretch. */
const JSON_STEP = 32;

function jsonEncoder(signal: OtlpSignal): EncodeRequest {
  const { JsonTraceSerializer, JsonMetricsSerializer, JsonLogsSerializer } = transformer();
  const serializers = { traces: JsonTraceSerializer, metrics: JsonMetricsSerializer, logs: JsonLogsSerializer };
  const serializer = serializers[signal] as ISerializer<unknown, unknown>;
  return function* (items) {
    if (!Array.isArray(items)) return whole(serializer.serializeRequest(items));
    const parts: Buffer[] = [];
    for (let start = 0; start < items.length; start += JSON_STEP) {
      const part = serializer.serializeRequest(items.slice(start, start + JSON_STEP));
      if (part !== undefined) parts.push(Buffer.from(part.buffer, part.byteOffset, part.length));
      yield;
    }
    return whole(joined(parts));
  };
}

/** Requests are an object with one list, `{"resourceSpans":[…]}`: together, they are the lists one after the other. */
function joined(parts: readonly Buffer[]): Buffer | undefined {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first;
  const begin = first.indexOf("[") + 1;
  const lists = parts.flatMap((part) => [Buffer.from(","), part.subarray(begin, -2)]).slice(1);
  return Buffer.concat([first.subarray(0, begin), ...lists, first.subarray(-2)]);
}

function whole(bytes: Uint8Array | undefined): EncodedRequest {
  if (bytes === undefined) throw new Error("there is nothing to send");
  return { bytes, leftOut: 0, release() {} };
}

function transformer(): typeof import("@opentelemetry/otlp-transformer") {
  return require("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
}
