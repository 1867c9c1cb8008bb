/** What the benchmark of PromQL asks about: 91 metrics with 110 series each, an hour long, and the rules of their alerts. */
import { type Labels, labelsOf, type Sample } from "@telltale/promql";

export const SCRAPE_MS = 15_000;
export const START_MS = 1_700_000_000_000;
export const METRICS = 91;

interface Series {
  readonly labels: Labels;
  readonly metric: number;
  readonly index: number;
}

/** A third of the metrics are counters by path, a third gauges, a third classic histograms. */
export function fleet(metrics: number): readonly Series[] {
  return Array.from({ length: metrics * 110 }, (_, i) => {
    const metric = Math.floor(i / 110);
    const index = i % 110;
    const target = {
      job: `job-${metric}`,
      instance: `10.0.0.${Math.floor(index / 11)}:9100`,
      __name__: nameOf(metric),
    };
    const own = metric % 3 === 2 ? { le: bounds[index % 11]! } : { path: `/path/${index % 11}` };
    return { labels: labelsOf({ ...target, ...own }), metric, index };
  });
}

/** The samples of one scrape. */
export function scrape(series: readonly Series[], number: number): readonly Sample[] {
  const timeMs = START_MS + number * SCRAPE_MS;
  return series.map(({ labels, metric, index }) => ({ labels, timeMs, value: sampleOf(metric, index, number) }));
}

/** Rules as people write them, each about one metric and its 110 series. */
export function rules(count: number, metrics: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const metric = i % metrics;
    const kinds = [counterRules, gaugeRules, histogramRules][metric % 3]!;
    return kinds[Math.floor(i / metrics) % kinds.length]!.replaceAll(/\bx\b/g, nameOf(metric));
  });
}

const bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "+Inf"];

const counterRules = [
  "rate(x[5m]) > 40",
  "sum by (job, instance) (rate(x[5m])) > 400",
  "increase(x[15m]) == 0",
  'sum by (instance) (rate(x{path=~"/path/[12]"}[5m])) / sum by (instance) (rate(x[5m])) > 0.5',
  "sum without (path) (rate(x[1m])) > 1.5 * sum without (path) (rate(x[30m]))",
  "topk(3, rate(x[5m])) > 1000",
  "resets(x[30m]) > 3",
];

const gaugeRules = [
  "x > 99.9",
  "avg_over_time(x[10m]) > 90",
  "max by (instance) (x) - min by (instance) (x) > 99.9",
  "predict_linear(x[30m], 3600) < -100",
  "absent(x)",
  "avg(x) + 4 * stddev(x) < x",
  "quantile by (instance) (0.9, x) > 99.9",
];

const histogramRules = [
  "histogram_quantile(0.99, sum by (job, le) (rate(x[5m]))) > 5",
  "histogram_quantile(0.5, rate(x[5m])) > 5",
  'sum by (instance) (rate(x{le="0.25"}[5m])) / sum by (instance) (rate(x{le="+Inf"}[5m])) < 0.01',
  "histogram_quantile(0.9, sum without (instance) (increase(x[10m]))) > 5",
];

function nameOf(metric: number): string {
  return [`metric_${metric}_total`, `metric_${metric}_ratio`, `metric_${metric}_seconds_bucket`][metric % 3]!;
}

function sampleOf(metric: number, index: number, scrape: number): number {
  if (metric % 3 === 0) return scrape * (index + 1) + ((scrape * 7 + index) % 5);
  if (metric % 3 === 1) return ((scrape * 37 + index * 101 + metric) % 1000) / 10;
  return scrape * 10 * ((index % 11) + 1);
}
