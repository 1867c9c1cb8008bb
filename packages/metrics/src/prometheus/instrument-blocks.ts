import type { Instrument, Series } from "../instrument.ts";
import type { Family } from "./family.ts";
import { labelOf } from "./labels.ts";
import { duplicateGuard } from "./metric-text.ts";
import type { SeriesBlock } from "./series-block.ts";

export interface InstrumentBlocksOptions {
  /** Not an exponential histogram, whose numbers come and go. */
  readonly instrument: Instrument;
  /** The family's. */
  readonly name: string;
  /** A series' labels, by which another one is its duplicate. */
  readonly labels: (series: Series) => string;
  /** What was said before, so that nothing is said at every scrape. */
  readonly told: Set<string>;
  readonly block: (rows: readonly Series[]) => SeriesBlock;
}

/** Brings a block up to date and returns its bytes, which are valid until the next call. */
export type RefreshBlock = () => Uint8Array;

/** How many numbers a block holds: it is written in a fraction of a millisecond. */
const NUMBERS_PER_BLOCK = 4_096;

/**
 * The series of an instrument in blocks that are kept between scrapes; the function gives those of now. A block goes on for as long
 * as its series stand where they stood, which all but the last do when series were added.
 */
export function instrumentBlocks(options: InstrumentBlocksOptions): () => readonly RefreshBlock[] {
  const { instrument, block } = options;
  const size = Math.max(1, Math.floor(NUMBERS_PER_BLOCK / numbersOf(instrument)));
  const reported = reportedBy(instrument);
  let blocks: readonly KeptBlock[] = [];
  /** What the blocks have: so many of a list, to which others may have been added since. */
  let list: readonly Series[] = [];
  let known = 0;

  return () => {
    const series = reported();
    if (!sameItems(series, list, known)) arrange(series);
    list = series;
    known = series.length;
    return blocks.map(({ refresh }) => refresh);
  };

  function arrange(series: readonly Series[]): void {
    const duplicates = mayFallTogether(series) ? duplicatesIn(series, options) : undefined;
    const inPlace = duplicates === undefined && series === instrument.series();
    blocks = Array.from({ length: Math.ceil(series.length / size) }, (_, i) => {
      const all = series.slice(i * size, (i + 1) * size);
      const rows = duplicates === undefined ? all : all.filter((one) => !duplicates.has(one));
      const before = blocks[i];
      if (before?.inPlace === inPlace && sameItems(rows, before.rows)) return before;
      const read = inPlace ? readerAt(i * size, rows, instrument) : readerOf(rows, instrument);
      const made = block(rows);
      return { rows, inPlace, refresh: () => made.refresh(read()) };
    });
  }
}

interface KeptBlock {
  readonly rows: readonly Series[];
  /** Whether its rows stand one after another in the instrument's list. */
  readonly inPlace: boolean;
  readonly refresh: RefreshBlock;
}

/** The instrument that is all of the family, when what is written of it stands still between scrapes but for its numbers. */
export function keptInstrument(
  { parts }: Family,
  { withExemplars }: { readonly withExemplars: boolean },
): Instrument | undefined {
  const [part, other] = parts;
  if (part === undefined || other !== undefined || !("instrument" in part)) return undefined;
  const { kind, exemplars } = part.instrument;
  return kind === "exponentialHistogram" || (exemplars && withExemplars) ? undefined : part.instrument;
}

/** How many numbers stand on the page for a series: of a histogram the counts up to each limit, the sum and the count. */
export function numbersOf({ kind, boundaries }: Instrument): number {
  return kind === "histogram" ? (boundaries?.length ?? 0) + 3 : 1;
}

/** Reads the numbers of a series. */
export function readNumbers(series: Series, into: Float64Array): void {
  if (series.cumulate === undefined) {
    into[0] = series.total() as number;
    return;
  }
  series.cumulate(into);
  // The count stands after the sum and is what the last bucket has.
  into[into.length - 1] = into[into.length - 3] as number;
}

/** Gives the numbers of these series as they are now, one series after another; valid until the next call. */
type ReadBlock = () => Float64Array;

/** For rows that stand one after another in this list of the instrument, from `place` on. */
function readerAt(place: number, rows: readonly Series[], instrument: Instrument): ReadBlock {
  const one = readerOf(rows, instrument);
  if (instrument.readTotals === undefined) return one;
  const end = place + rows.length;
  const last = rows.length - 1;
  const numbers = roomFor(rows.length);
  return () => {
    // While a page is written in pieces, a series that is let go moves those behind it.
    const listed = instrument.series();
    if (listed[place] !== rows[0] || listed[end - 1] !== rows[last]) return one();
    instrument.readTotals?.({ into: numbers, at: 0, from: place, to: end });
    return numbers;
  };
}

function readerOf(rows: readonly Series[], instrument: Instrument): ReadBlock {
  const width = numbersOf(instrument);
  const numbers = roomFor(rows.length * width);
  const row = new Float64Array(width);
  return () => {
    for (let i = 0; i < rows.length; i++) {
      readNumbers(rows[i] as Series, row);
      if (width === 1) numbers[i] = row[0] as number;
      else numbers.set(row, i * width);
    }
    return numbers;
  };
}

let room = new Float64Array(NUMBERS_PER_BLOCK);

/** The same for all blocks. */
function roomFor(count: number): Float64Array {
  if (room.length < count) room = new Float64Array(count);
  return room;
}

/** The series that have a value: a gauge that was never set has no line. */
function reportedBy(instrument: Instrument): () => readonly Series[] {
  if (instrument.kind !== "gauge") return () => instrument.series();
  let set: readonly Series[] = [];
  let known = 0;
  return () => {
    const series = instrument.series();
    // Once set, it stays so.
    if (series === set && series.length === known) return series;
    const reported = series.filter((one) => one.total() !== undefined);
    if (reported.length < series.length) return reported;
    set = series;
    known = series.length;
    return series;
  };
}

/** The series whose labels another one already has. */
function duplicatesIn(
  series: readonly Series[],
  { name, labels, told }: Pick<InstrumentBlocksOptions, "name" | "labels" | "told">,
): ReadonlySet<Series> {
  const duplicate = duplicateGuard(name, told);
  return new Set(series.filter((one) => duplicate(labels(one))));
}

/** Whether two may come to the same labels: by values that are empty or no texts, keys that translate alike, lone surrogates. */
function mayFallTogether(series: readonly Series[]): boolean {
  const keys = new Set<string>();
  const labels = new Set<string>();
  return series.some(({ attributes }) => {
    for (const key in attributes) {
      const value = attributes[key];
      if (typeof value !== "string" || value === "" || /\p{Surrogate}/u.test(value)) return true;
      if (keys.has(key)) continue;
      const label = labelOf(key);
      if (label === undefined || labels.has(label)) return true;
      keys.add(key);
      labels.add(label);
    }
    return false;
  });
}

/** Whether the first `count` of `others` are these. */
function sameItems(some: readonly Series[], others: readonly Series[], count = others.length): boolean {
  return some.length === count && (some === others || some.every((one, i) => one === others[i]));
}
