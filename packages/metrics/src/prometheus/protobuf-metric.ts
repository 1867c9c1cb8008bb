import type { ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";
import type { Exemplar } from "../exemplar.ts";
import type { PointValue } from "../instrument.ts";
import { ProtobufWriter } from "../protobuf-writer.ts";
import { explicitBuckets, octaveBuckets } from "./metric-text.ts";
import type { FamilyType } from "./name.ts";
import { writeNativeBuckets } from "./native-histogram.ts";

/** One series as `io.prometheus.client.Metric`. */
export interface ProtobufMetric {
  readonly type: FamilyType;
  /** As `labelBytes` gives them. */
  readonly labels: Uint8Array;
  readonly value: PointValue | CumulatedHistogram;
  /** When it began, in milliseconds. */
  readonly startMs: number;
  readonly exemplar: Exemplar | undefined;
}

/** An explicit histogram as `Series.cumulate` gives it. */
export interface CumulatedHistogram {
  readonly boundaries: readonly number[];
  /** The counts up to each limit, then the sum. */
  readonly numbers: Float64Array;
  /** How many bytes a count takes at least, so that another one has room there. */
  readonly countSize: number;
}

/** Field 1 of Metric. */
export function labelBytes(labels: ReadonlyMap<string, string>): Uint8Array {
  const writer = new ProtobufWriter(128);
  writeLabels(writer, labels);
  return writer.written().slice();
}

/** Writes a Metric and returns the length of its last part, which holds the numbers. */
export function writeMetric(
  writer: ProtobufWriter,
  { type, labels, value, startMs, exemplar }: ProtobufMetric,
): number {
  writer.tag(4, 2);
  const start = writer.open();
  writer.raw(labels);
  writer.tag(METRIC_FIELDS[type], 2);
  const content = writer.open();
  if (typeof value === "number") {
    writer.tag(1, 1);
    writer.double(value);
    if (type === "counter") {
      if (exemplar !== undefined) writeExemplar(writer, 2, exemplar);
      writeTimestamp(writer, 3, startMs);
    }
  } else {
    if ("numbers" in value) writeCumulated(writer, value, exemplar);
    else writeHistogram(writer, value, exemplar);
    writeTimestamp(writer, 15, startMs);
  }
  const length = writer.at - content;
  writer.close(content);
  writer.close(start);
  return length;
}

const METRIC_FIELDS = { gauge: 2, counter: 3, histogram: 7, info: 2 } as const satisfies Record<FamilyType, number>;

function writeHistogram(
  writer: ProtobufWriter,
  value: Histogram | ExponentialHistogram,
  exemplar: Exemplar | undefined,
): void {
  writeTotals(writer, value);
  // Classic buckets also beside native ones: Prometheus takes those that it is set up for.
  const { limits, counts, count } = "buckets" in value ? explicitBuckets(value) : octaveBuckets(value);
  let below = 0;
  let lower = Number.NEGATIVE_INFINITY;
  limits.forEach((upper, i) => {
    if (upper === Number.POSITIVE_INFINITY) return;
    below += counts[i] as number;
    writeBucket(writer, { count: below, upper, exemplar: within(exemplar, lower, upper) });
    lower = upper;
  });
  const upper = Number.POSITIVE_INFINITY;
  writeBucket(writer, { count, upper, exemplar: within(exemplar, lower, upper) });
  if ("buckets" in value) return;
  writeNativeBuckets(writer, value);
  if (exemplar !== undefined) writeExemplar(writer, 16, exemplar);
}

function writeCumulated(
  writer: ProtobufWriter,
  { boundaries, numbers, countSize }: CumulatedHistogram,
  exemplar: Exemplar | undefined,
): void {
  const { length } = boundaries;
  writeTotals(writer, { count: numbers[length] as number, countSize, sum: numbers[length + 1] });
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= length; i++) {
    const upper = boundaries[i] ?? Number.POSITIVE_INFINITY;
    writeBucket(writer, { count: numbers[i] as number, countSize, upper, exemplar: within(exemplar, lower, upper) });
    lower = upper;
  }
}

function writeTotals(
  writer: ProtobufWriter,
  {
    count,
    countSize = 1,
    sum,
  }: { readonly count: number; readonly countSize?: number; readonly sum?: number | undefined },
): void {
  writer.tag(1, 0);
  writer.paddedVarint(count, countSize);
  if (sum === undefined) return;
  writer.tag(2, 1);
  writer.double(sum);
}

interface Bucket {
  /** Of this bucket and of those below. */
  readonly count: number;
  readonly countSize?: number;
  readonly upper: number;
  readonly exemplar: Exemplar | undefined;
}

function writeBucket(writer: ProtobufWriter, { count, countSize = 1, upper, exemplar }: Bucket): void {
  writer.tag(3, 2);
  const start = writer.open();
  writer.tag(1, 0);
  writer.paddedVarint(count, countSize);
  writer.tag(2, 1);
  writer.double(upper);
  if (exemplar !== undefined) writeExemplar(writer, 3, exemplar);
  writer.close(start);
}

function within(exemplar: Exemplar | undefined, lower: number, upper: number): Exemplar | undefined {
  return exemplar !== undefined && exemplar.value > lower && exemplar.value <= upper ? exemplar : undefined;
}

function writeExemplar(writer: ProtobufWriter, field: number, { traceId, spanId, value, timeMs }: Exemplar): void {
  writer.tag(field, 2);
  const start = writer.open();
  const ids = new Map([
    ["trace_id", traceId],
    ["span_id", spanId],
  ]);
  if (traceId !== "") writeLabels(writer, ids);
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
