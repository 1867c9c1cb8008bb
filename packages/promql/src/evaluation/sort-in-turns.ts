import type { Work } from "./turn.ts";

/** How many entries are sorted, or merged, between two possible interruptions. */
const ENTRIES_PER_TURN = 512;

/** A list in order; what compares equal stays in its order. */
export function* sortInTurns<T>(list: readonly T[], compare: (a: T, b: T) => number): Work<readonly T[]> {
  let sorted: T[] = [];
  for (let from = 0; from < list.length; from += ENTRIES_PER_TURN) {
    sorted.push(...list.slice(from, from + ENTRIES_PER_TURN).sort(compare));
    if (from + ENTRIES_PER_TURN < list.length) yield;
  }
  for (let size = ENTRIES_PER_TURN; size < list.length; size *= 2) {
    const merged: T[] = [];
    for (let from = 0; from < list.length; from += 2 * size) {
      const middle = Math.min(from + size, list.length);
      const end = Math.min(from + 2 * size, list.length);
      for (let left = from, right = middle; left < middle || right < end; ) {
        const takeLeft = right === end || (left < middle && compare(sorted[left]!, sorted[right]!) <= 0);
        merged.push(sorted[takeLeft ? left++ : right++]!);
        if (merged.length % ENTRIES_PER_TURN === 0) yield;
      }
    }
    sorted = merged;
  }
  return sorted;
}
