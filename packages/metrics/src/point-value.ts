import type { Histogram } from "@opentelemetry/sdk-metrics";
import { type ExponentialValue, mergeExponential } from "./exponential-buckets.ts";
import type { InstrumentKind, PointValue } from "./instrument.ts";

/** What two stretches of one series come to together; `newer` follows `older`. */
export function mergeValues(kind: InstrumentKind, older: PointValue, newer: PointValue): PointValue {
  switch (kind) {
    case "counter":
    case "upDownCounter":
      return (older as number) + (newer as number);
    case "gauge":
      return newer;
    case "histogram":
      return mergeHistograms(older as Histogram, newer as Histogram);
    case "exponentialHistogram":
      return mergeExponential(older as ExponentialValue, newer as ExponentialValue);
  }
}

function mergeHistograms(older: Histogram, newer: Histogram): Histogram {
  const { boundaries, counts } = newer.buckets;
  const before = older.buckets.counts;
  const merged = new Array<number>(counts.length);
  for (let i = 0; i < merged.length; i++) merged[i] = (before[i] as number) + (counts[i] as number);
  return {
    buckets: { boundaries, counts: merged },
    count: older.count + newer.count,
    sum: (older.sum as number) + (newer.sum as number),
    min: Math.min(older.min as number, newer.min as number),
    max: Math.max(older.max as number, newer.max as number),
  };
}
