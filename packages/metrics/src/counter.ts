import type { Attributes } from "@opentelemetry/api";
import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import { keepExemplar } from "./exemplar.ts";
import { EPOCH_MS, type Instrument, type Series } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { seriesInstrument } from "./series-instrument.ts";
import type { SeriesStore } from "./series-store.ts";

/** A counter bound to one set of attributes: `add` touches its own field and nothing else. */
export interface BoundCounter {
  /** Adds a number that is not negative. Anything else is dropped, counted and told once; nothing is thrown. */
  add(value: number): void;
  /** Lets the binding go; when it was the last, the series leaves the readers. */
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
  const { instrument, store } = seriesInstrument<CounterSeries, A>(
    { kind: "counter", declaration, keepKey },
    (...from) => new CounterSeries(...from),
  );
  const exemplars = declaration.exemplars === true;
  return Object.assign(instrument, {
    bind(attributes?: AttributesOf<A>): BoundCounter {
      const series = store.bind(attributes);
      return exemplars ? withExemplars(series) : series;
    },
    // Hot: benchmarks/metrics.
    add(value: number, attributes?: AttributesOf<A>): void {
      const series = store.find(attributes);
      series.add(value);
      if (exemplars) keepExemplar(series, value);
    },
  });
}

class CounterSeries implements Series, BoundCounter {
  readonly attributes: Attributes;
  readonly startMs: number;
  readonly store: SeriesStore<CounterSeries>;
  bindings = 0;
  /** The part of the sum that is a 31-bit integer: V8 keeps it in the object itself, and adding to it costs 1 ns. */
  whole = 0;
  /** The rest. It begins as minus zero so that V8 lays the field out for doubles at once; adding to it gives plain numbers. */
  rest = -0;
  /** What delta readers were handed. Absent where there are none, which spares each series a boxed number. */
  settled: number | undefined = undefined;

  constructor(attributes: Attributes, startTimeMs: number, store: SeriesStore<CounterSeries>) {
    this.attributes = attributes;
    this.startMs = startTimeMs - EPOCH_MS;
    this.store = store;
  }

  // Hot: benchmarks/metrics.
  add(value: number): void {
    if (typeof value === "number" && value >= 0) {
      const sum = this.whole + value;
      if ((sum | 0) === sum) this.whole = sum;
      else this.addRest(value);
    } else this.refuse(value);
  }

  addRest(value: number): void {
    if (value < Number.POSITIVE_INFINITY) {
      this.rest += this.whole + value;
      this.whole = 0;
    } else this.refuse(value);
  }

  refuse(value: unknown): void {
    dropRecord(this.store.instrument, reasonAgainst(value) ?? "negative", value);
  }

  unbind(): void {
    this.store.unbind(this);
  }

  get startTimeMs(): number {
    return EPOCH_MS + this.startMs;
  }

  total(): number {
    const recorded = this.rest + this.whole;
    return this.settled === undefined ? recorded : this.settled + recorded;
  }

  drain(): number | undefined {
    const recorded = this.rest + this.whole;
    if (recorded === 0) return undefined;
    this.settled = (this.settled ?? 0) + recorded;
    this.rest = -0;
    this.whole = 0;
    return recorded;
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
