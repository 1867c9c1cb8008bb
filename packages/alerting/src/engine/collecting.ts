import type { SeriesBatch } from "@telltale/metrics";
import type { Clock } from "../clock.ts";
import type { AlertingProblem } from "./alerting-problem.ts";

/** Where series come from: a `seriesReader` of @telltale/metrics. */
export interface SeriesSource {
  collect(timeMs: number): Promise<SeriesBatch>;
  tellAnew(): void;
}

export interface CollectingOptions {
  readonly series: SeriesSource;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Whether somebody would take a batch now. */
  readonly isWanted: () => boolean;
  readonly take: (batch: SeriesBatch) => void;
  readonly onProblem: (problem: AlertingProblem) => void;
}

/** Collects at multiples of the interval until it is disposed of. */
export interface Collecting extends Disposable {
  /** Collects now, unless it does already. */
  collect(): Promise<void>;
}

export function collectEvery(options: CollectingOptions): Collecting {
  const { series, intervalMs, clock, isWanted, take, onProblem } = options;
  let isCollecting = false;
  let isOver = false;
  let timer = clock.at(nextMs(), collectOnTime);

  /** As everybody's clock has it, so that the samples of many processes are of one time. */
  function nextMs(): number {
    return (Math.floor(clock.now() / intervalMs) + 1) * intervalMs;
  }

  function collectOnTime(): void {
    timer = clock.at(nextMs(), collectOnTime);
    void collect();
  }

  async function collect(): Promise<void> {
    if (isCollecting || isOver || !isWanted()) return;
    isCollecting = true;
    try {
      const batch = await series.collect(clock.now());
      // Somebody may be gone meanwhile.
      if (!isOver && isWanted()) take(batch);
    } catch (error) {
      onProblem({ level: "error", text: `alerting: series could not be collected: ${String(error)}` });
    } finally {
      isCollecting = false;
    }
  }

  return {
    collect,
    [Symbol.dispose]() {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}
