import { addKahan, kahan } from "../kahan-sum.ts";
import type { Buckets, FloatHistogram } from "./float-histogram.ts";

/** The borders that two histograms with custom buckets share. */
export function sharedBounds(a: readonly number[], b: readonly number[]): readonly number[] {
  const inB = new Set(b);
  return a.filter((bound) => inB.has(bound));
}

/** Counts with what Kahan's summation has lost of each. */
export interface CompensatedBuckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
  readonly compensations: readonly number[];
}

/** Several histograms added into buckets with other borders, each of which is one of theirs. */
export class BucketMapping {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  readonly #compensations: number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
    this.#compensations = new Array(bounds.length + 1).fill(0);
  }

  add({ positive, customValues }: FloatHistogram, sign: 1 | -1): void {
    this.addBuckets(positive, customValues, sign);
  }

  addBuckets({ indexes, counts }: Buckets, customValues: readonly number[], sign: 1 | -1): void {
    let target = 0;
    for (let i = 0; i < indexes.length; i++) {
      const bound = customValues[indexes[i]!] ?? Number.POSITIVE_INFINITY;
      while (target < this.#bounds.length && this.#bounds[target]! < bound) target++;
      this.#counts[target] = addKahan(sign * counts[i]!, this.#counts[target]!, this.#compensations[target]!);
      this.#compensations[target] = kahan.c;
    }
  }

  /** Without the empty ones. */
  buckets(): CompensatedBuckets {
    const filled = this.#counts.flatMap((count, i) => (count === 0 && this.#compensations[i] === 0 ? [] : [i]));
    return {
      indexes: filled,
      counts: filled.map((i) => this.#counts[i]!),
      compensations: filled.map((i) => this.#compensations[i]!),
    };
  }
}
