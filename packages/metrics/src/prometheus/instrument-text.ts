import type { Instrument, Series } from "../instrument.ts";
import { instrumentBlocks } from "./instrument-blocks.ts";
import { labelText } from "./labels.ts";
import { scopeText } from "./metric-text.ts";
import { sampleText } from "./naming.ts";
import { textBlock } from "./series-block.ts";
import { createdText, joined, limitText, type TextOptions } from "./text-format.ts";

/** The lines of one instrument, kept between scrapes. */
export interface InstrumentText {
  /** The text as it is now, block by block; each is valid until the next is asked for. */
  blocks(): Generator<Uint8Array>;
}

/** `name` is the family's. Not for exponential histograms, whose lines come and go. */
export function instrumentText(instrument: Instrument, name: string, options: TextOptions): InstrumentText {
  const extra = joined(options.constantLabels, options.scopeLabels ? scopeText(instrument.scope) : "");
  const type = instrument.kind === "histogram" ? "histogram" : instrument.kind === "counter" ? "counter" : "gauge";
  const limits = [...(instrument.boundaries ?? []), Number.POSITIVE_INFINITY];
  const labelsOf = (series: Series): string => joined(labelText(series.attributes, options.naming), extra);
  const blocks = instrumentBlocks({
    instrument,
    name,
    labels: labelsOf,
    told: options.told,
    block: (rows) => textBlock(rows.map(texts)),
  });
  return {
    *blocks() {
      for (const refresh of blocks()) yield refresh();
    },
  };

  function texts(series: Series): string[] {
    const labels = labelsOf(series);
    const end = `\n${createdText({ name, type }, labels, series.startTimeMs / 1_000, options)}`;
    if (type !== "histogram") return [`${sampleText(name, labels)} `, end];
    const bucket = (limit: string): string => sampleText(`${name}_bucket`, joined(labels, `le="${limit}"`));
    const lines = limits.map((limit) => `${bucket(limitText(limit, options.format))} `);
    lines.push(`${sampleText(`${name}_sum`, labels)} `, `${sampleText(`${name}_count`, labels)} `);
    return [...lines.map((line, i) => (i === 0 ? line : `\n${line}`)), end];
  }
}
