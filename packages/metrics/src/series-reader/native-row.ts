import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";
import { MAX_SCHEMA, MIN_SCHEMA, ZERO_THRESHOLD } from "../prometheus/native-histogram.ts";

/** Whether Prometheus has native histograms as coarse as this one. */
export function fitsNative({ scale }: ExponentialHistogram): boolean {
  return scale >= MIN_SCHEMA;
}

/** A row of `SeriesBatch.histograms`. */
export function nativeRow(id: number, histogram: ExponentialHistogram): number[] {
  const { scale, zeroCount, count, sum, positive, negative } = histogram;
  const schema = Math.min(scale, MAX_SCHEMA);
  const change = scale - schema;
  return [
    id,
    schema,
    ZERO_THRESHOLD,
    zeroCount,
    count,
    sum ?? 0,
    ...buckets(positive, change),
    ...buckets(negative, change),
  ];
}

/** Offset, how many there are, and counts, each bucket `change` halvings of the scale coarser. */
function buckets({ offset, bucketCounts }: ExponentialHistogram["positive"], change: number): number[] {
  const first = bucketCounts.findIndex((count) => count > 0);
  if (first === -1) return [0, 0];
  const last = bucketCounts.findLastIndex((count) => count > 0);
  // OpenTelemetry counts buckets by their lower limit, Prometheus by their upper one.
  const place = (i: number): number => ((offset + i) >> change) + 1;
  const counts = new Array<number>(place(last) - place(first) + 1).fill(0);
  for (let i = first; i <= last; i++) {
    const at = place(i) - place(first);
    counts[at] = (counts[at] as number) + (bucketCounts[i] as number);
  }
  return [place(first), counts.length, ...counts];
}
