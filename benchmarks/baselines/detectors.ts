/** Ours and the simple ones that people write themselves, all as a score whose 1 is the threshold. */
import { Baseline, type BaselineSample } from "@telltale/alerting";

export type Detector = (sample: BaselineSample) => number;

const DAY = 86_400_000;

export const telltale = (): Detector => {
  const baseline = new Baseline();
  return (sample) => baseline.feed(sample)?.score ?? 0;
};

/** Simple detectors, by their threshold in standard deviations. */
export const peers: Readonly<Record<string, (threshold: number) => Detector>> = {
  "rolling z-score, one day": rollingZScore,
  "n sigma of all": sigmaOfAll,
  "seasonal naive, one day": (threshold) => seasonalNaive(threshold, DAY),
  "seasonal naive, one week": (threshold) => seasonalNaive(threshold, 7 * DAY),
};

function rollingZScore(threshold: number): Detector {
  const window: BaselineSample[] = [];
  let [sum, squares, first] = [0, 0, 0];
  return (sample) => {
    while (first < window.length && window[first]!.timeMs < sample.timeMs - DAY) {
      const { value } = window[first++]!;
      sum -= value;
      squares -= value * value;
    }
    const count = window.length - first;
    const score =
      count < 100 ? 0 : scoreOf(sample.value - sum / count, squares / count - (sum / count) ** 2, threshold);
    window.push(sample);
    sum += sample.value;
    squares += sample.value ** 2;
    return score;
  };
}

function sigmaOfAll(threshold: number): Detector {
  let [count, mean, squares] = [0, 0, 0];
  return ({ value }) => {
    const score = count < 100 ? 0 : scoreOf(value - mean, squares / count, threshold);
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    return score;
  };
}

/** The difference to the same time of the day or the week before, by the standard deviation of such differences. */
function seasonalNaive(threshold: number, seasonMs: number): Detector {
  const past = new Map<number, number>();
  const differences = sigmaOfAll(threshold);
  return ({ timeMs, value }) => {
    past.set(timeMs, value);
    const before = past.get(timeMs - seasonMs);
    past.delete(timeMs - seasonMs);
    return before === undefined ? 0 : differences({ timeMs, value: value - before });
  };
}

function scoreOf(difference: number, variance: number, threshold: number): number {
  return Math.abs(difference) / Math.max(1e-9, Math.sqrt(Math.max(0, variance))) / threshold;
}
