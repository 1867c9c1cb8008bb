/** What venues call the sides and kinds of orders and the currencies of symbols. */
import type { OrderType, Side } from "./order-series.ts";

/** FIX Side (54): sell short and sell short exempt are sells; "bid" and "ask" are what some venues call them. */
export function readSide(side: unknown): Side {
  if (side === "buy" || side === "sell") return side;
  return /^(sell|ask|short|[256]$|s$)/i.test(String(side)) ? "sell" : "buy";
}

const orderTypes: Readonly<Record<string, OrderType>> = {
  market: "market",
  "1": "market",
  limit: "limit",
  "2": "limit",
  limitmaker: "limit",
  postonly: "limit",
  ioc: "limit",
  fok: "limit",
  stop: "stop",
  "3": "stop",
  stoploss: "stop",
  stopmarket: "stop",
  takeprofit: "stop",
  takeprofitmarket: "stop",
  stoplimit: "stop_limit",
  "4": "stop_limit",
  stoplosslimit: "stop_limit",
  takeprofitlimit: "stop_limit",
  trailingstop: "trailing_stop",
  trailingstopmarket: "trailing_stop",
  trailingstoplimit: "trailing_stop",
};

/** The kind of order behind FIX's OrdType (40) and the words of venues, such as `STOP_LOSS_LIMIT` or `stop-loss-limit`. */
export function readOrderType(type: unknown): OrderType {
  if (type === "limit" || type === "market") return type;
  return (
    orderTypes[
      String(type)
        .toLowerCase()
        .replaceAll(/[\s_-]/g, "")
    ] ?? "other"
  );
}

/** "USDT" of "BTC/USDT", "BTC-USDT", "BTC/USDT:USDT", "BTCUSDT" and "BTC_USDT". */
export function quoteCurrency(symbol: string): string {
  const [, quote] = /[/_-]([A-Za-z0-9]+)/.exec(symbol) ?? [];
  if (quote !== undefined) return quote.toUpperCase();
  return (
    /(USDT|USDC|FDUSD|TUSD|BUSD|DAI|USD|EUR|GBP|JPY|TRY|BRL|BTC|ETH|BNB)$/i.exec(symbol)?.[1]?.toUpperCase() ?? "other"
  );
}
