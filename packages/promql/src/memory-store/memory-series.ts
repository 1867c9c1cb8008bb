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
  /** Some sample is, or was, none with a number. */
  #marked = false;
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
    const block = this.#list.at(-1)!;
    return this.#blocks.slabOf(block).values[this.#blocks.beginOf(block) + this.#counts.at(-1)! - 1]!;
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
    this.#marked = true;
    this.#lastHistogram = undefined;
    this.ended = true;
  }

  appendHistogram(timeMs: number, histogram: FloatHistogram): void {
    const { block, index } = this.#place(timeMs);
    this.#blocks.mark(block, index, timeMs, HISTOGRAM_BITS);
    this.#marked = true;
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
      const block = list[b]!;
      const { offsets } = this.#blocks.slabOf(block);
      const baseMs = this.#blocks.baseMs(block);
      if (baseMs > toMs) break;
      let begin = this.#blocks.beginOf(block);
      let end = begin + this.#counts[b]!;
      if (baseMs < fromMs) begin = firstFrom(offsets, fromMs - baseMs, begin, end);
      if (baseMs + offsets[end - 1]! > toMs) end = firstFrom(offsets, Math.floor(toMs - baseMs) + 1, begin, end);
      this.#copy(block, begin, end, into);
    }
    if (this.#startTimes !== undefined) this.#readStartTimes(into, this.#startTimes);
  }

  /** The last sample of the range, where there is one. */
  readLatest({ fromMs, toMs }: TimeRange, into: SampleBuffer): void {
    const list = this.#list;
    let b = list.length - 1;
    while (b >= 0 && this.#blocks.baseMs(list[b]!) > toMs) b--;
    if (b < 0) return;
    const block = list[b]!;
    const { offsets } = this.#blocks.slabOf(block);
    const baseMs = this.#blocks.baseMs(block);
    const begin = this.#blocks.beginOf(block);
    let end = begin + this.#counts[b]!;
    if (baseMs + offsets[end - 1]! > toMs) end = firstFrom(offsets, Math.floor(toMs - baseMs) + 1, begin, end);
    if (baseMs + offsets[end - 1]! < fromMs) return;
    this.#copy(block, end - 1, end, into);
    if (this.#startTimes !== undefined) this.#readStartTimes(into, this.#startTimes);
  }

  /** Hot: benchmarks/promql.ts. */
  #copy(block: number, begin: number, end: number, into: SampleBuffer): void {
    into.reserve(end - begin);
    const { offsets, values } = this.#blocks.slabOf(block);
    const baseMs = this.#blocks.baseMs(block);
    const to = into.length - begin;
    const { times: toTimes, values: toValues } = into;
    for (let i = begin; i < end; i++) {
      toTimes[to + i] = baseMs + offsets[i]!;
      toValues[to + i] = values[i]!;
    }
    into.length = to + end;
    if (this.#marked) this.#copyMarks(block, begin, end, into);
  }

  #copyMarks(block: number, begin: number, end: number, into: SampleBuffer): void {
    const to = into.length - end;
    const blockBegin = this.#blocks.beginOf(block);
    for (let i = begin; i < end; i++) {
      const mark = this.#blocks.markAt(block, i - blockBegin);
      if (mark === STALE_BITS) into.makeStale(to + i);
      else if (mark === HISTOGRAM_BITS) into.makeHistogram(to + i, this.#histograms!.get(into.times[to + i]!)!);
    }
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
