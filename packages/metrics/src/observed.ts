import { diag } from "@opentelemetry/api";
import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import type { Instrument, InstrumentKind, Series } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { PlacedSeries, type SeriesPlace } from "./series-chunk.ts";
import { seriesInstrument } from "./series-instrument.ts";

/** Reports the value of one set of attributes; of a counter, all that was counted so far. */
export type Observe<A> = (value: number, attributes?: AttributesOf<A>) => void;

/**
 * Declares a gauge whose values are asked for at each collection. What `read` does not observe is absent from that
 * collection; when it throws, the instrument is, and it is told once.
 */
export function observedGauge<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "gauge" },
  read: (observe: Observe<A>) => void,
): Instrument {
  return observed("gauge", declaration, read);
}

/** Declares a counter whose value is kept elsewhere and asked for at each collection. */
export function observedCounter<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "counter" },
  read: (observe: Observe<A>) => void,
): Instrument {
  return observed("counter", declaration, read);
}

/** Declares an up-down counter whose value is kept elsewhere and asked for at each collection. */
export function observedUpDownCounter<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "upDownCounter" },
  read: (observe: Observe<A>) => void,
): Instrument {
  return observed("upDownCounter", declaration, read);
}

function observed<A extends AttributeValues>(
  kind: InstrumentKind,
  declaration: InstrumentDeclaration<A>,
  read: (observe: Observe<A>) => void,
): Instrument {
  const worded = { ...declaration, read: String(read) } as InstrumentDeclaration<A>;
  return declareInstrument(kind, worded, (from, keepKey) => createObserved(kind, { declaration: from, read, keepKey }));
}

function createObserved<A extends AttributeValues>(
  kind: InstrumentKind,
  {
    declaration,
    read,
    keepKey,
  }: {
    readonly declaration: InstrumentDeclaration<A>;
    readonly read: (observe: Observe<A>) => void;
    readonly keepKey: KeepKey | undefined;
  },
): Instrument {
  const { instrument, store } = seriesInstrument(
    { kind, declaration, keepKey },
    { numbers: () => undefined, create: (place) => new ObservedSeries(place, kind) },
  );
  let round = 0;
  let told = false;
  const observe: Observe<A> = (value, attributes) => {
    const reason = reasonAgainst(value);
    if (reason === undefined) store.find(attributes).observe(value, round);
    else dropRecord(declaration.name, reason, value);
  };
  return Object.assign(instrument, {
    // Who knows what its callback would say now.
    still: () => false,
    refresh(): void {
      round++;
      try {
        read(observe);
      } catch (error) {
        // Half an answer would look like a whole one.
        round++;
        if (!told) diag.error(`telltale: the callback of ${declaration.name} threw; it is left out`, error);
        told = true;
      }
    },
    series: () => store.list.filter((series) => series.round === round),
  });
}

class ObservedSeries extends PlacedSeries<undefined> implements Series {
  readonly kind: InstrumentKind;
  round = 0;
  value = Number.NaN;
  drained = 0;

  constructor(place: SeriesPlace<undefined>, kind: InstrumentKind) {
    super(place);
    this.kind = kind;
  }

  /** A second value in one round comes from attributes that fell together, as in `other`. */
  observe(value: number, round: number): void {
    this.value = this.round === round && this.kind !== "gauge" ? this.value + value : value;
    this.round = round;
  }

  total(): number {
    return this.value;
  }

  drain(): number {
    if (this.kind === "gauge") return this.value;
    const recorded = this.kind === "counter" && this.value < this.drained ? this.value : this.value - this.drained;
    this.drained = this.value;
    return recorded;
  }

  mark(): undefined {
    return undefined;
  }
}
