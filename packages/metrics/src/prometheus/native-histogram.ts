import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";
import type { ProtobufWriter } from "../protobuf-writer.ts";

/** Prometheus, "Native histograms": the schemas with exponential buckets. */
export const MIN_SCHEMA = -4;
export const MAX_SCHEMA = 8;

/** What Prometheus gives exponential histograms that come by OTLP, so that one arrives alike on either way. */
export const ZERO_THRESHOLD = 1e-128;

/** Up to so many empty buckets cost less as zeros than as the beginning of another span. */
const MAX_GAP = 2;

/**
 * Fields 5 to 14 of Histogram: the buckets as a native histogram. Nothing for one that is coarser than Prometheus knows; it
 * has its classic buckets.
 */
export function writeNativeBuckets(writer: ProtobufWriter, histogram: ExponentialHistogram): void {
  const { scale, zeroCount, positive, negative } = histogram;
  if (scale < MIN_SCHEMA) return;
  const schema = Math.min(scale, MAX_SCHEMA);
  writer.tag(5, 0);
  writer.sint32(schema);
  writer.tag(6, 1);
  writer.double(ZERO_THRESHOLD);
  writer.tag(7, 0);
  writer.varint(zeroCount);
  writeBuckets(writer, { span: 9, delta: 10 }, spans(positiveOnly(negative), scale - schema));
  writeBuckets(writer, { span: 12, delta: 13 }, spans(positiveOnly(positive), scale - schema));
}

interface Span {
  /** The index of the first bucket, by Prometheus' count. */
  readonly start: number;
  readonly counts: number[];
}

/** Buckets without long gaps between them, each `change` halvings of the scale coarser. */
function spans(buckets: readonly (readonly [index: number, count: number])[], change: number): Span[] {
  const spans: Span[] = [];
  for (const [index, count] of buckets) {
    // OpenTelemetry counts buckets by their lower limit, Prometheus by their upper one.
    const place = (index >> change) + 1;
    const last = spans.at(-1);
    const gap = last === undefined ? Number.POSITIVE_INFINITY : place - last.start - last.counts.length;
    if (last === undefined || gap > MAX_GAP) {
      spans.push({ start: place, counts: [count] });
      continue;
    }
    for (let i = 0; i < gap; i++) last.counts.push(0);
    if (gap >= 0) last.counts.push(count);
    else last.counts[last.counts.length - 1] = (last.counts.at(-1) as number) + count;
  }
  return spans;
}

function positiveOnly({ offset, bucketCounts }: ExponentialHistogram["positive"]): (readonly [number, number])[] {
  return bucketCounts.flatMap((count, i) => (count > 0 ? [[offset + i, count] as const] : []));
}

function writeBuckets(
  writer: ProtobufWriter,
  field: { readonly span: number; readonly delta: number },
  spans: readonly Span[],
): void {
  if (spans.length === 0) return;
  let end = 0;
  for (const { start, counts } of spans) {
    writer.tag(field.span, 2);
    const message = writer.open();
    writer.tag(1, 0);
    writer.sint32(start - end);
    writer.tag(2, 0);
    writer.varint(counts.length);
    writer.close(message);
    end = start + counts.length;
  }
  writer.tag(field.delta, 2);
  const packed = writer.open();
  let before = 0;
  for (const count of spans.flatMap(({ counts }) => counts)) {
    writer.sint64(count - before);
    before = count;
  }
  writer.close(packed);
}
