/**
 * Kraken's channel `executions` of WebSocket API v2.
 * @see https://docs.kraken.com/api/docs/websocket-v2/executions
 */
import { decimal } from "./decimal.ts";
import type { OrderReport, OrderReportEvent } from "./order-report.ts";
import type { Orders } from "./orders.ts";

/** A message as it was parsed from JSON. */
export type KrakenMessage = Readonly<Record<string, unknown>>;

/** Applies each message to the orders. */
export function kraken(orders: Orders): (message: KrakenMessage) => void {
  return (message) => {
    for (const report of krakenReports(message)) orders.apply(report);
  };
}

/** What a message says; nothing for those of other channels. */
export function krakenReports(message: KrakenMessage): readonly OrderReport[] {
  if (message["channel"] !== "executions" || !Array.isArray(message["data"])) return [];
  return (message["data"] as readonly KrakenMessage[]).flatMap(executionReport);
}

const events: Readonly<Record<string, OrderReportEvent>> = {
  pending_new: "pending_new",
  new: "new",
  trade: "fill",
  // Its trades have been told before.
  filled: "status",
  canceled: "canceled",
  expired: "expired",
  amended: "replaced",
  restated: "replaced",
};

function executionReport(execution: KrakenMessage): readonly OrderReport[] {
  const event = events[String(execution["exec_type"])];
  if (event === undefined) return [];
  const report: OrderReport = {
    event,
    clientId: text(execution["cl_ord_id"]),
    venueId: text(execution["order_id"]),
    symbol: text(execution["symbol"]),
    side: text(execution["side"]),
    type: text(execution["order_type"]),
    qty: text(execution["order_qty"]),
    limit: text(execution["limit_price"]),
    reason: text(execution["reason"]) ?? text(execution["cancel_reason"]),
  };
  if (event === "fill") return [{ ...report, fill: fillOf(execution) }];
  if (event !== "status") return [report];
  return [{ ...report, cumQty: text(execution["cum_qty"]), averagePrice: text(execution["avg_price"]) }];
}

function fillOf(execution: KrakenMessage): NonNullable<OrderReport["fill"]> {
  const [fee] = Array.isArray(execution["fees"]) ? (execution["fees"] as readonly KrakenMessage[]) : [];
  const amount = decimal(fee?.["qty"]);
  const { liquidity_ind: liquidity } = execution as { readonly liquidity_ind?: unknown };
  return {
    price: text(execution["last_price"]) ?? "",
    qty: text(execution["last_qty"]) ?? "",
    execId: text(execution["exec_id"]),
    liquidity: liquidity === "m" ? "maker" : liquidity === "t" ? "taker" : "unknown",
    at: Date.parse(String(execution["timestamp"])),
    ...(amount !== undefined && { fee: { amount, currency: text(fee?.["asset"]) ?? "other" } }),
  };
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
