import fc from "fast-check";
import { expect, test } from "vitest";
import { createCounter } from "./counter.ts";
import { createGauge } from "./gauge.ts";
import type { Instrument } from "./instrument.ts";
import { createUpDownCounter } from "./up-down-counter.ts";

const made = {
  counter: () => withRecord(createCounter({ name: "shared.counter" })),
  upDownCounter: () => withRecord(createUpDownCounter({ name: "shared.up_down" })),
  gauge: () => withRecord(createGauge({ name: "shared.gauge" })),
};

test.for(Object.keys(made) as (keyof typeof made)[])(
  "what another thread reads of a %s is its total at every moment, whoever drains it and whatever is refused",
  (kind) => {
    const value = fc.oneof(fc.nat(), fc.constant(2 ** 31 - 1), fc.double(), fc.constant("3" as unknown as number));
    const step = fc.record({ id: fc.nat(9), value, kind: fc.constantFrom("record", "record", "bound", "drain") });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.array(step, { maxLength: 60 }), (before, after) => {
        const { instrument, record, bind } = made[kind]();
        const bound = Array.from({ length: 3 }, (_, id) => bind({ id }));
        const run = (steps: typeof before, check: () => void): void => {
          for (const { id, value, kind } of steps) {
            if (kind === "record") record(value, { id });
            else if (kind === "bound") bound[id % 3]?.(value);
            else instrument.series()[id]?.drain();
            check();
          }
        };
        run(before, () => {});
        const series = [...instrument.series()];
        const places = series.map((one) => instrument.share?.(one));
        run(after, () => {
          const read = places.map((place) => place && new Float64Array(place.memory)[place.slot]);
          expect(read).toEqual(series.map((one) => one.total() ?? Number.NaN));
        });
      }),
    );
  },
);

function withRecord(instrument: ReturnType<typeof createCounter> | ReturnType<typeof createGauge>) {
  const record = "add" in instrument ? instrument.add : instrument.record;
  return {
    instrument: instrument as Instrument,
    record: record as (value: number, attributes: object) => void,
    bind(attributes: object): (value: number) => void {
      const bound = instrument.bind(attributes as never);
      return (value) => ("add" in bound ? bound.add(value) : bound.record(value));
    },
  };
}
