import { formatGeneral } from "../go-float.ts";
import { type Bucket, negativeBucket, positiveBucket, zeroBucket } from "./bucket-bounds.ts";
import { type Buckets, compact, type FloatHistogram, usesCustomBuckets } from "./float-histogram.ts";

/** `{count:12, sum:34, [-0.001,0.001]:2, (1,2]:10}`: the value that count_values gives a histogram. */
export function printHistogram(histogram: FloatHistogram): string {
  const parts = [`count:${formatGeneral(histogram.count)}`, `sum:${formatGeneral(histogram.sum)}`];
  for (let i = histogram.negative.indexes.length - 1; i >= 0; i--) {
    if (histogram.negative.counts[i] !== 0) parts.push(printBucket(negativeBucket(histogram, i)));
  }
  if (histogram.zeroCount !== 0) parts.push(printBucket(zeroBucket(histogram)));
  for (let i = 0; i < histogram.positive.indexes.length; i++) {
    if (histogram.positive.counts[i] !== 0) parts.push(printBucket(positiveBucket(histogram, i)));
  }
  return `{${parts.join(", ")}}`;
}

/** `{{schema:1 count:12 sum:34 buckets:[3 9]}}`: as test scripts and rule tests write a histogram. */
export function describeHistogram(histogram: FloatHistogram): string {
  const h = compact(histogram);
  const parts: string[] = [];
  const add = (name: string, value: number) => {
    if (value !== 0) parts.push(`${name}:${formatGeneral(value)}`);
  };
  add("schema", h.schema);
  add("count", h.count);
  add("sum", h.sum);
  add("z_bucket", h.zeroCount);
  add("z_bucket_w", h.zeroThreshold);
  if (usesCustomBuckets(h)) parts.push(`custom_values:${printList(h.customValues)}`);
  if (h.counterResetHint !== "unknown") parts.push(`counter_reset_hint:${h.counterResetHint}`);
  for (const [prefix, buckets] of [["", h.positive] as const, ["n_", h.negative] as const]) {
    const counts = withoutGaps(buckets);
    if (counts.length === 0) continue;
    add(`${prefix}offset`, buckets.indexes[0]!);
    parts.push(`${prefix}buckets:${printList(counts)}`);
  }
  return `{{${parts.join(" ")}}}`;
}

function printBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const borders = `${formatGeneral(lower)},${formatGeneral(upper)}`;
  return `${lowerInclusive ? "[" : "("}${borders}${upperInclusive ? "]" : ")"}:${formatGeneral(count)}`;
}

function withoutGaps({ indexes, counts }: Buckets): readonly number[] {
  const dense: number[] = [];
  for (let i = 0; i < indexes.length; i++) {
    while (dense.length > 0 && indexes[0]! + dense.length < indexes[i]!) dense.push(0);
    dense.push(counts[i]!);
  }
  return dense;
}

function printList(values: readonly number[]): string {
  return `[${values.map(formatGeneral).join(" ")}]`;
}
