import { floatHistogram, labelsOf, type Sample } from "@telltale/promql";
import type { Random } from "./random.ts";

export const nativeMetrics = ["duration_seconds", "size_bytes"] as const;

const FIRST_BUCKET = -3;

/** Native histograms: a counter with resets, gaps, ends and changes of its resolution, and a gauge. */
export function randomHistograms(
  chance: Random,
  { startMs, endMs, stepMs }: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
): readonly Sample[] {
  return ["api", "db", "web"].flatMap((job) =>
    nativeMetrics.flatMap((name) => {
      const labels = labelsOf({ __name__: name, job, instance: chance.pick(["0", "1"]) });
      const next = name === "size_bytes" ? gauge(chance) : counter(chance);
      const samples: Sample[] = [];
      // No range of whole hundredths of a second starts or ends at such a time.
      for (let timeMs = startMs + 5; timeMs <= endMs; timeMs += stepMs) {
        const fate = chance.next();
        if (fate < 0.02)
          samples.push({ labels, timeMs, value: Number.NaN, histogram: floatHistogram({}), stale: true });
        else if (fate < 0.95) samples.push({ labels, timeMs, value: Number.NaN, histogram: next() });
      }
      return samples;
    }),
  );
}

type Histograms = () => ReturnType<typeof floatHistogram>;

function counter(chance: Random): Histograms {
  let counts = new Array<number>(6).fill(0);
  let zeroCount = 0;
  let schema = chance.below(3);
  return () => {
    const fate = chance.next();
    if (fate < 0.03) {
      counts = counts.map(() => chance.below(3));
      zeroCount = 0;
    } else if (fate < 0.05) schema = chance.below(3);
    else if (fate < 0.9) {
      counts = counts.map((count) => count + (chance.chance(0.4) ? chance.below(20) : 0));
      if (chance.chance(0.2)) zeroCount++;
    }
    return histogramOf(schema, zeroCount, counts, "unknown");
  };
}

function gauge(chance: Random): Histograms {
  return () =>
    histogramOf(
      1,
      chance.below(3),
      Array.from({ length: 6 }, () => (chance.chance(0.7) ? chance.below(30) : 0)),
      "gauge",
    );
}

function histogramOf(
  schema: number,
  zeroCount: number,
  counts: readonly number[],
  counterResetHint: "gauge" | "unknown",
): ReturnType<typeof floatHistogram> {
  const used = [...counts.keys()].filter((i) => counts[i]! > 0);
  return floatHistogram({
    schema,
    counterResetHint,
    count: counts.reduce((sum, count) => sum + count, zeroCount),
    sum: counts.reduce((sum, count, i) => sum + count * (i + 1), 0),
    zeroCount,
    zeroThreshold: 0.001,
    positive: { indexes: used.map((i) => i + FIRST_BUCKET), counts: used.map((i) => counts[i]!) },
  });
}
