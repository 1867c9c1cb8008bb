import type { Attributes } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import { attributeSchema, type KeepKey } from "./attribute-schema.ts";
import {
  type AttributeDeclarations,
  type AttributeValues,
  DEFAULT_MAX_SERIES,
  type InstrumentDeclaration,
} from "./declaration.ts";
import type { Instrument, InstrumentKind, Series } from "./instrument.ts";
import { SeriesStore } from "./series-store.ts";

/** The scope of instruments whose declaration names none. */
export const DEFAULT_SCOPE: InstrumentationScope = { name: "@telltale/metrics" };

/** What all kinds have in common: the declaration's words for the readers, and the store of their series. */
export function seriesInstrument<S extends Series, A extends AttributeValues>(
  {
    kind,
    declaration,
    keepKey,
  }: {
    readonly kind: InstrumentKind;
    readonly declaration: InstrumentDeclaration<A>;
    /** Which attribute keys are kept, when not all. */
    readonly keepKey: KeepKey | undefined;
  },
  create: (attributes: Attributes, startTimeMs: number, store: SeriesStore<S>) => S,
): { readonly instrument: Instrument; readonly store: SeriesStore<S> } {
  const store = new SeriesStore<S>({
    instrument: declaration.name,
    kind,
    schema: attributeSchema(
      declaration.name,
      declaration.attributes as AttributeDeclarations<AttributeValues> | undefined,
      keepKey,
    ),
    maxSeries: declaration.maxSeries ?? DEFAULT_MAX_SERIES,
    expireAfterMs: declaration.expireAfterMs ?? Number.POSITIVE_INFINITY,
    create,
  });
  const instrument: Instrument = {
    kind,
    monotonic: kind !== "upDownCounter" && kind !== "gauge",
    name: declaration.name,
    unit: declaration.unit ?? "",
    description: declaration.description ?? "",
    scope: declaration.scope ?? DEFAULT_SCOPE,
    exemplars: declaration.exemplars === true,
    store,
    refresh: () => store.sweep(Date.now()),
    series: () => store.list,
    get size(): number {
      return store.list.length;
    },
  };
  return { instrument, store };
}
