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

/** How many numbers a block holds: it is written in a fraction of a millisecond. */
const NUMBERS_PER_BLOCK = 4_096;

/**
 * The series of an instrument in blocks that are kept between scrapes; the function gives those of now. A block goes on for as long
 * as its series stand where they stood, which all but the last do when series were added.
 */
export function instrumentBlocks(options: InstrumentBlocksOptions): () => readonly SeriesBlock[] {
  const { instrument, block } = options;
  const size = Math.max(1, Math.floor(NUMBERS_PER_BLOCK / numbersOf(instrument)));
  let blocks: readonly SeriesBlock[] = [];
  let written: readonly (readonly Series[])[] = [];
  let known: readonly Series[] = [];

  return () => {
    const series = reported(instrument);
    if (!sameItems(series, known)) arrange([...series]);
    return blocks;
  };

  function arrange(series: readonly Series[]): void {
    const duplicates = mayFallTogether(series) ? duplicatesIn(series, options) : undefined;
    const wanted = Array.from({ length: Math.ceil(series.length / size) }, (_, i) => {
      const rows = series.slice(i * size, (i + 1) * size);
      return duplicates === undefined ? rows : rows.filter((one) => !duplicates.has(one));
    });
    blocks = wanted.map((rows, i) => {
      const before = blocks[i];
      return before !== undefined && sameItems(written[i] ?? [], rows) ? before : block(rows);
    });
    written = wanted;
    known = series;
  }
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

/** A gauge that was never set has no line. */
function reported(instrument: Instrument): readonly Series[] {
  const series = instrument.series();
  return instrument.kind === "gauge" ? series.filter((one) => one.total() !== undefined) : series;
}

/** The series whose labels another one already has. */
function duplicatesIn(
  series: readonly Series[],
  { name, labels, told }: Pick<InstrumentBlocksOptions, "name" | "labels" | "told">,
): ReadonlySet<Series> {
  const duplicate = duplicateGuard(name, told);
  return new Set(series.filter((one) => duplicate(labels(one))));
}

/** Whether two may come to the same labels: by values that are no texts, keys that translate alike, lone surrogates. */
function mayFallTogether(series: readonly Series[]): boolean {
  const keys = new Set<string>();
  const labels = new Set<string>();
  return series.some(({ attributes }) => {
    for (const key in attributes) {
      const value = attributes[key];
      if (typeof value !== "string" || /\p{Surrogate}/u.test(value)) return true;
      if (keys.has(key)) continue;
      const label = labelOf(key);
      if (label === undefined || labels.has(label)) return true;
      keys.add(key);
      labels.add(label);
    }
    return false;
  });
}

function sameItems(some: readonly Series[], others: readonly Series[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}
