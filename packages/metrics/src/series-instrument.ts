import type { InstrumentationScope } from "@opentelemetry/core";
import { attributeSchema, type KeepKey } from "./attribute-schema.ts";
import {
  type AttributeDeclarations,
  type AttributeValues,
  DEFAULT_MAX_SERIES,
  type InstrumentDeclaration,
} from "./declaration.ts";
import type { Instrument, InstrumentKind, Series } from "./instrument.ts";
import { SeriesStore, type SeriesStoreOptions } from "./series-store.ts";

/** The scope of instruments whose declaration names none. */
export const DEFAULT_SCOPE: InstrumentationScope = { name: "@telltale/metrics" };

/** What all kinds have in common: the declaration's words for the readers, and the store of their series. */
export function seriesInstrument<S extends Series, A extends AttributeValues, N>(
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
  made: Pick<SeriesStoreOptions<S, N>, "numbers" | "create">,
): { readonly instrument: Instrument; readonly store: SeriesStore<S, N> } {
  const store = new SeriesStore<S, N>({
    instrument: declaration.name,
    kind,
    schema: attributeSchema(
      declaration.name,
      declaration.attributes as AttributeDeclarations<AttributeValues> | undefined,
      keepKey,
    ),
    declaredKeys: declaration.attributes && Object.keys(declaration.attributes),
    maxSeries: declaration.maxSeries ?? DEFAULT_MAX_SERIES,
    expireAfterMs: declaration.expireAfterMs ?? Number.POSITIVE_INFINITY,
    ...made,
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
    still: () => store.list.length === 0,
    series: () => store.list,
    get size(): number {
      return store.list.length;
    },
  };
  return { instrument, store };
}
