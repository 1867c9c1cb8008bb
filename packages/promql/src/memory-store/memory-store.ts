import { finish } from "../evaluation/run-work.ts";
import type { Work } from "../evaluation/turn.ts";
import type { FloatHistogram } from "../histogram/float-histogram.ts";
import type { LabelMatcher } from "../label-matcher.ts";
import { fromPairs, type Labels } from "../labels.ts";
import type { SeriesStore, StoredSeries } from "../store.ts";
import { MemorySeries } from "./memory-series.ts";
import { Postings } from "./postings.ts";
import { BLOCK_BYTES, SampleBlocks } from "./sample-blocks.ts";

export interface MemoryStoreOptions {
  /** How long samples are kept behind the latest one. @default no limit */
  readonly retentionMs?: number;
  /** How many bytes samples and series may occupy, estimated; the oldest samples go first. @default no limit */
  readonly maxBytes?: number;
}

/** One sample; a native histogram has `histogram`, and then `value` does not count. */
export interface Sample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
  readonly histogram?: FloatHistogram;
  /** The series ends here: until its next sample it has no value. */
  readonly stale?: boolean;
  /** Since when the counter has counted, where that is known. */
  readonly startMs?: number;
}

/** A series of one store for who appends to it again and again: it is found without its labels. Made by `reference()`. */
export interface SeriesReference {
  readonly labels: Labels;
}

class KnownReference implements SeriesReference {
  labels: Labels;
  /** Undefined until there is a sample. */
  series: MemorySeries | undefined;

  constructor(labels: Labels) {
    this.labels = labels;
    this.series = undefined;
  }
}

/** What became of a batch. */
export interface AppendResult {
  readonly appended: number;
  /** Refused: the series has a later sample, or another value at the same time. */
  readonly outOfOrder: number;
}

export interface MemoryStoreSize {
  readonly series: number;
  readonly samples: number;
  /** An estimate. */
  readonly bytes: number;
}

/** A series costs about this much besides its samples and its text: objects, and its places in the index. */
const SERIES_BYTES = 512;

