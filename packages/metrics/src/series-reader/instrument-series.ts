import type { Instrument, Series } from "../instrument.ts";
import { type Family, tell } from "../prometheus/family.ts";
import { numbersOf, readNumbers } from "../prometheus/instrument-blocks.ts";
import type { BatchWriter } from "./batch-writer.ts";
import { limitTexts } from "./limit-texts.ts";
import { labelsKey, seriesLabels, staysDistinct } from "./series-labels.ts";

/** In the place of an id: the series has none yet. */
const NONE = 0xffff_ffff;
/** And none because another one has its labels. */
const DUPLICATE = 0xffff_fffe;

/** How many numbers are read, and how many series looked at, before the event loop may run. */
const NUMBERS_IN_A_STEP = 4_096;
const ADDED_IN_A_STEP = 64;

/**
 * The series of one instrument that is all of a family, each with its first id beside it: while the instrument's list stands, its
 * numbers are read in a row and nothing is looked up. Not for exponential histograms.
 */
export class InstrumentSeries {
  readonly instrument: Instrument;
  readonly #writer: BatchWriter;
  readonly #told: Set<string>;
  readonly #width: number;
  readonly #limits: readonly string[] | undefined;
  /** What is known: so many of a list, to which others may have been added since. */
  #list: readonly Series[] = [];
  #known = 0;
  #ids = new Uint32Array(0);
  /** How many of the known have no id. */
  #without = 0;
  #distinct = staysDistinct();
  /** Whose labels are taken by which row, once two series may have the same. */
  #taken: Map<string, number> | undefined;

  constructor(instrument: Instrument, { writer, told }: { readonly writer: BatchWriter; readonly told: Set<string> }) {
    this.instrument = instrument;
    this.#writer = writer;
    this.#told = told;
    this.#width = numbersOf(instrument);
    this.#limits = instrument.boundaries && limitTexts(instrument.boundaries);
  }

