/** Baselines of chosen series, as series themselves: plain rules use them, here and on a Prometheus server. */
import { type Labels, labelsOf, labelValue, type Sample, toRecord } from "@telltale/promql";
import { Baseline, type BaselineOptions, type BaselineReading } from "./baseline.ts";

export interface BaselinesOptions extends BaselineOptions {
  /** Of more series than that no baseline is learned; `refused` counts their samples. @default 1000 */
  readonly maxSeries?: number;
  /** A series without samples for so long is forgotten. @default 14 days */
  readonly forgetAfterMs?: number;
  /** Of which series the rate is learned, instead of the value. @default what ends in _total, _count, _sum or _bucket */
  readonly isCounter?: (labels: Labels) => boolean;
}

const defaults: Required<Pick<BaselinesOptions, "maxSeries" | "forgetAfterMs" | "isCounter">> = {
  maxSeries: 1_000,
  forgetAfterMs: 14 * 86_400_000,
  isCounter: (labels) => /_(total|count|sum|bucket)$/.test(labelValue(labels, "__name__")),
};

/** The names of the series that are published; the metric that they are about is in the label `telltale_metric`. */
export const baselineSeries = {
  baseline: "telltale_baseline",
  lower: "telltale_baseline_lower",
  upper: "telltale_baseline_upper",
  score: "telltale_anomaly_score",
} as const;

/** By so much no clock is put right: one that goes back as far was wrong before, and what was learned by it is. */
export const PUT_BACK_MS = 86_400_000;

interface Learned {
  readonly labels: Labels;
  readonly baseline: Baseline;
  readonly published: Readonly<Record<keyof typeof baselineSeries, Labels>>;
  readonly isCounter: boolean;
  lastMs: number;
  /** The last value of a counter. */
  last: number | undefined;
}

export class Baselines {
  readonly #options: Required<Pick<BaselinesOptions, "maxSeries" | "forgetAfterMs" | "isCounter">> & BaselineOptions;
  readonly #series = new Map<string, Learned>();
  #refused = 0;
  #forgotMs = Number.NaN;

  /** `saved` is what `save()` gave before a restart. */
  constructor(options: BaselinesOptions = {}, saved?: string) {
    this.#options = { ...defaults, ...options };
    for (const series of savedSeries(saved)) this.#restore(series);
  }

  /** Samples that came while as many series as allowed were known. */
  get refused(): number {
    return this.#refused;
  }

  /** Learns from samples, which are in order of time for each series, and gives what is to be stored about them. */
  feed(samples: readonly Sample[]): Sample[] {
    const published: Sample[] = [];
    for (const { labels, timeMs, value, histogram, stale } of samples) {
      if (histogram !== undefined) continue;
      if (stale === true) {
        published.push(...this.#staleSamples(labels, timeMs));
        continue;
      }
      const learned = this.#learned(labels, timeMs);
      if (learned === undefined) continue;
      const known = learnedValue(learned, timeMs, value);
      const reading = known === undefined ? undefined : learned.baseline.feed({ timeMs, value: known });
      if (reading !== undefined) published.push(...samplesOf(reading, learned));
    }
    return published;
  }

  /** All that it knows, as text. */
  save(): string {
    const series = [...this.#series.values()].map(
      ({ labels, baseline, lastMs, last }): SavedSeries => ({
        labels: toRecord(labels),
        baseline: baseline.save(),
        lastMs,
        ...(last !== undefined && { last }),
      }),
    );
    return JSON.stringify(series);
  }

  #staleSamples(labels: Labels, timeMs: number): Sample[] {
    const learned = this.#series.get(labels.key);
    if (learned === undefined) return [];
    return Object.values(learned.published).map((of) => ({ labels: of, timeMs, value: Number.NaN, stale: true }));
  }

  #learned(labels: Labels, timeMs: number): Learned | undefined {
    const known = this.#series.get(labels.key);
    if (known !== undefined && timeMs > known.lastMs - PUT_BACK_MS) return known;
    this.#series.delete(labels.key);
    if (this.#series.size >= this.#options.maxSeries) this.#forget(timeMs);
    if (this.#series.size >= this.#options.maxSeries) {
      this.#refused++;
      return undefined;
    }
    return this.#add(labels, undefined);
  }

  #add(labels: Labels, saved: string | undefined): Learned {
    const { isCounter } = this.#options;
    const learned = {
      labels,
      baseline: new Baseline(this.#options, saved),
      published: publishedLabels(labels),
      isCounter: isCounter(labels),
      lastMs: Number.MIN_SAFE_INTEGER,
      last: undefined,
    };
    this.#series.set(labels.key, learned);
    return learned;
  }

  #restore({ labels, baseline, lastMs, last }: SavedSeries): void {
    Object.assign(this.#add(labelsOf(labels), baseline), { lastMs, last });
  }

  #forget(timeMs: number): void {
    // Many may be refused at one time.
    if (timeMs === this.#forgotMs) return;
    this.#forgotMs = timeMs;
    for (const [key, { lastMs }] of this.#series) {
      if (timeMs - lastMs > this.#options.forgetAfterMs) this.#series.delete(key);
    }
  }
}

/** What is learned of a sample: of a counter its growth a second, since it was last seen or began anew. */
function learnedValue(learned: Learned, timeMs: number, value: number): number | undefined {
  if (!Number.isFinite(value) || timeMs <= learned.lastMs) return undefined;
  const { last, lastMs, isCounter } = learned;
  learned.lastMs = timeMs;
  if (!isCounter) return value;
  learned.last = value;
  if (last === undefined) return undefined;
  return ((value < last ? value : value - last) / (timeMs - lastMs)) * 1000;
}

function samplesOf({ timeMs, baseline, lower, upper, score }: BaselineReading, { published }: Learned): Sample[] {
  return [
    { labels: published.baseline, timeMs, value: baseline },
    { labels: published.lower, timeMs, value: lower },
    { labels: published.upper, timeMs, value: upper },
    { labels: published.score, timeMs, value: score },
  ];
}

function publishedLabels(labels: Labels): Learned["published"] {
  const { __name__: metric = "", ...rest } = toRecord(labels);
  const of = (name: string): Labels => labelsOf({ ...rest, __name__: name, telltale_metric: metric });
  const { baseline, lower, upper, score } = baselineSeries;
  return { baseline: of(baseline), lower: of(lower), upper: of(upper), score: of(score) };
}

interface SavedSeries {
  readonly labels: Record<string, string>;
  readonly baseline: string;
  readonly lastMs: number;
  readonly last?: number;
}

/** What cannot be read is learned anew: a baseline is no reason not to start. */
function savedSeries(saved: string | undefined): readonly SavedSeries[] {
  if (saved === undefined) return [];
  try {
    const series: unknown = JSON.parse(saved);
    return Array.isArray(series) ? (series as SavedSeries[]) : [];
  } catch {
    return [];
  }
}
