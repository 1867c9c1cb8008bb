/**
 * OKX's private channel `orders`: one push tells a state, a fill, or both.
 * @see https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
 */
import { decimal, decimalText, negate } from "./decimal.ts";
import type { OrderReport } from "./order-report.ts";
import type { Orders } from "./orders.ts";

/** A message as it was parsed from JSON. */
export type OkxMessage = Readonly<Record<string, unknown>>;

/** Applies each message to the orders. */
export function okx(orders: Orders): (message: OkxMessage) => void {
  return (message) => {
    for (const report of okxReports(message)) orders.apply(report);
  };
}

/** What a message says; nothing for those of other channels. */
export function okxReports(message: OkxMessage): readonly OrderReport[] {
  const channel = (message["arg"] as OkxMessage | undefined)?.["channel"];
  if (channel !== "orders" || !Array.isArray(message["data"])) return [];
  return (message["data"] as readonly OkxMessage[]).flatMap(orderReports);
}

function orderReports(order: OkxMessage): readonly OrderReport[] {
  const terms = {
    clientId: text(order["clOrdId"]),
    venueId: text(order["ordId"]),
    symbol: text(order["instId"]),
    side: text(order["side"]),
    type: text(order["ordType"]),
    // The size of a market buy may be in the quote currency.
    qty: order["tgtCcy"] === "quote_ccy" ? undefined : text(order["sz"]),
    limit: text(order["px"]),
  };
  const reports: OrderReport[] = [];
  if (order["state"] === "live") reports.push({ ...terms, event: "new" });
  if (order["amendResult"] === "0") reports.push({ ...terms, event: "replaced" });
  if (order["amendResult"] === "-1") reports.push({ ...terms, event: "replace_rejected", reason: text(order["msg"]) });
  if (text(order["tradeId"]) !== undefined && Number(order["fillSz"]) > 0) {
    reports.push({ ...terms, event: "fill", fill: fillOf(order) });
  }
  if (order["state"] === "canceled" || order["state"] === "mmp_canceled") {
    reports.push({
      ...terms,
      event: "canceled",
      reason: text(order["cancelSourceReason"]) ?? text(order["cancelSource"]),
    });
  }
  return reports;
}

function fillOf(order: OkxMessage): NonNullable<OrderReport["fill"]> {
  // Below zero what is charged, above zero a rebate.
  const fee = decimal(order["fillFee"]);
  return {
    price: text(order["fillPx"]) ?? "",
    qty: text(order["fillSz"]) ?? "",
    // Ids of trades count for each instrument.
    execId: `${text(order["instId"]) ?? ""}:${text(order["tradeId"])}`,
    liquidity: order["execType"] === "M" ? "maker" : order["execType"] === "T" ? "taker" : "unknown",
    at: Number(order["fillTime"]),
    ...(fee !== undefined && {
      fee: { amount: decimalText(negate(fee)), currency: text(order["fillFeeCcy"]) ?? "other" },
    }),
  };
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
