import {
  type AttributeValues,
  forgetInstrument,
  type Instrument,
  type InstrumentDeclaration,
  type Observe,
  observedCounter,
  observedGauge,
  observedUpDownCounter,
} from "@telltale/metrics";

/** Whose metrics these are. Packages that measure the same kind of hardware declare the same names in scopes of their own. */
export const runtimeScope: { readonly name: string } = { name: "@telltale/runtime" };

type Entry<K, A extends AttributeValues> = InstrumentDeclaration<A> & { readonly kind: K };
type Read<A> = (observe: Observe<A>) => void;

/** Instruments that are observed as long as something runs, and taken away together when it ends. */
export interface ObservedGroup extends Disposable {
  counter<const A extends AttributeValues>(entry: Entry<"counter", A>, read: Read<A>): void;
  gauge<const A extends AttributeValues>(entry: Entry<"gauge", A>, read: Read<A>): void;
  upDownCounter<const A extends AttributeValues>(entry: Entry<"upDownCounter", A>, read: Read<A>): void;
}

export function observedGroup(): ObservedGroup {
  const instruments: Instrument[] = [];
  return {
    counter: (entry, read) => void instruments.push(observedCounter({ ...entry, scope: runtimeScope }, read)),
    gauge: (entry, read) => void instruments.push(observedGauge({ ...entry, scope: runtimeScope }, read)),
    upDownCounter: (entry, read) =>
      void instruments.push(observedUpDownCounter({ ...entry, scope: runtimeScope }, read)),
    [Symbol.dispose]: () => {
      for (const instrument of instruments.splice(0)) forgetInstrument(instrument);
    },
  };
}
