import { setImmediate } from "node:timers/promises";

/** How long work may hold the event loop before others have their turn. */
const SLICE_MS = 3;
/** Reading the clock costs as much as a part of the work. */
const ITEMS_PER_LOOK = 32;

/** What `work` makes of each item; other work of the process comes in between. */
export async function mapInSlices<T, U>(items: readonly T[], work: (item: T) => U): Promise<U[]> {
  const results: U[] = [];
  let startMs = performance.now();
  for (const item of items) {
    results.push(work(item));
    if (results.length % ITEMS_PER_LOOK !== 0 || performance.now() - startMs < SLICE_MS) continue;
    await setImmediate();
    startMs = performance.now();
  }
  return results;
}