/** Series in memory, by time in blocks and by label in an index. */
export class MemoryStore implements SeriesStore {
  readonly #options: MemoryStoreOptions;
  readonly #blocks = new SampleBlocks();
  readonly #byKey = new Map<string, MemorySeries>();
  readonly #strings = new Map<string, string>();
  #postings = new Postings();
  /** Selections by the conditions as objects, as rules give the same ones again; until a series comes or goes. */
  #selections = new WeakMap<readonly LabelMatcher[], readonly MemorySeries[]>();
  /** The series of the last scrape of each source. */
  readonly #scraped = new Map<string, ReadonlySet<MemorySeries>>();
  #latestMs = Number.NEGATIVE_INFINITY;
  #textBytes = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options;
  }

  /** Appends samples, of each series in the order of time. */
  append(samples: Iterable<Sample>): AppendResult {
    let appended = 0;
    let outOfOrder = 0;
    for (const sample of samples) {
      if (this.#append(this.#seriesOf(sample.labels), sample)) appended++;
      else outOfOrder++;
    }
    return { appended, outOfOrder };
  }

  /** Appends all samples that a source has at one time. Series that it had the last time and has no more end here. */
  appendScrape(source: string, timeMs: number, samples: Iterable<Sample>): AppendResult {
    let appended = 0;
    let outOfOrder = 0;
    const seen = new Set<MemorySeries>();
    for (const sample of samples) {
      const series = this.#seriesOf(sample.labels);
      seen.add(series);
      if (this.#append(series, sample)) appended++;
      else outOfOrder++;
    }
    for (const series of this.#scraped.get(source) ?? []) {
      if (!seen.has(series) && !series.deleted && !series.ended && series.lastMs < timeMs) series.appendStale(timeMs);
    }
    if (seen.size > 0) this.#scraped.set(source, seen);
    else this.#scraped.delete(source);
    return { appended, outOfOrder };
  }

  /** The series of these labels, which comes into being with its first sample. */
  reference(labels: Labels): SeriesReference {
    return new KnownReference(labels);
  }

  /** Appends a number to one series; false when it was refused, being older than the last sample or another one of the same time. */
  appendTo(reference: SeriesReference, timeMs: number, value: number): boolean {
    const series = this.#referred(reference);
    if (timeMs <= series.lastMs) return timeMs === series.lastMs && Object.is(series.lastValue, value);
    series.append(timeMs, value);
    if (timeMs > this.#latestMs) this.#latestMs = timeMs;
    return true;
  }

  appendHistogramTo(reference: SeriesReference, timeMs: number, histogram: FloatHistogram): boolean {
    return this.#append(this.#referred(reference), { labels: reference.labels, timeMs, value: 0, histogram });
  }

  /** Ends a series, unless it has ended, or has a sample of that time or a later one. */
  endOf(reference: SeriesReference, timeMs: number): void {
    const { series } = reference as KnownReference;
    if (series === undefined || series.deleted || series.ended || series.lastMs >= timeMs) return;
    series.appendStale(timeMs);
  }

  select(matchers: readonly LabelMatcher[]): readonly StoredSeries[] {
    return finish(this.selectInTurns(matchers), {});
  }

  *selectInTurns(matchers: readonly LabelMatcher[]): Work<readonly StoredSeries[]> {
    // While others have their turn series may come or go, and then this is not what the next question finds.
    const selections = this.#selections;
    let selection = selections.get(matchers);
    if (selection === undefined) {
      selection = yield* this.#postings.select(matchers, this.#byKey.values());
      selections.set(matchers, selection);
    }
    return selection;
  }

  labelNames(): readonly string[] {
    return this.#postings.names();
  }

  labelValues(name: string): readonly string[] {
    return this.#postings.values(name);
  }

  size(): MemoryStoreSize {
    let samples = 0;
    for (const series of this.#byKey.values()) samples += series.samples;
    return { series: this.#byKey.size, samples, bytes: this.#bytes() };
  }

  /** Forgets what is too old or too much. Call it now and then, such as once a scrape. */
  prune(): void {
    const { retentionMs, maxBytes } = this.#options;
    if (retentionMs !== undefined) this.#dropBefore(this.#latestMs - retentionMs);
    if (maxBytes === undefined) return;
    while (this.#bytes() > maxBytes && this.#byKey.size > 0) {
      let oldestMs = Number.POSITIVE_INFINITY;
      let blockEndMs = Number.POSITIVE_INFINITY;
      for (const series of this.#byKey.values()) {
        oldestMs = Math.min(oldestMs, series.firstMs);
        blockEndMs = Math.min(blockEndMs, series.firstBlockEndMs);
      }
      const share = 1 - maxBytes / this.#bytes();
      // A share of the time may be less than a block spans; at least one block goes each time, or this would never end.
      this.#dropBefore(Math.max(oldestMs + (this.#latestMs - oldestMs) * share, blockEndMs) + 1);
    }
  }

  #append(series: MemorySeries, { timeMs, value, histogram, stale, startMs }: Sample): boolean {
    if (timeMs <= series.lastMs) {
      // The same sample once more is no fault, as with Prometheus.
      return timeMs === series.lastMs && histogram === undefined && !stale && Object.is(series.lastValue, value);
    }
    if (stale) series.appendStale(timeMs);
    else if (histogram !== undefined) series.appendHistogram(timeMs, histogram);
    else series.append(timeMs, value);
    if (startMs !== undefined) series.setStartTime(startMs);
    if (timeMs > this.#latestMs) this.#latestMs = timeMs;
    return true;
  }

  #referred(reference: SeriesReference): MemorySeries {
    const known = reference as KnownReference;
    if (known.series === undefined || known.series.deleted) {
      known.series = this.#seriesOf(known.labels);
      // The store's own texts, so that each is there once.
      known.labels = known.series.labels;
    }
    return known.series;
  }

  #seriesOf(labels: Labels): MemorySeries {
    const known = this.#byKey.get(labels.key);
    if (known !== undefined) return known;
    const interned = fromPairs(labels.pairs.map((text) => this.#intern(text)));
    const series = new MemorySeries(interned, this.#blocks);
    this.#byKey.set(interned.key, series);
    this.#postings.add(series);
    this.#selections = new WeakMap();
    this.#textBytes += 2 * interned.key.length;
    return series;
  }

  #intern(text: string): string {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    this.#strings.set(text, text);
    return text;
  }

  #bytes(): number {
    return this.#blocks.used * BLOCK_BYTES + this.#byKey.size * SERIES_BYTES + this.#textBytes;
  }

  #dropBefore(timeMs: number): void {
    let deleted = 0;
    for (const [key, series] of this.#byKey) {
      series.dropBefore(timeMs);
      if (series.blockCount > 0) continue;
      series.deleted = true;
      this.#byKey.delete(key);
      this.#textBytes -= 2 * key.length;
      deleted++;
    }
    if (deleted === 0) return;
    this.#postings.removeDeleted();
    this.#selections = new WeakMap();
    this.#strings.clear();
    for (const { labels } of this.#byKey.values()) for (const text of labels.pairs) this.#strings.set(text, text);
  }
}
