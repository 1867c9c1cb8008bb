import { expect, test } from "vitest";
import type { Catalogue } from "./catalogue-entry.ts";
import { counter } from "./counter.ts";
import { bounded } from "./declaration.ts";
import { histogram } from "./histogram.ts";
import { observedUpDownCounter } from "./observed.ts";

const catalogue = {
  placed: {
    kind: "counter",
    name: "entry.placed",
    unit: "{order}",
    description: "Orders sent.",
    attributes: { venue: bounded(50), side: ["buy", "sell"] },
  },
  acknowledgement: {
    kind: "histogram",
    name: "entry.acknowledgement",
    unit: "s",
    description: "From sending to acknowledgement.",
    boundaries: [0.1, 1],
  },
  open: { kind: "upDownCounter", name: "entry.open", unit: "{order}", description: "Orders not closed yet." },
} as const satisfies Catalogue;

test("an entry of a catalogue makes an instrument whose attributes are checked by the compiler", () => {
  const placed = counter(catalogue.placed);
  placed.add(1, { venue: "kraken", side: "buy" });
  // @ts-expect-error bid is no side
  placed.add(1, { venue: "kraken", side: "bid" });
  // @ts-expect-error it has no symbol
  placed.bind({ symbol: "BTC" });
  expect(placed.series().map(({ attributes }) => attributes)).toEqual([
    { venue: "kraken", side: "buy" },
    { venue: "kraken", side: "other" },
    {},
  ]);
  expect(histogram(catalogue.acknowledgement)).toMatchObject({ unit: "s", boundaries: [0.1, 1] });
  expect(observedUpDownCounter(catalogue.open, (observe) => observe(3))).toMatchObject({ kind: "upDownCounter" });
});

test("the same entry in two files is one instrument", () => {
  expect(counter(catalogue.placed)).toBe(counter({ ...catalogue.placed }));
});

test("an entry of another kind is refused, by the compiler and when it is declared", () => {
  // @ts-expect-error a histogram is no counter
  expect(() => counter({ ...catalogue.acknowledgement, name: "entry.wrong" })).toThrow(
    'kind of instrument "entry.wrong" is "histogram", but it is declared as a counter',
  );
});
