import type { Context, Link, Span } from "@opentelemetry/api";
import { type Decimal, type DecimalInput, decimal, signOf } from "./decimal.ts";
import type { OrderType, Side } from "./order-series.ts";
import { readOrderType, readSide } from "./venue-words.ts";

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

/** The terms of an order, as they were understood. */
export interface OrderTerms {
  readonly clientId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** `undefined` when it was not given, or was no number above zero: what is filled cannot be compared with it then. */
  readonly qty: Decimal | undefined;
  readonly limit: Decimal | undefined;
  readonly decisionPrice: Decimal | undefined;
  readonly arrivalPrice: Decimal | undefined;
  readonly timeInForce: string | undefined;
  /** When the decision was made, on the same clock as `now`. */
  readonly decidedAtMs: number | undefined;
  /** Of prices and volume. */
  readonly currency: string;
}

/** What a venue says of an order that it replaced. */
export interface ReplacedTerms {
  readonly qty?: DecimalInput | undefined;
  readonly limit?: DecimalInput | undefined;
  /** FIX gives a replaced order a new id. */
  readonly clientId?: string | undefined;
  readonly venueId?: string | undefined;
}

export interface ResumedState {
  readonly cumQty?: DecimalInput | undefined;
  readonly venueId?: string | undefined;
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

function positive(input: DecimalInput | undefined) {
  const value = decimal(input);
  return value !== undefined && signOf(value) > 0 ? value : undefined;
}
