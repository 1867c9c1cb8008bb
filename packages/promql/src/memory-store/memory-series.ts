import { hasFallen } from "../histogram/detect-reset.ts";
import { type FloatHistogram, sameNumbers } from "../histogram/float-histogram.ts";
import type { Labels } from "../labels.ts";
import type { SampleBuffer, StoredSeries, TimeRange } from "../store.ts";
import { BLOCK_SAMPLES, HISTOGRAM_BITS, MAX_BLOCK_SPAN_MS, type SampleBlocks, STALE_BITS } from "./sample-blocks.ts";

/** One series: a list of blocks, of which the oldest are given back as time goes on. */
export class MemorySeries implements StoredSeries {
  readonly labels: Labels;
  readonly #blocks: SampleBlocks;
  /** From old to new, and how many samples each holds: a gap of weeks ends a block before it is full. */
  #list: number[] = [];
  #counts: number[] = [];
  #histograms: Map<number, FloatHistogram> | undefined;
  #startTimes: Map<number, number> | undefined;
  /** What a further histogram of the same run is compared with. */
  #lastHistogram: FloatHistogram | undefined;
  lastMs: number = Number.NEGATIVE_INFINITY;
  /** The last sample said that the series ended. */
  ended = false;
  /** Forgotten by the store. */
  deleted = false;

  constructor(labels: Labels, blocks: SampleBlocks) {
    this.labels = labels;
    this.#blocks = blocks;
  }

  get samples(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  get blockCount(): number {
    return this.#list.length;
  }

  get firstMs(): number {
    return this.#list.length === 0 ? Number.POSITIVE_INFINITY : this.#blocks.baseMs(this.#list[0]!);
  }

  /** The last sample of the oldest block: a series becomes smaller only by whole blocks. */
  get firstBlockEndMs(): number {
    return this.#list.length === 0 ? Number.POSITIVE_INFINITY : this.#lastOf(0);
  }

  /** The value of the last sample, NaN when it has none. */
  get lastValue(): number {
    if (this.#list.length === 0) return Number.NaN;
    const { slab, at } = this.#blocks.arrays(this.#list.at(-1)!);
    return slab.values[at * BLOCK_SAMPLES + this.#counts.at(-1)! - 1]!;
  }

  append(timeMs: number, value: number): void {
    const { block, index } = this.#place(timeMs);
    this.#blocks.set(block, index, timeMs, value);
    this.#lastHistogram = undefined;
    this.ended = false;
  }

  appendStale(timeMs: number): void {
    const { block, index } = this.#place(timeMs);
    this.#blocks.mark(block, index, timeMs, STALE_BITS);
    this.#lastHistogram = undefined;
    this.ended = true;
  }

  appendHistogram(timeMs: number, histogram: FloatHistogram): void {
    const { block, index } = this.#place(timeMs);
    this.#blocks.mark(block, index, timeMs, HISTOGRAM_BITS);
    this.#histograms ??= new Map();
    const counterResetHint = storedHint(this.#lastHistogram, histogram);
    this.#histograms.set(timeMs, { ...histogram, counterResetHint });
    this.#lastHistogram = histogram;
    this.ended = false;
  }

  /** Says since when the counter of the last sample has counted. */
  setStartTime(startMs: number): void {
    this.#startTimes ??= new Map();
    this.#startTimes.set(this.lastMs, startMs);
  }

  read({ fromMs, toMs }: TimeRange, into: SampleBuffer): void {
    const list = this.#list;
    if (this.lastMs < fromMs || list.length === 0) return;
    let first = list.length - 1;
    while (first > 0 && this.#blocks.baseMs(list[first]!) > fromMs) first--;
    for (let b = first; b < list.length; b++) {
      const { slab, at } = this.#blocks.arrays(list[b]!);
      const count = this.#counts[b]!;
      const baseMs = slab.baseMs[at]!;
      if (baseMs > toMs) return;
      const begin = at * BLOCK_SAMPLES;
      const end = begin + count;
      let i = baseMs >= fromMs ? begin : firstFrom(slab.offsets, fromMs - baseMs, begin, end);
      into.reserve(end - i);
      const { times, values } = into;
      let n = into.length;
      for (; i < end; i++) {
        const timeMs = baseMs + slab.offsets[i]!;
        if (timeMs > toMs) break;
        const value = slab.values[i]!;
        // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN, behind which marks hide
        if (value !== value) {
          const mark = this.#blocks.markAt(list[b]!, i - begin);
          if (mark !== 0) {
            into.length = n;
            if (mark === STALE_BITS) into.pushStale(timeMs);
            else into.pushHistogram(timeMs, this.#histograms!.get(timeMs)!);
            n = into.length;
            continue;
          }
        }
        times[n] = timeMs;
        values[n++] = value;
      }
      into.length = n;
    }
    if (this.#startTimes !== undefined) this.#readStartTimes(into, this.#startTimes);
  }

  /** Gives back the blocks whose samples are all older; the number of blocks that were. */
  dropBefore(timeMs: number): number {
    let drop = 0;
    while (drop < this.#list.length && this.#lastOf(drop) < timeMs) drop++;
    for (let i = 0; i < drop; i++) this.#blocks.release(this.#list[i]!);
    if (drop === 0) return 0;
    this.#list = this.#list.slice(drop);
    this.#counts = this.#counts.slice(drop);
    for (const map of [this.#histograms, this.#startTimes]) {
      for (const time of map?.keys() ?? []) if (time < this.firstMs) map!.delete(time);
    }
    return drop;
  }

  /** Where one more sample goes. */
  #place(timeMs: number): { block: number; index: number } {
    this.lastMs = timeMs;
    const last = this.#list.length - 1;
    if (last >= 0 && this.#counts[last]! < BLOCK_SAMPLES) {
      const block = this.#list[last]!;
      if (timeMs - this.#blocks.baseMs(block) <= MAX_BLOCK_SPAN_MS) return { block, index: this.#counts[last]!++ };
    }
    const block = this.#blocks.allocate(timeMs);
    this.#list.push(block);
    this.#counts.push(1);
    return { block, index: 0 };
  }

  #lastOf(block: number): number {
    return this.#blocks.timeMs(this.#list[block]!, this.#counts[block]! - 1);
  }

  #readStartTimes(into: SampleBuffer, startTimes: ReadonlyMap<number, number>): void {
    into.startTimes = Array.from({ length: into.length }, (_, i) => startTimes.get(into.times[i]!) ?? 0);
  }
}

/** The first index whose offset is no less. */
function firstFrom(offsets: Uint32Array, offset: number, begin: number, end: number): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What is known of resets once histograms stand one after the other: Prometheus keeps a run of histograms without a reset in one
 * chunk, and of the first in a chunk nothing is known.
 */
function storedHint(previous: FloatHistogram | undefined, current: FloatHistogram): FloatHistogram["counterResetHint"] {
  if (current.counterResetHint === "gauge") return "gauge";
  const continues =
    previous !== undefined &&
    previous.counterResetHint !== "gauge" &&
    current.counterResetHint !== "reset" &&
    current.schema === previous.schema &&
    current.zeroThreshold === previous.zeroThreshold &&
    sameNumbers(current.customValues, previous.customValues) &&
    !hasFallen(current, previous);
  return continues ? "not_reset" : "unknown";
}
