import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import type { Instrument, Series } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { PlacedSeries } from "./series-chunk.ts";
import { seriesInstrument } from "./series-instrument.ts";
import { type SharedPlace, shareTotal } from "./shared-totals.ts";
import {
  addToRest,
  drainSum,
  drainSums,
  readSums,
  SumParts,
  type SumSeries,
  totalSum,
  updateShared,
} from "./sum-parts.ts";

/** An up-down counter bound to one set of attributes. */
export interface BoundUpDownCounter {
  /** Adds a finite number of either sign. Anything else is dropped, counted and told once; nothing is thrown. */
  add(value: number): void;
  /** Lets the binding go; when it was the last, the series leaves the readers as soon as they have had its last numbers. */
  unbind(): void;
}

/** A number that grows and shrinks by what is added: connections, queue lengths, the states of a set. */
export interface UpDownCounter<A extends AttributeValues = AttributeValues> extends Instrument {
  bind(attributes?: AttributesOf<A>): BoundUpDownCounter;
  add(value: number, attributes?: AttributesOf<A>): void;
}

/**
 * Declares an up-down counter. It counts from now on, with or without an SDK; readers report it when there are some.
 * @throws TypeError with code TELLTALE_BAD_INSTRUMENT or TELLTALE_DUPLICATE_INSTRUMENT
 */
export function upDownCounter<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "upDownCounter" },
): UpDownCounter<A> {
  return declareInstrument("upDownCounter", declaration, createUpDownCounter);
}

/** An up-down counter that no reader sees by itself. */
export function createUpDownCounter<A extends AttributeValues>(
  declaration: InstrumentDeclaration<A>,
  keepKey?: KeepKey,
): UpDownCounter<A> {
  const { instrument, store } = seriesInstrument<UpDownSeries, A, SumParts>(
    { kind: "upDownCounter", declaration, keepKey },
    { numbers: () => new SumParts(), create: (place) => new UpDownSeries(place) },
  );
  return Object.assign(instrument, {
    readTotals: readSums(store),
    drainRows: drainSums(store),
    share(series: UpDownSeries): SharedPlace {
      UpDownSeries.prototype.add = UpDownSeries.prototype.addShared;
      return shareTotal(series, series.total());
    },
    bind: (attributes?: AttributesOf<A>): BoundUpDownCounter => store.bind(attributes),
    // Hot: benchmarks/metrics.
    add(value: number, attributes?: AttributesOf<A>): void {
      (store.fast?.(attributes) ?? store.find(attributes)).add(value);
    },
  });
}

/** An imported name is a variable to V8, which it looks at at each use; a constant of this file is not. */
const update = updateShared;

class UpDownSeries extends PlacedSeries<SumParts> implements Series, SumSeries, BoundUpDownCounter {
  whole = 0;

  // Hot: benchmarks/metrics.
  add(value: number): void {
    if (typeof value === "number") {
      const sum = this.whole + value;
      if ((sum | 0) === sum) this.whole = sum;
      else this.addRest(value);
    } else this.refuse(value);
  }

  /** What `add` is as soon as another thread reads totals. */
  addShared(value: number): void {
    if (typeof value === "number") {
      const sum = this.whole + value;
      if ((sum | 0) === sum) this.whole = sum;
      else this.addRest(value);
      update(this);
    } else this.refuse(value);
  }

  addRest(value: number): void {
    if (Number.isFinite(value)) addToRest(this, value);
    else this.refuse(value);
  }

  refuse(value: unknown): void {
    dropRecord(this.chunk.owner.instrument, reasonAgainst(value) ?? "type", value);
  }

  total(): number {
    return totalSum(this);
  }

  drain(): number | undefined {
    return drainSum(this);
  }

  /** One that stands at 5 must not expire: the next -1 would begin from nothing. */
  mark(): number | undefined {
    const total = this.total();
    return total === 0 ? total : undefined;
  }
}
