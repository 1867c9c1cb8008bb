import type { HistogramDeclaration } from "./histogram.ts";
import type { InstrumentKind } from "./instrument.ts";

/** One metric of a catalogue: what `counter`, `histogram` and the others are given, with nothing of its meaning left out. */
export interface CatalogueEntry extends HistogramDeclaration {
  readonly kind: InstrumentKind;
  /** UCUM: `s`, `By`, `1`, `{request}`. */
  readonly unit: string;
  /** What it means, in a sentence. */
  readonly description: string;
}

/** Every metric of a package, by the name that its code has for it. */
export type Catalogue = Readonly<Record<string, CatalogueEntry>>;
