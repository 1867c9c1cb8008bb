/**
 * Bybit's V5 private topics `order` and `execution`: states come from the one, fills from the other.
 * @see https://bybit-exchange.github.io/docs/v5/websocket/private/order
 * @see https://bybit-exchange.github.io/docs/v5/websocket/private/execution
 */
import type { OrderReport } from "./order-report.ts";
import type { Orders } from "./orders.ts";

/** A message as it was parsed from JSON. */
export type BybitMessage = Readonly<Record<string, unknown>>;

/** Applies each message to the orders. Subscribe to both topics. */
export function bybit(orders: Orders): (message: BybitMessage) => void {
  return (message) => {
    for (const report of bybitReports(message)) orders.apply(report);
  };
}

/** What a message says; nothing for those of other topics. */
export function bybitReports(message: BybitMessage): readonly OrderReport[] {
  // "order.linear" is the topic of one category.
  const [topic] = String(message["topic"] ?? "").split(".");
  const data = Array.isArray(message["data"]) ? (message["data"] as readonly BybitMessage[]) : [];
  if (topic === "execution") return data.filter(({ execType }) => isTrade(execType)).map(executionReport);
  return topic === "order" ? data.flatMap(orderReport) : [];
}

/** Funding and settlements are no executions of an order. */
function isTrade(execType: unknown): boolean {
  return execType === "Trade" || execType === "AdlTrade" || execType === "BustTrade";
}

function executionReport(execution: BybitMessage): OrderReport {
  const { execFee, feeCurrency, isMaker } = execution;
  return {
    ...termsOf(execution, { qty: execution["orderQty"], limit: execution["orderPrice"] }),
    event: "fill",
    fill: {
      price: text(execution["execPrice"]) ?? "",
      qty: text(execution["execQty"]) ?? "",
      execId: text(execution["execId"]),
      liquidity: isMaker === true ? "maker" : isMaker === false ? "taker" : "unknown",
      at: Number(execution["execTime"]),
      ...(text(execFee) !== undefined && {
        fee: { amount: String(execFee), currency: text(feeCurrency) ?? settlementOf(execution["symbol"]) },
      }),
    },
  };
}

function orderReport(order: BybitMessage): readonly OrderReport[] {
  const terms = termsOf(order, { qty: order["qty"], limit: order["price"] });
  const rejection = text(order["rejectReason"]);
  const reason = rejection === "EC_NoError" ? text(order["cancelType"]) : rejection;
  switch (order["orderStatus"]) {
    case "Created":
      return [{ ...terms, event: "pending_new" }];
    case "New":
    case "Untriggered":
      return [{ ...terms, event: "new" }];
    case "Triggered":
      return [{ ...terms, event: "triggered" }];
    case "Rejected":
      return [{ ...terms, event: "rejected", reason }];
    case "Cancelled":
    case "PartiallyFilledCanceled":
    case "Deactivated":
      return [{ ...terms, event: "canceled", reason }];
    default:
      return [];
  }
}

function termsOf(message: BybitMessage, { qty, limit }: { readonly qty: unknown; readonly limit: unknown }) {
  return {
    clientId: text(message["orderLinkId"]),
    venueId: text(message["orderId"]),
    symbol: text(message["symbol"]),
    side: text(message["side"]),
    type: text(message["orderType"]),
    qty: text(qty),
    limit: text(limit),
  };
}

/** Linear contracts charge in the currency of their prices. */
function settlementOf(symbol: unknown): string {
  return /(USDT|USDC|USD)/.exec(String(symbol))?.[1] ?? "other";
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
