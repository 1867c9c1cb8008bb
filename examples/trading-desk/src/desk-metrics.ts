import { type BoundCounter, bounded, counter, DURATION_BOUNDARIES, histogram } from "@telltale/metrics";
import { listedPrices, type Order } from "./order.ts";

const statuses = ["filled", "rejected", "failed"] as const;

const orders = counter({
  name: "desk.orders",
  unit: "{order}",
  description: "Orders, by what became of them.",
  attributes: {
    "order.symbol": bounded(Object.keys(listedPrices).length),
    "order.side": ["buy", "sell"],
    "order.status": statuses,
  },
});

const orderDuration = histogram({
  name: "desk.order.duration",
  unit: "s",
  description: "From the order's arrival to its fill or rejection, database included.",
  attributes: { "order.status": statuses },
  boundaries: DURATION_BOUNDARIES,
  // Each status has a recent order's trace beside it: scrape with OpenMetrics and follow it.
  exemplars: true,
});

// Bound once, so that counting an order touches a field, and every series is on the page from the start, with zero.
const counted = new Map(
  Object.keys(listedPrices).map((symbol) => [symbol, { buy: ordersOf(symbol, "buy"), sell: ordersOf(symbol, "sell") }]),
);
const durations = byStatus((status) => orderDuration.bind({ "order.status": status }));

/** Counts an order that has been filled, rejected or given up. */
export function countOrder({ symbol, side, status }: Order, durationMs: number): void {
  if (status === "new") return;
  counted.get(symbol)?.[side][status].add(1);
  durations[status].record(durationMs / 1000);
}

function ordersOf(symbol: string, side: Order["side"]): Record<(typeof statuses)[number], BoundCounter> {
  return byStatus((status) => orders.bind({ "order.symbol": symbol, "order.side": side, "order.status": status }));
}

function byStatus<T>(of: (status: (typeof statuses)[number]) => T): Record<(typeof statuses)[number], T> {
  return { filled: of("filled"), rejected: of("rejected"), failed: of("failed") };
}
