import type { MetricFamily, SeriesBatch } from "@telltale/metrics";
import type { MemoryStore } from "@telltale/promql";
import type { Clock } from "../clock.ts";
import { seriesIntake } from "../series-intake/series-intake.ts";

export interface SourcesOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** The labels of sources that are to be there, by the sources' names. */
  readonly targets: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The processes and threads whose series come in. */
export interface Sources extends Disposable {
  /** False when a batch before this one is missing. */
  append(source: string, batch: SeriesBatch): boolean;
  /** The source is no more. */
  remove(source: string): void;
  families(): ReadonlyMap<string, MetricFamily>;
}

/** A source may be late by one interval, as one that is busy for a moment is; then it counts as down. */
const DOWN_AFTER_INTERVALS = 2;

/** However short the interval is: a process that starts, or collects garbage, is not down. */
const LEAST_SILENCE_MS = 5_000;

/** Takes batches into a store, and marks the sources from which none comes: a process that hangs cannot say so itself. */
export function watchSources(store: MemoryStore, { clock, intervalMs, targets }: SourcesOptions): Sources {
  const intake = seriesIntake(store);
  const silenceMs = Math.max(DOWN_AFTER_INTERVALS * intervalMs, LEAST_SILENCE_MS);
  const heardMs = new Map(Object.keys(targets).map((source) => [source, clock.now()]));
  let timer = clock.at(clock.now() + intervalMs, look);

  function look(): void {
    const nowMs = clock.now();
    timer = clock.at(nowMs + intervalMs, look);
    for (const [source, lastMs] of heardMs) {
      if (nowMs - lastMs >= silenceMs) intake.miss(source, nowMs, targets[source]);
    }
  }

  return {
    append(source, batch) {
      heardMs.set(source, clock.now());
      return !intake.append(source, batch).lost;
    },
    remove(source) {
      heardMs.delete(source);
      intake.remove(source, clock.now());
    },
    families: () => intake.families(),
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
