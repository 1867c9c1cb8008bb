import type { KeepKey } from "./attribute-schema.ts";
import type { AttributesOf, AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { dropRecord, reasonAgainst } from "./drops.ts";
import type { Instrument, Series, SeriesRange } from "./instrument.ts";
import { declareInstrument } from "./instrument-registry.ts";
import { PlacedSeries } from "./series-chunk.ts";
import { seriesInstrument } from "./series-instrument.ts";
import { type SharedPlace, type SharedTotals, shareTotal } from "./shared-totals.ts";

/** A gauge bound to one set of attributes. */
export interface BoundGauge {
  /** Sets the value. Anything but a finite number is dropped, counted and told once; nothing is thrown. */
  record(value: number): void;
  /** Lets the binding go; when it was the last, the series leaves the readers as soon as they have had its last numbers. */
  unbind(): void;
}

/** A number that is as it is: a temperature, a price, a share. What was never recorded is not reported. */
export interface Gauge<A extends AttributeValues = AttributeValues> extends Instrument {
  bind(attributes?: AttributesOf<A>): BoundGauge;
  record(value: number, attributes?: AttributesOf<A>): void;
}

/**
 * Declares a gauge. It keeps values from now on, with or without an SDK; readers report them when there are some.
 * @throws TypeError with code TELLTALE_BAD_INSTRUMENT or TELLTALE_DUPLICATE_INSTRUMENT
 */
export function gauge<const A extends AttributeValues = AttributeValues>(
  declaration: InstrumentDeclaration<A> & { readonly kind?: "gauge" },
): Gauge<A> {
  return declareInstrument("gauge", declaration, createGauge);
}

/** A gauge that no reader sees by itself. */
export function createGauge<A extends AttributeValues>(
  declaration: InstrumentDeclaration<A>,
  keepKey?: KeepKey,
): Gauge<A> {
  const { instrument, store } = seriesInstrument<GaugeSeries, A, SharedTotals>(
    { kind: "gauge", declaration, keepKey },
    { numbers: () => ({ shared: undefined }), create: (place) => new GaugeSeries(place) },
  );
  return Object.assign(instrument, {
    readTotals({ into, at, from, to }: SeriesRange): void {
      for (let i = from; i < to; i++) into[at + i - from] = store.list[i]?.value ?? Number.NaN;
    },
    share(series: GaugeSeries): SharedPlace {
      GaugeSeries.prototype.record = GaugeSeries.prototype.recordShared;
      return shareTotal(series, series.value);
    },
    bind: (attributes?: AttributesOf<A>): BoundGauge => store.bind(attributes),
    // Hot: benchmarks/metrics.
    record(value: number, attributes?: AttributesOf<A>): void {
      (store.fast?.(attributes) ?? store.find(attributes)).record(value);
    },
  });
}

class GaugeSeries extends PlacedSeries<SharedTotals> implements Series, BoundGauge {
  /** NaN, which no record leaves here, so that V8 lays the field out for doubles at once. */
  value = Number.NaN;
  /** Counts records, wrapping: a gauge that is set to the same value again was touched all the same. */
  records = 0;
  drained = 0;

  // Hot: benchmarks/metrics.
  record(value: number): void {
    if (typeof value === "number" && value - value === 0) {
      this.value = value;
      this.records = (this.records + 1) | 0;
    } else dropRecord(this.chunk.owner.instrument, reasonAgainst(value) ?? "type", value);
  }

  /** What `record` is as soon as another thread reads totals. */
  recordShared(value: number): void {
    if (typeof value === "number" && value - value === 0) {
      this.value = value;
      this.records = (this.records + 1) | 0;
      const { shared } = this.chunk.numbers;
      if (shared !== undefined) shared[this.slot] = value;
    } else dropRecord(this.chunk.owner.instrument, reasonAgainst(value) ?? "type", value);
  }

  total(): number | undefined {
    return Number.isNaN(this.value) ? undefined : this.value;
  }

  drain(): number | undefined {
    if (this.records === this.drained) return undefined;
    this.drained = this.records;
    return this.value;
  }

  mark(): number {
    return this.records;
  }
}
