/**
 * Coinbase Advanced Trade's channel `user`. It tells no single executions, only the sums of an order: a fill here is what has
 * come to the sum since the message before.
 * @see https://docs.cdp.coinbase.com/advanced-trade/docs/ws-channels#user-channel
 */
import { add, decimal } from "./decimal.ts";
import type { OrderReport, OrderReportEvent } from "./order-report.ts";
import type { Orders } from "./orders.ts";

/** A message as it was parsed from JSON. */
export type CoinbaseMessage = Readonly<Record<string, unknown>>;

/** Applies each message to the orders. */
export function coinbase(orders: Orders): (message: CoinbaseMessage) => void {
  return (message) => {
    for (const report of coinbaseReports(message)) orders.apply(report);
  };
}

/** What a message says; nothing for those of other channels. */
export function coinbaseReports(message: CoinbaseMessage): readonly OrderReport[] {
  if (message["channel"] !== "user" || !Array.isArray(message["events"])) return [];
  return (message["events"] as readonly CoinbaseMessage[]).flatMap(({ orders }) =>
    Array.isArray(orders) ? (orders as readonly CoinbaseMessage[]).flatMap(orderReport) : [],
  );
}

const events: Readonly<Record<string, OrderReportEvent>> = {
  PENDING: "pending_new",
  OPEN: "new",
  // Its last fill closes it.
  FILLED: "status",
  CANCEL_QUEUED: "pending_cancel",
  CANCELLED: "canceled",
  EXPIRED: "expired",
  FAILED: "rejected",
};

function orderReport(order: CoinbaseMessage): readonly OrderReport[] {
  const event = events[String(order["status"])];
  if (event === undefined) return [];
  const [filled, left] = [decimal(order["cumulative_quantity"]), decimal(order["leaves_quantity"])];
  const terms = {
    clientId: text(order["client_order_id"]),
    venueId: text(order["order_id"]),
    symbol: text(order["product_id"]),
    side: text(order["order_side"]),
    type: text(order["order_type"]),
    qty: filled === undefined || left === undefined ? undefined : add(filled, left),
    limit: text(order["limit_price"]),
    reason: text(order["reject_Reason"]) ?? text(order["reject_reason"]) ?? text(order["cancel_reason"]),
  };
  const sums = { cumQty: filled, averagePrice: text(order["avg_price"]) };
  // Acknowledged first: the sums that come with it are fills.
  if (event === "new")
    return [
      { ...terms, event },
      { ...terms, ...sums, event: "status" },
    ];
  return [{ ...terms, ...sums, event }];
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
