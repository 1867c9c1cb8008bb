import { type FloatHistogram, printHistogram } from "@telltale/promql";

/** What answers say of a native histogram: its buckets that are not empty, from low to high, by their borders. */
export interface HistogramNumbers {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly (readonly [lower: number, upper: number, count: number])[];
}

/** A histogram as Prometheus' API writes it. */
export interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [rule: number, lower: string, upper: string, count: string])[];
}

export function numbersOf(histogram: FloatHistogram): HistogramNumbers {
  const text = printHistogram(histogram);
  const [, count, sum] = /^\{count:([^,}]+), sum:([^,}]+)/.exec(text)!;
  const buckets = [...text.matchAll(/[[(]([^,\]]+),([^\])]+)[\])]:([^,}]+)/g)].map(
    ([, lower, upper, inside]) => [goNumber(lower!), goNumber(upper!), goNumber(inside!)] as const,
  );
  // The API leaves out a zero bucket that a subtraction made negative.
  const shown = buckets.filter(([lower, upper, inside]) => lower !== -upper || inside > 0);
  return { count: goNumber(count!), sum: goNumber(sum!), buckets: shown };
}

export function apiNumbers({ count, sum, buckets = [] }: ApiHistogram): HistogramNumbers {
  return {
    count: goNumber(count),
    sum: goNumber(sum),
    buckets: buckets.map(([, lower, upper, inside]) => [goNumber(lower), goNumber(upper), goNumber(inside)]),
  };
}

/** As Go writes it. */
export function goNumber(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
