import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import { keepExemplar } from "./exemplar.ts";
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

/** A counter bound to one set of attributes: `add` touches its own field and nothing else. */
export interface BoundCounter {
  /** Adds a number that is not negative. Anything else is dropped, counted and told once; nothing is thrown. */
  add(value: number): void;
  /** Lets the binding go; when it was the last, the series leaves the readers as soon as they have had its last numbers. */
  unbind(): void;
}

/** A number that only grows. */
export interface Counter<A extends AttributeValues = AttributeValues> extends Instrument {
  bind(attributes?: AttributesOf<A>): BoundCounter;
  add(value: number, attributes?: AttributesOf<A>): void;
}

/**
 * Declares a counter. It counts from now on, with or without an SDK; readers report it when there are some.
 * @throws TypeError with code TELLTALE_BAD_INSTRUMENT or TELLTALE_DUPLICATE_INSTRUMENT
 */
export function counter<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "counter" },
): Counter<A> {
  return declareInstrument("counter", declaration, createCounter);
}

/** A counter that no reader sees by itself. */
export function createCounter<A extends AttributeValues>(
  declaration: InstrumentDeclaration<A>,
  keepKey?: KeepKey,
): Counter<A> {
  const { instrument, store } = seriesInstrument<CounterSeries, A, SumParts>(
    { kind: "counter", declaration, keepKey },
    { numbers: () => new SumParts(), create: (place) => new CounterSeries(place) },
  );
  const exemplars = declaration.exemplars === true;
  return Object.assign(instrument, {
    readTotals: readSums(store),
    drainRows: drainSums(store),
    share(series: CounterSeries): SharedPlace {
      CounterSeries.prototype.add = CounterSeries.prototype.addShared;
      return shareTotal(series, series.total());
    },
    bind(attributes?: AttributesOf<A>): BoundCounter {
      const series = store.bind(attributes);
      return exemplars ? withExemplars(series) : series;
    },
    // Hot: benchmarks/metrics.
    add(value: number, attributes?: AttributesOf<A>): void {
      const series = store.fast?.(attributes) ?? store.find(attributes);
      series.add(value);
      if (exemplars) keepExemplar(series, value);
    },
  });
}

/** An imported name is a variable to V8, which it looks at at each use; a constant of this file is not. */
const update = updateShared;

class CounterSeries extends PlacedSeries<SumParts> implements Series, SumSeries, BoundCounter {
  whole = 0;

  // Hot: benchmarks/metrics.
  add(value: number): void {
    if (typeof value === "number" && value >= 0) {
      const sum = this.whole + value;
      if ((sum | 0) === sum) this.whole = sum;
      else this.addRest(value);
    } else this.refuse(value);
  }

  /** What `add` is as soon as another thread reads totals. */
  addShared(value: number): void {
    if (typeof value === "number" && value >= 0) {
      const sum = this.whole + value;
      if ((sum | 0) === sum) this.whole = sum;
      else this.addRest(value);
      update(this);
    } else this.refuse(value);
  }

  addRest(value: number): void {
    if (value < Number.POSITIVE_INFINITY) addToRest(this, value);
    else this.refuse(value);
  }

  refuse(value: unknown): void {
    dropRecord(this.chunk.owner.instrument, reasonAgainst(value) ?? "negative", value);
  }

  total(): number {
    return totalSum(this);
  }

  drain(): number | undefined {
    return drainSum(this);
  }

  mark(): number {
    return this.total();
  }
}

function withExemplars(series: CounterSeries): BoundCounter {
  return {
    add(value) {
      series.add(value);
      keepExemplar(series, value);
    },
    unbind: () => series.unbind(),
  };
}
