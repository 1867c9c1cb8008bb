import type { Sample } from "@telltale/promql";
import { type Labels, labelsOf } from "@telltale/promql";
import type { Random } from "./random.ts";
import { randomHistograms } from "./random-histograms.ts";

/** The data of a differential run: counters with resets, gauges with NaN and Inf, classic histograms, gaps and ends of series. */
export interface RandomData {
  readonly samples: readonly Sample[];
  readonly startMs: number;
  readonly endMs: number;
}

export const jobs = ["api", "db", "web"] as const;
export const instances = ["0", "1", "2"] as const;
export const bounds = ["0.1", "0.5", "1", "2.5", "+Inf"] as const;

const SCRAPE_MS = 15_000;

export function randomData(
  chance: Random,
  startMs: number,
  minutes: number,
  { natives = false }: { readonly natives?: boolean } = {},
): RandomData {
  const endMs = startMs + minutes * 60_000;
  const samples: Sample[] = [];
  for (const job of jobs) {
    for (const instance of instances) {
      if (chance.chance(0.1)) continue;
      const target = { job, instance };
      series(samples, chance, startMs, endMs, labelsOf({ ...target, __name__: "requests_total" }), counter(chance));
      series(samples, chance, startMs, endMs, labelsOf({ ...target, __name__: "errors_total" }), counter(chance));
      series(samples, chance, startMs, endMs, labelsOf({ ...target, __name__: "temperature" }), gauge(chance));
      const info = labelsOf({ ...target, __name__: "build_info", version: chance.pick(["v1", "v2"]) });
      series(samples, chance, startMs, endMs, info, () => 1);
      if (instance === "0") histogram(samples, chance, startMs, endMs, target);
    }
    series(samples, chance, startMs, endMs, labelsOf({ job, __name__: "limit" }), gauge(chance));
  }
  if (natives) samples.push(...randomHistograms(chance, { startMs, endMs, stepMs: SCRAPE_MS }));
  return { samples, startMs, endMs };
}

/** No range of whole hundredths of a second starts or ends at such a time: there Prometheus 2 and 3 differ. */
function offGrid(timeMs: number): number {
  return Math.floor(timeMs / 10) * 10 + 5;
}

type Values = () => number;

function counter(chance: Random): Values {
  let value = chance.chance(0.5) ? 0 : chance.below(1000);
  return () => {
    const fate = chance.next();
    if (fate < 0.02) value = chance.pick([0, chance.below(10)]);
    else if (fate < 0.25) value += chance.next() * 10;
    else if (fate < 0.8) value += chance.below(100);
    return value;
  };
}

function gauge(chance: Random): Values {
  let value = chance.below(100) - 50;
  const odd = chance.chance(0.3);
  return () => {
    if (odd && chance.chance(0.05)) return chance.pick([Number.NaN, Infinity, -Infinity, 0, -0]);
    const fate = chance.next();
    if (fate < 0.3) value += chance.next() - 0.5;
    else if (fate < 0.5) value = Math.round(value) + chance.below(5) - 2;
    return value;
  };
}

/** Pushes the samples of one series: off the grid, with gaps, ends and a late start or early end. */
function series(
  samples: Sample[],
  chance: Random,
  startMs: number,
  endMs: number,
  labels: Labels,
  values: Values,
): void {
  const jitter = chance.chance(0.5);
  let timeMs = startMs + (chance.chance(0.2) ? chance.below(endMs - startMs) : chance.below(SCRAPE_MS));
  const lastMs = chance.chance(0.2) ? endMs - chance.below((endMs - startMs) / 2) : endMs;
  while (timeMs <= lastMs) {
    const fate = chance.next();
    if (fate < 0.01) {
      samples.push({ labels, timeMs: offGrid(timeMs), value: Number.NaN, stale: true });
      timeMs += chance.below(10) * SCRAPE_MS;
    } else if (fate < 0.02) {
      timeMs += chance.below(30) * SCRAPE_MS;
    } else {
      samples.push({ labels, timeMs: offGrid(timeMs), value: values() });
    }
    timeMs += jitter ? SCRAPE_MS + chance.below(200) - 100 : SCRAPE_MS;
  }
  if (lastMs < endMs && chance.chance(0.7))
    samples.push({ labels, timeMs: offGrid(timeMs), value: Number.NaN, stale: true });
}

function histogram(
  samples: Sample[],
  chance: Random,
  startMs: number,
  endMs: number,
  target: Readonly<Record<string, string>>,
): void {
  const counts = bounds.map(() => 0);
  for (let timeMs = startMs; timeMs <= endMs; timeMs += SCRAPE_MS) {
    const added = bounds.map(() => chance.below(5));
    let cumulative = 0;
    for (const [i, le] of bounds.entries()) {
      cumulative += added[i]!;
      counts[i]! += cumulative;
      const labels = labelsOf({ ...target, le, __name__: "latency_seconds_bucket" });
      samples.push({ labels, timeMs: offGrid(timeMs), value: counts[i]! });
    }
  }
}
