import type { Attributes } from "@opentelemetry/api";
import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { Instrument } from "../instrument.ts";
import { cumulativeMetric } from "../metric-producer.ts";
import { type Family, type FamilyPart, families } from "./family.ts";
import { keptInstrument } from "./instrument-blocks.ts";
import { type InstrumentText, instrumentText } from "./instrument-text.ts";
import { labelText } from "./labels.ts";
import { metricText, type ScopedMetric } from "./metric-text.ts";
import { headText, type TextFormat, type TextOptions } from "./text-format.ts";

/** What a page is written from at one scrape. */
export interface PageSources {
  readonly resource: Attributes;
  readonly scopes: readonly ScopeMetrics[];
  readonly instruments: readonly Instrument[];
  /** Family names to write; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
}

/** Writes pages of one format, and keeps the text of our own instruments between them. */
export interface PageWriter {
  /** The page in pieces, each written in a fraction of a millisecond; a piece is valid until the next is asked for. */
  pieces(sources: PageSources): Generator<Uint8Array>;
}

export function pageWriter(options: TextOptions): PageWriter {
  const { format, told, naming } = options;
  let texts = new Map<Instrument, InstrumentText>();
  return {
    *pieces({ resource, scopes, instruments, only }) {
      const used = new Map<Instrument, InstrumentText>();
      if (only === undefined || only.has("target_info"))
        yield Buffer.from(targetInfo(labelText(resource, naming), format));
      for (const family of families({ scopes, instruments, told, naming })) {
        if (only !== undefined && !only.has(family.name)) continue;
        const instrument = keptInstrument(family, { withExemplars: format === "openmetrics" });
        if (instrument === undefined) {
          yield* encoded(metricText(family, metricsOf(family.parts), options), family, format);
          continue;
        }
        instrument.refresh();
        const text = texts.get(instrument) ?? instrumentText(instrument, family.name, options);
        used.set(instrument, text);
        yield* headed(text.blocks(), family, format);
      }
      // Instruments that are gone take their text with them.
      if (only === undefined) texts = used;
      if (format === "openmetrics") yield Buffer.from("# EOF\n");
    },
  };
}

function metricsOf(parts: readonly FamilyPart[]): ScopedMetric[] {
  const nowMs = Date.now();
  return parts.flatMap((part) => {
    if (!("instrument" in part)) return [part];
    part.instrument.refresh();
    const metric = cumulativeMetric(part.instrument, nowMs);
    return metric === undefined ? [] : [{ metric, scope: part.instrument.scope }];
  });
}

/** The family's head before its first line; nothing at all when it has no lines. */
function* headed(blocks: Iterable<Uint8Array>, family: Family, format: TextFormat): Generator<Uint8Array> {
  let first = true;
  for (const block of blocks) {
    if (block.length === 0) continue;
    if (first) yield Buffer.from(headText(family, format));
    first = false;
    yield block;
  }
}

function encoded(pieces: Iterable<string>, family: Family, format: TextFormat): Generator<Uint8Array> {
  return headed(
    (function* () {
      for (const piece of pieces) yield Buffer.from(piece);
    })(),
    family,
    format,
  );
}

function targetInfo(labels: string, format: TextFormat): string {
  if (labels === "") return "";
  const head = format === "openmetrics" ? "# HELP target Target metadata\n# TYPE target info\n" : TARGET_GAUGE;
  return `${head}target_info{${labels}} 1\n`;
}

const TARGET_GAUGE = "# HELP target_info Target metadata\n# TYPE target_info gauge\n";
