import {
  type Labels,
  type MemoryStore,
  queryInstant,
  type Sample,
  type VectorSample,
  withLabel,
} from "@telltale/promql";
import type { BaselineChoice } from "../alerting-file/baseline-choice.ts";
import { Baselines } from "../baseline/baselines.ts";
import type { AlertingProblem } from "./alerting-problem.ts";

/** Baselines of the series that a telltale.alerting.yaml chooses, learned from a store and published there. */
export interface BaselineFeed {
  /** Learns from what there is at a time. */
  feed(timeMs: number): void;
  /** Goes on with other choices; what is chosen as before goes on as it is. */
  choose(choices: readonly BaselineChoice[]): void;
  /** All that was learned, as text; undefined when nothing is chosen. */
  save(): string | undefined;
}

interface Learning {
  readonly choice: BaselineChoice;
  readonly baselines: Baselines;
  /** The series of the last time. */
  known: ReadonlyMap<string, Labels>;
  isFailing: boolean;
}

export interface BaselineFeedOptions {
  readonly choices: readonly BaselineChoice[];
  /** What `save()` gave before a restart. */
  readonly saved: string | undefined;
  readonly onProblem: (problem: AlertingProblem) => void;
}

export function baselineFeed(store: MemoryStore, { choices, saved, onProblem }: BaselineFeedOptions): BaselineFeed {
  const remembered = savedBaselines(saved);
  let learnings = new Map<string, Learning>();
  let lastMs = Number.NEGATIVE_INFINITY;

  function choose(next: readonly BaselineChoice[]): void {
    const before = learnings;
    learnings = new Map(
      next.map((choice) => {
        const key = keyOf(choice);
        const known = before.get(key);
        if (known !== undefined && sameOptions(known.choice, choice)) return [key, known];
        // With other options it goes on from what was learned by those before.
        const baselines = new Baselines(choice.options, known?.baselines.save() ?? remembered[key]);
        return [key, { choice, baselines, known: new Map(), isFailing: false }];
      }),
    );
  }

  function learn(learning: Learning, timeMs: number): void {
    const { choice, baselines, known } = learning;
    const samples = found(choice, timeMs);
    const now = new Map(samples.map(({ labels }) => [labels.key, labels]));
    const ended = [...known.values()].filter(({ key }) => !now.has(key));
    learning.known = now;
    store.append(baselines.feed([...samples, ...ended.map((labels) => endOf(labels, timeMs))]));
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
      if (timeMs <= lastMs) return;
      lastMs = timeMs;
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
    save() {
      if (learnings.size === 0) return undefined;
      const all = [...learnings].map(([key, { baselines }]) => [key, baselines.save()]);
      return JSON.stringify(Object.fromEntries(all));
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
