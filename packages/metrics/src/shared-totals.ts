import type { SeriesPlace } from "./series-chunk.ts";

/**
 * Totals of a chunk's series in memory that threads share. They are made when another thread reads them, and whoever records
 * writes them from then on: an element of an array costs more than a field, and most applications have nobody who reads it.
 */
export interface SharedTotals {
  shared: Float64Array<SharedArrayBuffer> | undefined;
}

/** Where another thread finds the total of a series. */
export interface SharedPlace {
  readonly memory: SharedArrayBuffer;
  /** Counted in doubles. */
  readonly slot: number;
}

/** Puts a series' total where another thread reads it. */
export function shareTotal({ chunk, slot }: SeriesPlace<SharedTotals>, total: number): SharedPlace {
  chunk.numbers.shared ??= new Float64Array(new SharedArrayBuffer(8 * chunk.capacity));
  chunk.numbers.shared[slot] = total;
  return { memory: chunk.numbers.shared.buffer, slot };
}
