import type { Context, Link, Span } from "@opentelemetry/api";
import { type DecimalInput, decimal, signOf } from "./decimal.ts";
import type { OrderTerms } from "./order.ts";
import type { OrderType, Side } from "./order-series.ts";

/** An order that is about to be sent. */
export interface NewOrder {
  /** The id that the venue gives back with each report. @default one of this process */
  readonly clientId?: string | undefined;
  /** "BTC/USDT"; the part behind the slash is the currency of its prices unless `currency` says otherwise. */
  readonly symbol: string;
  /** "buy" or "sell", in any case, or FIX's codes. */
  readonly side: Side | (string & {});
  /** @default "limit" with a `limit`, else "market" */
  readonly type?: OrderType | (string & {}) | undefined;
  readonly qty: DecimalInput;
  readonly limit?: DecimalInput | undefined;
  /** The price that the decision was made at, to measure slippage against. */
  readonly decisionPrice?: DecimalInput | undefined;
  /** The middle of the market when the order was sent, to measure slippage against. */
  readonly arrivalPrice?: DecimalInput | undefined;
  readonly timeInForce?: string | undefined;
  readonly currency?: string | undefined;
  /** When the decision began, by `performance.now()`: the stage `decide` is from then to the order's creation. */
  readonly decidedAtMs?: number | undefined;
  /** The span of the signal, if this is the only order that it leads to; without it each order is a trace of its own. */
  readonly parent?: Span | Context | undefined;
  /** Spans that the order follows from: the signal's, the parent order's of a slice, the hedged order's. */
  readonly links?: readonly Link[] | undefined;
}

/** What is meant by `input`; whatever cannot be read is left out. Never throws. */
export function readTerms(input: NewOrder, clientId: string, currency: string): OrderTerms {
  const qty = decimal(input.qty);
  const limit = positive(input.limit);
  return {
    clientId,
    symbol: String(input.symbol),
    side: readSide(input.side),
    type: input.type === undefined ? (limit === undefined ? "market" : "limit") : readOrderType(input.type),
    qty: qty !== undefined && signOf(qty) > 0 ? qty : undefined,
    limit,
    decisionPrice: positive(input.decisionPrice),
    arrivalPrice: positive(input.arrivalPrice),
    timeInForce: input.timeInForce,
    decidedAtMs: input.decidedAtMs,
    currency,
  };
}

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

function positive(input: DecimalInput | undefined) {
  const value = decimal(input);
  return value !== undefined && signOf(value) > 0 ? value : undefined;
}
