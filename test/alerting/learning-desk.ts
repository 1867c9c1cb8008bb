import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Alerting, startAlerting } from "@telltale/alerting";
import type { SeriesBatch } from "@telltale/metrics";
import { queryInstant } from "@telltale/promql";

const START = Date.UTC(2026, 0, 1);
const INTERVAL = 15_000;

export interface LearningDesk {
  readonly alerting: Alerting;
  feed(number: number): void;
  /** What is published of the series after a batch. */
  band(number: number): readonly number[];
}

/** An alerting that learns the baseline of one series, with its state in a folder. */
export function learningDesk(folder: string): LearningDesk {
  writeFileSync(join(folder, "extras.yaml"), "baselines: [{ expr: connected, warm_up: 10m, warm_up_samples: 20 }]");
  const alerting = startAlerting({ folder, rules: [], extras: "extras.yaml", state: "alerting.db" });
  let sequence = 0;
  return {
    alerting,
    feed: (number) => void alerting.append("", batch(sequence++, number)),
    band(number) {
      const { value } = queryInstant(alerting.store, '{__name__=~"telltale_.*"}', { timeMs: timeOf(number) });
      return value.type === "vector" ? value.samples.map((sample) => sample.value) : [];
    },
  };
}

/** The number of the batch of a time. */
export function numberOf(timeMs: number): number {
  return (timeMs - START) / INTERVAL;
}

function timeOf(number: number): number {
  return START + number * INTERVAL;
}

function batch(sequence: number, number: number): SeriesBatch {
  const news = { families: [], series: [{ id: 0, name: "connected", labels: [] }] };
  return {
    sequence,
    timeMs: timeOf(number),
    durationMs: 1,
    target: { job: "desk", instance: "host" },
    news: sequence === 0 ? [new TextEncoder().encode(JSON.stringify(news))] : [],
    ids: Uint32Array.of(0),
    values: Float64Array.of(100 + (number % 7)),
    histograms: new Float64Array(),
    gone: new Uint32Array(),
  };
}
