import type { ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";
import { bucketIndex, bucketOf } from "../bucket-index.ts";
import { exponentialIndex, MAX_SCALE, mergeExponential } from "../exponential-buckets.ts";
import type { InstrumentKind, PointValue } from "../instrument.ts";
import { mergeValues } from "../point-value.ts";
import type { RecordingSeries } from "./redirected-series.ts";

/**
 * Takes into a series what another one held. Sums, counts, minimum and maximum are exact; counts go from buckets to other
 * buckets by the upper end of those they were in, since the values themselves are gone.
 */
export function absorb(
  series: RecordingSeries,
  from: { readonly kind: InstrumentKind; readonly value: PointValue | undefined; readonly into: InstrumentKind },
): void {
  const { value } = from;
  if (value === undefined) return;
  if (typeof value === "number") {
    if (series.add === undefined) series.record?.(value);
    else series.add(value);
    return;
  }
  if (value.count === 0) return;
  const holder = series as RecordingSeries & { settled?: PointValue | undefined; absorb?(value: PointValue): void };
  const held = rebucketed(value, from.into, holder.total() as Histogram);
  if (holder.absorb !== undefined) holder.absorb(held);
  else holder.settled = holder.settled === undefined ? held : mergeValues(from.into, holder.settled, held);
}

function rebucketed(
  value: Histogram | ExponentialHistogram,
  into: InstrumentKind,
  like: Histogram,
): Histogram | ExponentialHistogram {
  if (into === "histogram") {
    const { boundaries } = like.buckets;
    if ("buckets" in value && value.buckets.boundaries.join() === boundaries.join()) return value;
    const index = bucketIndex(boundaries);
    const counts = new Array<number>(boundaries.length + 1).fill(0);
    for (const [end, count] of buckets(value)) {
      const bucket = bucketOf(index, end);
      counts[bucket] = (counts[bucket] as number) + count;
    }
    return { ...totals(value), buckets: { boundaries, counts } };
  }
  if ("scale" in value) return value;
  const merged = [...buckets(value)].map(([end, count]) => oneBucket(end, count)).reduce(mergeExponential);
  return { ...merged, ...totals(value) };
}

function totals({ count, sum = 0, min = 0, max = 0 }: Histogram | ExponentialHistogram) {
  return { count, sum, min, max };
}

/** The upper end of each bucket that has something, not above the largest value, and its count. */
function* buckets(value: Histogram | ExponentialHistogram): Generator<readonly [end: number, count: number]> {
  const { max = Number.POSITIVE_INFINITY } = value;
  if ("buckets" in value) {
    const { boundaries, counts } = value.buckets;
    for (const [i, count] of counts.entries()) if (count > 0) yield [Math.min(boundaries[i] ?? max, max), count];
    return;
  }
  const { zeroCount, scale, positive } = value;
  if (zeroCount > 0) yield [0, zeroCount];
  for (const [i, count] of positive.bucketCounts.entries()) {
    if (count > 0) yield [Math.min(2 ** ((positive.offset + i + 1) / 2 ** scale), max), count];
  }
}

function oneBucket(end: number, count: number): ExponentialHistogram {
  const negative = { offset: 0, bucketCounts: [] };
  const common = { count, sum: 0, min: end, max: end, negative };
  if (end <= 0) return { ...common, scale: 0, zeroCount: count, positive: { offset: 0, bucketCounts: [] } };
  const positive = { offset: exponentialIndex(end, MAX_SCALE), bucketCounts: [count] };
  return { ...common, scale: MAX_SCALE, zeroCount: 0, positive };
}
