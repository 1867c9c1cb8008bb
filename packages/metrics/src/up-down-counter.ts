import type { Attributes } from "@opentelemetry/api";
import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import { EPOCH_MS, type Instrument, type Series } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { seriesInstrument } from "./series-instrument.ts";
import type { SeriesStore } from "./series-store.ts";

/** An up-down counter bound to one set of attributes. */
export interface BoundUpDownCounter {
  /** Adds a finite number of either sign. Anything else is dropped, counted and told once; nothing is thrown. */
  add(value: number): void;
  /** Lets the binding go; when it was the last, the series leaves the readers. */
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
  const { instrument, store } = seriesInstrument<UpDownSeries, A>(
    { kind: "upDownCounter", declaration, keepKey },
    (...from) => new UpDownSeries(...from),
  );
  return Object.assign(instrument, {
    bind: (attributes?: AttributesOf<A>): BoundUpDownCounter => store.bind(attributes),
    // Hot: benchmarks/metrics.
    add(value: number, attributes?: AttributesOf<A>): void {
      store.find(attributes).add(value);
    },
  });
}

class UpDownSeries implements Series, BoundUpDownCounter {
  readonly attributes: Attributes;
  readonly startMs: number;
  readonly store: SeriesStore<UpDownSeries>;
  bindings = 0;
  /** As in counter.ts: an integer part that V8 keeps in the object, and the rest. */
  whole = 0;
  rest = -0;
  /** What delta readers were handed. Absent where there are none, which spares each series a boxed number. */
  settled: number | undefined = undefined;

  constructor(attributes: Attributes, startTimeMs: number, store: SeriesStore<UpDownSeries>) {
    this.attributes = attributes;
    this.startMs = startTimeMs - EPOCH_MS;
    this.store = store;
  }

  // Hot: benchmarks/metrics.
  add(value: number): void {
    if (typeof value === "number") {
      const sum = this.whole + value;
      if ((sum | 0) === sum) this.whole = sum;
      else this.addRest(value);
    } else this.refuse(value);
  }

  addRest(value: number): void {
    if (Number.isFinite(value)) {
      this.rest += this.whole + value;
      this.whole = 0;
    } else this.refuse(value);
  }

  refuse(value: unknown): void {
    dropRecord(this.store.instrument, reasonAgainst(value) ?? "type", value);
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

  /** One that stands at 5 must not expire: the next -1 would begin from nothing. */
  mark(): number | undefined {
    const total = this.total();
    return total === 0 ? total : undefined;
  }
}
