import type { Instrument, Series } from "../instrument.ts";
import { labelText } from "./labels.ts";
import { duplicateGuard, scopeText } from "./metric-text.ts";
import { labelName } from "./name.ts";
import { type SeriesBlock, seriesBlock } from "./series-block.ts";
import { braced, createdText, joined, limitText, type TextOptions } from "./text-format.ts";

/** The lines of one instrument, kept between scrapes. */
export interface InstrumentText {
  /** The text as it is now, block by block; each is valid until the next is asked for. */
  blocks(): Generator<Uint8Array>;
}

/** How many numbers a block holds: it is written in a fraction of a millisecond. */
const NUMBERS_PER_BLOCK = 4_096;

/** `name` is the family's. Not for exponential histograms, whose lines come and go. */
export function instrumentText(instrument: Instrument, name: string, options: TextOptions): InstrumentText {
  const extra = joined(options.constantLabels, options.scopeLabels ? scopeText(instrument.scope) : "");
  const type = instrument.kind === "histogram" ? "histogram" : instrument.kind === "counter" ? "counter" : "gauge";
  const limits = [...(instrument.boundaries ?? []), Number.POSITIVE_INFINITY];
  const width = type === "histogram" ? limits.length + 2 : 1;
  const size = Math.max(1, Math.floor(NUMBERS_PER_BLOCK / width));
  let blocks: SeriesBlock[] = [];
  let written: readonly (readonly Series[])[] = [];
  let known: readonly Series[] = [];

  return {
    *blocks() {
      const series = reported(instrument);
      if (!sameItems(series, known)) arrange([...series]);
      for (const block of blocks) yield block.refresh();
    },
  };

  /** Keeps the blocks whose series stand where they stood, which are all but the last when series were added. */
  function arrange(series: readonly Series[]): void {
    const duplicates = mayFallTogether(series) ? duplicatesIn(series) : undefined;
    const count = Math.ceil(series.length / size);
    const wanted = Array.from({ length: count }, (_, i) => {
      const rows = series.slice(i * size, (i + 1) * size);
      return duplicates === undefined ? rows : rows.filter((one) => !duplicates.has(one));
    });
    blocks = wanted.map((rows, i) => {
      const before = blocks[i];
      const stands = before !== undefined && sameItems(written[i] ?? [], rows);
      return stands ? before : seriesBlock({ rows, width, texts, read });
    });
    written = wanted;
    known = series;
  }

  function texts(series: Series): string[] {
    const labels = joined(labelText(series.attributes), extra);
    const end = `\n${createdText({ name, type }, labels, series.startTimeMs / 1_000, options)}`;
    if (type !== "histogram") return [`${name}${braced(labels)} `, end];
    const before = labels === "" ? "" : `${labels},`;
    const lines = limits.map((limit) => `${name}_bucket{${before}le="${limitText(limit, options.format)}"} `);
    lines.push(`${name}_sum${braced(labels)} `, `${name}_count${braced(labels)} `);
    return [...lines.map((line, i) => (i === 0 ? line : `\n${line}`)), end];
  }

  function read(series: Series, into: Float64Array): void {
    if (series.cumulate === undefined) {
      into[0] = series.total() as number;
      return;
    }
    series.cumulate(into);
    // The count stands after the sum and is what the last bucket has.
    into[width - 1] = into[width - 3] as number;
  }

  /** The series whose labels another one already has. */
  function duplicatesIn(series: readonly Series[]): ReadonlySet<Series> {
    const duplicate = duplicateGuard(name, options.told);
    return new Set(series.filter(({ attributes }) => duplicate(joined(labelText(attributes), extra))));
  }
}

/** A gauge that was never set has no line. */
function reported(instrument: Instrument): readonly Series[] {
  const series = instrument.series();
  return instrument.kind === "gauge" ? series.filter((one) => one.total() !== undefined) : series;
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
      const label = labelName(key);
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
