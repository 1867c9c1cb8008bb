import { forgetInstrument, type Instrument, observedCounter, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import type { Delivery } from "./delivery.ts";

const scope = { name: "telltale" };

/** Reports what has become of exports, until it is disposed of. */
export function reportDeliveries(deliveries: () => readonly Delivery[]): Disposable {
  const place = ({ signal, to }: Delivery) => ({ "telltale.signal": signal, "telltale.destination": to }) as const;
  const instruments: readonly Instrument[] = [
    observedCounter({ ...catalogue.exportItems, scope }, (observe) => {
      for (const one of deliveries()) {
        observe(one.sent, { ...place(one), "telltale.outcome": "sent" });
        observe(one.lost, { ...place(one), "telltale.outcome": "lost" });
      }
    }),
    observedUpDownCounter({ ...catalogue.exportPending, scope }, (observe) => {
      for (const one of deliveries()) observe(one.pending, place(one));
    }),
    observedUpDownCounter({ ...catalogue.exportFailing, scope }, (observe) => {
      for (const one of deliveries()) observe(one.failingSinceMs === undefined ? 0 : 1, place(one));
    }),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const instrument of instruments) forgetInstrument(instrument);
    },
  };
}
