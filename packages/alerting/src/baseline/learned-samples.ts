/** What baselines learned from since they were kept last: little text, where all that they know is much. */
import { type Labels, labelsOf, type Sample, toRecord } from "@telltale/promql";

/** Samples of one time that one choice of series learned from. */
interface LearnedFrom {
  readonly key: string;
  readonly timeMs: number;
  /** The labels of series that were not among those before; their numbers go on from there. */
  readonly labels: readonly Readonly<Record<string, string>>[];
  readonly series: readonly number[];
  readonly values: readonly number[];
}

/** Takes samples down, and gives them as text again and again: each text has what is not in the ones before it. */
export class LearnedSamples {
  readonly #numbers = new Map<string, number>();
  #waiting: LearnedFrom[] = [];
  #count = 0;

  /** How many there were since it was begun anew. */
  get count(): number {
    return this.#count;
  }

  record(key: string, timeMs: number, samples: readonly Sample[]): void {
    const labels: Labels[] = [];
    const series: number[] = [];
    const values: number[] = [];
    for (const sample of samples) {
      if (!isLearned(sample)) continue;
      let number = this.#numbers.get(sample.labels.key);
      if (number === undefined) {
        number = this.#numbers.size;
        this.#numbers.set(sample.labels.key, number);
        labels.push(sample.labels);
      }
      series.push(number);
      values.push(sample.value);
    }
    this.#count += values.length;
    if (values.length > 0) this.#waiting.push({ key, timeMs, labels: labels.map(toRecord), series, values });
  }

  /** What was taken down since the last text; undefined for nothing. */
  take(): string | undefined {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting.length === 0 ? undefined : JSON.stringify(waiting);
  }

  /** The texts before are forgotten. */
  begin(): void {
    this.#numbers.clear();
    this.#waiting = [];
    this.#count = 0;
  }
}

/** Gives back what texts have, in their order; of what cannot be read and what is after it nothing. */
export function readLearnedSamples(
  texts: readonly string[],
  learn: (key: string, samples: readonly Sample[]) => void,
): void {
  const known: Labels[] = [];
  try {
    for (const text of texts) {
      for (const { key, timeMs, labels, series, values } of JSON.parse(text) as readonly LearnedFrom[]) {
        known.push(...labels.map((one) => labelsOf(one)));
        learn(
          key,
          series.map((number, i) => ({ labels: known[number]!, timeMs, value: values[i]! })),
        );
      }
    }
  } catch {
    // It is learned anew.
  }
}

/** The rest changes nothing of what is known. */
function isLearned({ value, histogram, stale }: Sample): boolean {
  return histogram === undefined && stale !== true && Number.isFinite(value);
}
