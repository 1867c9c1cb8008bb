import { bounded, type Catalogue, open } from "@telltale/metrics";
import { expect, test } from "vitest";
import { metricTable } from "../scripts/metric-tables.ts";

test("a catalogue is a table of names, kinds, units, attributes and meanings", () => {
  const catalogue = {
    placed: {
      kind: "counter",
      name: "trading.orders.placed",
      unit: "{order}",
      description: "Orders sent | taken.",
      attributes: { venue: bounded(50), side: ["buy", "sell"], "order.type": open() },
    },
    fill: { kind: "gauge", name: "trading.fill", unit: "1", description: "Share that was filled." },
    state: { kind: "upDownCounter", name: "trading.state", unit: "1", description: "1 for the state it is in." },
  } as const satisfies Catalogue;
  expect(metricTable(catalogue).split("\n").slice(2)).toEqual([
    "| `trading.orders.placed` | `trading_orders_placed_total` | counter | `{order}` | `venue` (the first 50 values)<br>`side`: `buy`, `sell`<br>`order.type` | Orders sent \\| taken. |",
    "| `trading.fill` | `trading_fill_ratio` | gauge | `1` |  | Share that was filled. |",
    "| `trading.state` | `trading_state` | up-down counter | `1` |  | 1 for the state it is in. |",
  ]);
});
