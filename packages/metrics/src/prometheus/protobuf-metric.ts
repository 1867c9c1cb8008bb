import type { ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";
import type { Exemplar } from "../exemplar.ts";
import type { PointValue } from "../instrument.ts";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import { type Buckets, explicitBuckets, octaveBuckets } from "./metric-text.ts";
import type { FamilyType } from "./name.ts";
import { writeNativeBuckets } from "./native-histogram.ts";

/** One series as `io.prometheus.client.Metric`. */
export interface ProtobufMetric {
  readonly type: FamilyType;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: PointValue;
  /** When it began, in milliseconds. */
  readonly startMs: number;
  readonly exemplar: Exemplar | undefined;
}

export function writeMetric(writer: ProtobufWriter, { type, labels, value, startMs, exemplar }: ProtobufMetric): void {
  writer.tag(4, 2);
  const start = writer.open();
  writeLabels(writer, labels);
  writer.tag(METRIC_FIELDS[type], 2);
  const content = writer.open();
  if (typeof value !== "number") writeHistogram(writer, value, { startMs, exemplar });
  else {
    writer.tag(1, 1);
    writer.double(value);
    if (type === "counter") {
      if (exemplar !== undefined) writeExemplar(writer, 2, exemplar);
      writeTimestamp(writer, 3, startMs);
    }
  }
  writer.close(content);
  writer.close(start);
}

const METRIC_FIELDS = { gauge: 2, counter: 3, histogram: 7, info: 2 } as const satisfies Record<FamilyType, number>;

function writeHistogram(
  writer: ProtobufWriter,
  value: Histogram | ExponentialHistogram,
  { startMs, exemplar }: Pick<ProtobufMetric, "startMs" | "exemplar">,
): void {
  writer.tag(1, 0);
  writer.varint(value.count);
  if (value.sum !== undefined) {
    writer.tag(2, 1);
    writer.double(value.sum);
  }
  writeClassicBuckets(writer, "buckets" in value ? explicitBuckets(value) : octaveBuckets(value), exemplar);
  if (!("buckets" in value)) {
    writeNativeBuckets(writer, value);
    if (exemplar !== undefined) writeExemplar(writer, 16, exemplar);
  }
  writeTimestamp(writer, 15, startMs);
}

/** For Prometheus without native histograms; where it has them on, it takes those. */
function writeClassicBuckets(writer: ProtobufWriter, { limits, counts, count }: Buckets, exemplar?: Exemplar): void {
  let below = 0;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= limits.length; i++) {
    const upper = limits[i] ?? Number.POSITIVE_INFINITY;
    below += counts[i] ?? 0;
    writer.tag(3, 2);
    const start = writer.open();
    writer.tag(1, 0);
    writer.varint(upper === Number.POSITIVE_INFINITY ? count : below);
    writer.tag(2, 1);
    writer.double(upper);
    if (exemplar !== undefined && exemplar.value > lower && exemplar.value <= upper) writeExemplar(writer, 3, exemplar);
    writer.close(start);
    if (upper === Number.POSITIVE_INFINITY) return;
    lower = upper;
  }
}

function writeExemplar(writer: ProtobufWriter, field: number, { traceId, spanId, value, timeMs }: Exemplar): void {
  writer.tag(field, 2);
  const start = writer.open();
  writeLabels(
    writer,
    new Map([
      ["trace_id", traceId],
      ["span_id", spanId],
    ]),
  );
  writer.tag(2, 1);
  writer.double(value);
  writeTimestamp(writer, 3, timeMs);
  writer.close(start);
}

function writeLabels(writer: ProtobufWriter, labels: ReadonlyMap<string, string>): void {
  for (const [name, value] of labels) {
    writer.tag(1, 2);
    const start = writer.open();
    writer.tag(1, 2);
    writer.string(name);
    writer.tag(2, 2);
    writer.string(value);
    writer.close(start);
  }
}

/** `google.protobuf.Timestamp`. */
function writeTimestamp(writer: ProtobufWriter, field: number, timeMs: number): void {
  writer.tag(field, 2);
  const start = writer.open();
  const seconds = Math.floor(timeMs / 1_000);
  writer.tag(1, 0);
  writer.varint(seconds);
  writer.tag(2, 0);
  writer.varint(Math.round((timeMs - seconds * 1_000) * 1e6));
  writer.close(start);
}
