import { bounded, counter, DURATION_BOUNDARIES, histogram } from "@telltale/metrics";
import { listedPrices, type Order } from "./order.ts";

const orders = counter({
  name: "desk.orders",
  unit: "{order}",
  description: "Orders, by what became of them.",
  attributes: {
    "order.symbol": bounded(Object.keys(listedPrices).length),
    "order.side": ["buy", "sell"],
    "order.status": ["filled", "rejected", "failed"],
  },
});

const orderDuration = histogram({
  name: "desk.order.duration",
  unit: "s",
  description: "From the order's arrival to its fill or rejection, database included.",
  attributes: { "order.status": ["filled", "rejected", "failed"] },
  boundaries: DURATION_BOUNDARIES,
});

/** Counts an order that has been filled, rejected or given up. */
export function countOrder(order: Order, durationMs: number): void {
  if (order.status === "new") return;
  const { symbol, side, status } = order;
  orders.add(1, { "order.symbol": symbol, "order.side": side, "order.status": status });
  orderDuration.record(durationMs / 1000, { "order.status": status });
}
