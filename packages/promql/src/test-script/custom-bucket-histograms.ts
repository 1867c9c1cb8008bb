import { CUSTOM_BUCKETS, type FloatHistogram, floatHistogram } from "../histogram/float-histogram.ts";
import { type Labels, labelValue, METRIC_NAME, metricName, withLabel, withoutLabels } from "../labels.ts";
import type { Sample } from "../memory-store/memory-store.ts";

interface Collected {
  readonly labels: Labels;
  readonly byTime: Map<number, { buckets: Map<number, number>; count: number | undefined; sum: number }>;
}

/** Classic histograms once more as native ones with custom buckets: what `load_with_nhcb` adds. */
export function customBucketHistograms(samples: readonly Sample[]): readonly Sample[] {
  const collected = new Map<string, Collected>();
  for (const sample of samples) {
    const suffix = /_(bucket|count|sum)$/.exec(metricName(sample.labels));
    if (suffix === null || sample.histogram !== undefined) continue;
    const name = metricName(sample.labels).slice(0, -suffix[0].length);
    const labels = withLabel(withoutLabels(sample.labels, leOnly), METRIC_NAME, name);
    const one = collected.get(labels.key) ?? { labels, byTime: new Map() };
    const at = one.byTime.get(sample.timeMs) ?? { buckets: new Map(), count: undefined, sum: 0 };
    if (suffix[1] === "bucket") {
      const bound = parseBound(labelValue(sample.labels, "le"));
      if (Number.isNaN(bound)) continue;
      if (!at.buckets.has(bound)) at.buckets.set(bound, sample.value);
    } else if (suffix[1] === "count") at.count = sample.value;
    else at.sum = sample.value;
    one.byTime.set(sample.timeMs, at);
    collected.set(labels.key, one);
  }
  return [...collected.values()].flatMap(({ labels, byTime }) =>
    [...byTime]
      .sort(([a], [b]) => a - b)
      .map(([timeMs, { buckets, count, sum }]) => ({
        labels,
        timeMs,
        value: 0,
        histogram: convert(buckets, count, sum),
      })),
  );
}

const leOnly: ReadonlySet<string> = new Set(["le"]);

function convert(buckets: ReadonlyMap<number, number>, count: number | undefined, sum: number): FloatHistogram {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = count ?? sorted.at(-1)?.[1];
  if (total === undefined) throw new Error("count must be provided when no buckets are present");
  if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) sorted.push([Number.POSITIVE_INFINITY, total]);
  const counts = sorted.map(([, cumulative], i) => cumulative - (sorted[i - 1]?.[1] ?? 0));
  if (counts.some((one) => one < 0)) throw new Error("count is not cumulative");
  return floatHistogram({
    schema: CUSTOM_BUCKETS,
    count: total,
    sum,
    customValues: sorted.slice(0, -1).map(([bound]) => bound),
    positive: { indexes: counts.map((_, i) => i), counts },
  });
}

function parseBound(text: string): number {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(text)) return Number.NEGATIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
