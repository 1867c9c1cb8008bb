/**
 * Binance's user data stream: `executionReport` of spot and `ORDER_TRADE_UPDATE` of USDⓈ-M and COIN-M futures.
 * @see https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream
 * @see https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update
 */
import type { OrderReport } from "./order-report.ts";
import type { Orders } from "./orders.ts";

/** A message as it was parsed from JSON. */
export type BinanceMessage = Readonly<Record<string, unknown>>;

/** Applies each message to the orders: `socket.onmessage = ({ data }) => onMessage(JSON.parse(data))`. */
export function binance(orders: Orders): (message: BinanceMessage) => void {
  return (message) => {
    for (const report of binanceReports(message)) orders.apply(report);
  };
}

/** What a message says; nothing for those of other types. */
export function binanceReports(message: BinanceMessage): readonly OrderReport[] {
  // The WebSocket API and combined streams wrap the event.
  const event = (message["event"] ?? message["data"] ?? message) as BinanceMessage;
  if (event["e"] === "executionReport") return reports(event, event);
  if (event["e"] === "ORDER_TRADE_UPDATE") return reports((event["o"] ?? {}) as BinanceMessage, event);
  return [];
}

function reports(order: BinanceMessage, event: BinanceMessage): readonly OrderReport[] {
  const isSpot = event === order;
  // In spot, `c` of a cancellation is the id of the cancel request, and `C` the order's own.
  const original = isSpot ? text(order["C"]) : undefined;
  const terms = {
    clientId: original !== undefined && original !== "" ? original : text(order["c"]),
    venueId: text(order["i"]),
    symbol: text(order["s"]),
    side: text(order["S"]),
    type: text(order["o"]),
    qty: text(order["q"]),
    limit: text(order["p"]),
  };
  const reason = text(order["r"]);
  switch (order["x"]) {
    case "NEW":
      return [{ ...terms, event: "new" }];
    case "TRADE":
      return [{ ...terms, event: "fill", fill: fillOf(order, event, terms.symbol) }];
    case "CANCELED":
      return [{ ...terms, event: "canceled" }];
    case "REJECTED":
      return [{ ...terms, event: "rejected", reason }];
    case "EXPIRED":
    // Self-trade prevention ends the rest of the order.
    case "TRADE_PREVENTION":
      return order["X"] === "EXPIRED" || order["X"] === "EXPIRED_IN_MATCH" || order["x"] === "EXPIRED"
        ? [{ ...terms, event: "expired", reason }]
        : [];
    // Spot says so of a cancel-replace; futures of a changed price or quantity (AMENDMENT).
    case "REPLACED":
    case "AMENDMENT":
      return [{ ...terms, event: "replaced", clientId: text(order["c"]) }];
    // Liquidations and deleveraging are trades.
    case "CALCULATED":
      return [{ ...terms, event: "fill", fill: fillOf(order, event, terms.symbol) }];
    default:
      return [];
  }
}

function fillOf(
  order: BinanceMessage,
  event: BinanceMessage,
  symbol: string | undefined,
): NonNullable<OrderReport["fill"]> {
  const fee = text(order["n"]);
  const currency = text(order["N"]);
  return {
    price: text(order["L"]) ?? "",
    qty: text(order["l"]) ?? "",
    // Ids of trades count for each symbol.
    execId: text(order["t"]) === undefined ? undefined : `${symbol ?? ""}:${text(order["t"])}`,
    liquidity: order["m"] === true ? "maker" : order["m"] === false ? "taker" : "unknown",
    at: typeof order["T"] === "number" ? order["T"] : (event["T"] as number | undefined),
    ...(fee !== undefined && currency !== undefined && { fee: { amount: fee, currency } }),
  };
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
