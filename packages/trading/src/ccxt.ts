/** ccxt's unified orders and trades, as `watchOrders`, `fetchOrder`, `watchMyTrades` and `fetchMyTrades` give them. */
import type { OrderReport } from "./order-report.ts";
import type { Orders } from "./orders.ts";

export interface CcxtFee {
  readonly cost?: number | string | undefined;
  readonly currency?: string | undefined;
}

/** The part of ccxt's order structure that is read. */
export interface CcxtOrder {
  readonly id?: string | undefined;
  readonly clientOrderId?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly type?: string | undefined;
  /** "open", "closed", "canceled", "canceling", "expired", "rejected". */
  readonly status?: string | undefined;
  readonly amount?: number | string | undefined;
  readonly price?: number | string | undefined;
  readonly filled?: number | string | undefined;
  readonly average?: number | string | undefined;
  readonly trades?: readonly CcxtTrade[] | undefined;
}

/** The part of ccxt's trade structure that is read. */
export interface CcxtTrade {
  readonly id?: string | undefined;
  readonly order?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly price?: number | string | undefined;
  readonly amount?: number | string | undefined;
  readonly timestamp?: number | undefined;
  readonly takerOrMaker?: string | undefined;
  readonly fee?: CcxtFee | undefined;
}

export interface CcxtOptions {
  /**
   * Where fills come from: from the trades, of which each is known by its id, or from the sums of the orders. Not from both,
   * which would count them twice. @default "orders"
   */
  readonly fills?: "orders" | "trades";
}

export interface CcxtAdapter {
  order(order: CcxtOrder): void;
  trade(trade: CcxtTrade): void;
}

/** `const adapter = ccxt(orders)`; then `adapter.order(…)` for each of `watchOrders()`. */
export function ccxt(orders: Orders, { fills = "orders" }: CcxtOptions = {}): CcxtAdapter {
  return {
    order: (order) => {
      for (const report of ccxtOrderReports(order, { fills })) orders.apply(report);
    },
    trade: (trade) => {
      if (fills === "trades") orders.apply(ccxtTradeReport(trade));
    },
  };
}

export function ccxtOrderReports(order: CcxtOrder, { fills = "orders" }: CcxtOptions = {}): readonly OrderReport[] {
  const { id, clientOrderId, symbol, side, type, amount, price, filled, average } = order;
  const terms = { venueId: id, clientId: clientOrderId, symbol, side, type, qty: amount, limit: price };
  const sums = fills === "orders" ? { cumQty: filled, averagePrice: average ?? price } : {};
  switch (order.status) {
    case "open":
      return [
        { ...terms, event: "new" },
        { ...terms, ...sums, event: "status" },
      ];
    case "closed":
      // Its last fill closes it; some venues say closed of a canceled rest.
      return [{ ...terms, ...sums, event: isShort(order) && fills === "orders" ? "canceled" : "status" }];
    case "canceling":
      return [{ ...terms, ...sums, event: "pending_cancel" }];
    case "canceled":
    case "expired":
    case "rejected":
      return [{ ...terms, ...sums, event: order.status }];
    default:
      return [{ ...terms, ...sums, event: "status" }];
  }
}

function isShort({ filled, amount }: CcxtOrder): boolean {
  return filled !== undefined && amount !== undefined && Number(filled) < Number(amount);
}

export function ccxtTradeReport(trade: CcxtTrade): OrderReport {
  const { fee, takerOrMaker } = trade;
  return {
    event: "fill",
    venueId: trade.order,
    symbol: trade.symbol,
    side: trade.side,
    fill: {
      price: trade.price ?? "",
      qty: trade.amount ?? "",
      execId: trade.id,
      liquidity: takerOrMaker === "maker" || takerOrMaker === "taker" ? takerOrMaker : "unknown",
      at: trade.timestamp,
      ...(fee?.cost !== undefined && { fee: { amount: fee.cost, currency: fee.currency ?? "other" } }),
    },
  };
}