  /** Reads them all; series that are there no more end. */
  *collect(family: Family): Generator<void> {
    this.instrument.refresh();
    const series = this.instrument.series();
    const count = series.length;
    if (series !== this.#list || count !== this.#known) yield* this.#arrange(series, count);
    const step = Math.max(1, Math.floor(NUMBERS_IN_A_STEP / this.#width));
    for (let from = 0; from < count; from += step) {
      const to = Math.min(from + step, count);
      if (this.#without > 0) yield* this.#give(family, from, to);
      if (this.#width === 1) this.#readTotals(from, to);
      else this.#readRows(from, to);
      yield;
    }
  }

  end(): void {
    for (let row = 0; row < this.#known; row++) this.#remove(this.#ids[row] as number);
    this.#list = [];
    this.#known = 0;
    this.#without = 0;
  }

  /** Takes the ids along to where the series stand now. */
  *#arrange(series: readonly Series[], count: number): Generator<void> {
    const before = { list: this.#list, ids: this.#ids, count: this.#known };
    let same = series === before.list ? before.count : 0;
    while (same < before.count && same < count && series[same] === before.list[same]) same++;
    if (count > this.#ids.length) this.#ids = new Uint32Array(2 * count);
    else if (same < before.count) this.#ids = new Uint32Array(this.#ids.length);
    if (this.#ids !== before.ids) this.#ids.set(before.ids.subarray(0, same));
    this.#ids.fill(NONE, same, count);
    this.#list = series;
    this.#known = count;
    if (same === before.count) {
      this.#without += count - same;
      return;
    }
    const moved = new Map<Series, number>();
    for (let row = same; row < before.count; row++) {
      moved.set(before.list[row] as Series, before.ids[row] as number);
      if (row % NUMBERS_IN_A_STEP === 0) yield;
    }
    for (let row = same; row < count; row++) {
      const one = series[row] as Series;
      const id = moved.get(one);
      // Whose labels it had may be gone.
      if (id !== undefined && id !== DUPLICATE) this.#ids[row] = id;
      moved.delete(one);
      if (row % NUMBERS_IN_A_STEP === 0) yield;
    }
    for (const id of moved.values()) this.#remove(id);
    yield* this.#recount();
  }

  /** After series have gone: who has no id may get one, and labels that were taken may be free. */
  *#recount(): Generator<void> {
    this.#without = 0;
    this.#taken?.clear();
    for (let row = 0; row < this.#known; row++) {
      if (this.#ids[row] === DUPLICATE) this.#ids[row] = NONE;
      if (this.#ids[row] === NONE) this.#without++;
      else if (this.#taken !== undefined) {
        this.#taken.set(labelsKey(seriesLabels((this.#list[row] as Series).attributes)), row);
        if (row % ADDED_IN_A_STEP === 0) yield;
      }
    }
  }

  /** Gives ids to the series of these rows that have none and something to report. */
  *#give(family: Family, from: number, to: number): Generator<void> {
    let given = 0;
    for (let row = from; row < to; row++) {
      if (this.#ids[row] !== NONE) continue;
      const series = this.#list[row] as Series;
      if (series.cumulate === undefined && series.total() === undefined) continue;
      const { attributes } = series;
      const labels = seriesLabels(attributes);
      if (this.#taken === undefined && !this.#distinct(attributes)) yield* this.#keepLabels();
      const holder = this.#take(labels, row);
      if (holder !== undefined) {
        tell(
          this.#told,
          `telltale: ${family.name} has two series with the labels ${String(labels).slice(0, 200)}; the later is left out.`,
        );
        // The first in the list stays, which may have nothing to report until now.
        const first = Math.min(holder, row);
        this.#ids[first] = this.#ids[holder] as number;
        this.#ids[Math.max(holder, row)] = DUPLICATE;
      } else {
        this.#ids[row] = this.#writer.add(family, this.#limits ? { labels, limits: this.#limits } : { labels }).id;
        this.#without--;
      }
      if (++given % ADDED_IN_A_STEP === 0) yield;
    }
  }

  /** From here on labels are compared. */
  *#keepLabels(): Generator<void> {
    this.#taken = new Map();
    yield* this.#recount();
  }

  /** The row that has these labels, when there is one; the first of both has them then. */
  #take(labels: readonly string[], row: number): number | undefined {
    if (this.#taken === undefined) return undefined;
    const key = labelsKey(labels);
    const holder = this.#taken.get(key);
    this.#taken.set(key, Math.min(holder ?? row, row));
    return holder;
  }

  // Hot: benchmarks/alerting.ts.
  #readTotals(from: number, to: number): void {
    const writer = this.#writer;
    const list = this.#list;
    const at = writer.reserve(to - from);
    const { values, ids } = writer;
    // While this waited between two steps, a series that was let go has moved those behind it.
    if (this.instrument.readTotals !== undefined && this.instrument.series() === list) {
      this.instrument.readTotals({ into: values, at, from, to });
    } else {
      for (let row = from; row < to; row++) values[at + row - from] = (list[row] as Series).total() as number;
    }
    ids.set(this.#ids.subarray(from, to), at);
    if (this.#without > 0) writer.closeUp(at, DUPLICATE);
  }

  // Hot: benchmarks/alerting.ts.
  #readRows(from: number, to: number): void {
    const writer = this.#writer;
    const width = this.#width;
    const row = new Float64Array(width);
    for (let i = from; i < to; i++) {
      const id = this.#ids[i] as number;
      if (id >= DUPLICATE) continue;
      readNumbers(this.#list[i] as Series, row);
      const at = writer.reserve(width);
      const { values, ids } = writer;
      for (let k = 0; k < width; k++) {
        values[at + k] = row[k] as number;
        ids[at + k] = id + k;
      }
    }
  }

  #remove(id: number): void {
    if (id < DUPLICATE) this.#writer.remove({ id, width: this.#width });
  }
}
