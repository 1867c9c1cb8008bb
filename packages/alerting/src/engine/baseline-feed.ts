import {
  type Labels,
  type MemoryStore,
  queryInstant,
  type Sample,
  type VectorSample,
  withLabel,
} from "@telltale/promql";
import type { BaselineChoice } from "../alerting-file/baseline-choice.ts";
import { Baselines, PUT_BACK_MS } from "../baseline/baselines.ts";
import { LearnedSamples, readLearnedSamples } from "../baseline/learned-samples.ts";
import type { AlertingProblem } from "./alerting-problem.ts";
import type { KeptState } from "./kept-state.ts";

/** Baselines of the series that a telltale.alerting.yaml chooses, learned from a store and published there. */
export interface BaselineFeed {
  /** Learns from what there is at a time. */
  feed(timeMs: number): void;
  /** Goes on with other choices; what is chosen as before goes on as it is. */
  choose(choices: readonly BaselineChoice[]): void;
  /**
   * Keeps what was learned since the last time, and now and then all of it, which is much text; with `whole` now. What was
   * added since then is learned again after a restart.
   */
  save(options?: { readonly whole: boolean }): void;
}

interface Learning {
  readonly choice: BaselineChoice;
  readonly baselines: Baselines;
  /** The series of the last time. */
  known: ReadonlyMap<string, Labels>;
  isFailing: boolean;
  isRefusing: boolean;
}

export interface BaselineFeedOptions {
  readonly choices: readonly BaselineChoice[];
  /** Where what was learned outlives a restart. */
  readonly kept: Pick<KeptState, "isFile" | "text" | "added" | "keep" | "add">;
  readonly onProblem: (problem: AlertingProblem) => void;
}

const BASELINES = "baselines";

/** All that was learned is kept so often. */
const KEPT_EVERY_MS = 3_600_000;

/** Or after so many samples: to learn from them again takes half a second. */
const MAX_ADDED = 50_000;

export function baselineFeed(store: MemoryStore, { choices, kept, onProblem }: BaselineFeedOptions): BaselineFeed {
  const news = new LearnedSamples();
  let learnings = new Map<string, Learning>();
  let lastMs = Number.NEGATIVE_INFINITY;
  let keptMs = Number.NEGATIVE_INFINITY;
  /** What was kept is read with the first samples: the start does not wait for it. */
  let isRead = false;

  function choose(next: readonly BaselineChoice[]): void {
    const before = learnings;
    learnings = new Map(
      next.map((choice) => {
        const key = keyOf(choice);
        const known = before.get(key);
        if (known !== undefined && sameOptions(known.choice, choice)) return [key, known];
        // With other options it goes on from what was learned by those before.
        const baselines = new Baselines(choice.options, known?.baselines.save());
        return [key, { choice, baselines, known: new Map(), isFailing: false, isRefusing: false }];
      }),
    );
    keptMs = Number.NEGATIVE_INFINITY;
  }

  function read(): void {
    isRead = true;
    const remembered = savedBaselines(kept.text(BASELINES));
    for (const [key, learning] of learnings) {
      learnings.set(key, { ...learning, baselines: new Baselines(learning.choice.options, remembered[key]) });
    }
    readLearnedSamples(kept.added(BASELINES), (key, samples) => void learnings.get(key)?.baselines.feed(samples));
  }

  function learn(learning: Learning, timeMs: number): void {
    const { choice, baselines, known } = learning;
    const { refused } = baselines;
    const samples = found(choice, timeMs);
    const now = new Map(samples.map(({ labels }) => [labels.key, labels]));
    const ended = [...known.values()].filter(({ key }) => !now.has(key));
    learning.known = now;
    store.append(baselines.feed([...samples, ...ended.map((labels) => endOf(labels, timeMs))]));
    if (kept.isFile) news.record(keyOf(choice), timeMs, samples);
    const isRefusing = baselines.refused > refused;
    if (isRefusing && !learning.isRefusing) {
      const text = `alerting: ${choice.query} has more series than max_series; of the others no baseline is learned`;
      onProblem({ level: "warn", text });
    }
    learning.isRefusing = isRefusing;
  }

  function found({ expression, metric }: BaselineChoice, timeMs: number): readonly Sample[] {
    const { value } = queryInstant(store, expression, { timeMs });
    const samples: readonly VectorSample[] = value.type === "vector" ? value.samples : [];
    return samples.map((sample) => ({
      labels: metric === undefined ? sample.labels : withLabel(sample.labels, "__name__", metric),
      timeMs,
      value: sample.value,
      ...(sample.histogram !== undefined && { histogram: sample.histogram }),
    }));
  }

  choose(choices);
  return {
    choose,
    feed(timeMs) {
      if ((timeMs <= lastMs && timeMs > lastMs - PUT_BACK_MS) || learnings.size === 0) return;
      lastMs = timeMs;
      if (!isRead) read();
      for (const learning of learnings.values()) {
        try {
          learn(learning, timeMs);
          learning.isFailing = false;
        } catch (error) {
          const text = `alerting: no baseline of ${learning.choice.query}: ${(error as Error).message}`;
          if (!learning.isFailing) onProblem({ level: "warn", text });
          learning.isFailing = true;
        }
      }
    },
    save({ whole } = { whole: false }) {
      // Before the first samples there is nothing new.
      if (!isRead || learnings.size === 0) return;
      if (!whole && lastMs - keptMs < KEPT_EVERY_MS && news.count < MAX_ADDED) {
        const text = news.take();
        // What could not be added leaves a gap, which only all of it fills.
        if (text !== undefined && !kept.add(BASELINES, text)) keptMs = Number.NEGATIVE_INFINITY;
        return;
      }
      news.begin();
      const all = [...learnings].map(([key, { baselines }]) => [key, baselines.save()]);
      keptMs = kept.keep(BASELINES, JSON.stringify(Object.fromEntries(all))) ? lastMs : Number.NEGATIVE_INFINITY;
    },
  };
}

function endOf(labels: Labels, timeMs: number): Sample {
  return { labels, timeMs, value: Number.NaN, stale: true };
}

function keyOf({ query, metric }: BaselineChoice): string {
  return JSON.stringify([query, metric ?? ""]);
}

function sameOptions(a: BaselineChoice, b: BaselineChoice): boolean {
  return JSON.stringify(a.options) === JSON.stringify(b.options);
}

/** What cannot be read is learned anew. */
function savedBaselines(saved: string | undefined): Readonly<Record<string, string>> {
  try {
    return saved === undefined ? {} : (JSON.parse(saved) as Readonly<Record<string, string>>);
  } catch {
    return {};
  }
}
