import type { MappedHistogram } from "./map-metrics.ts";

/** More than that a node cannot have measured between two looks, unless something is wrong: 10,000 a second for 10 seconds. */
const MAX_VALUES = 100_000;

/**
 * Records what came to a histogram of a node between two looks: as many values in each of its buckets, placed in them so that they
 * add up to what its sum grew by. Whether that was possible.
 */
export function replay(
  now: MappedHistogram,
  before: MappedHistogram | undefined,
  record: (value: number) => void,
): boolean {
  const counted = new Map(before?.buckets);
  const parts: { readonly low: number; readonly high: number; readonly count: number }[] = [];
  let low = 0;
  let cumulative = 0;
  for (const [high, count] of now.buckets) {
    const grown = count - (counted.get(high) ?? 0);
    if (grown > cumulative) parts.push({ low, high, count: grown - cumulative });
    cumulative = Math.max(cumulative, grown);
    low = high;
  }
  if (cumulative > MAX_VALUES) return false;
  const sum = now.sum - (before?.sum ?? 0);
  const least = parts.reduce((total, part) => total + part.low * part.count, 0);
  const most = parts.reduce((total, part) => total + topOf(part) * part.count, 0);
  // Just above the lower end, which belongs to the bucket below.
  const share = most > least ? Math.min(1, Math.max(1e-6, (sum - least) / (most - least))) : 1;
  const beyond = parts.find(({ high }) => high === Number.POSITIVE_INFINITY);
  for (const part of parts) {
    const value = part === beyond ? Math.max(part.low * (1 + 1e-6), part.low + (sum - most) / part.count) : undefined;
    const placed = value ?? part.low + share * (part.high - part.low);
    for (let i = 0; i < part.count; i++) record(placed);
  }
  return true;
}

function topOf({ low, high }: { readonly low: number; readonly high: number }): number {
  return high === Number.POSITIVE_INFINITY ? low : high;
}
