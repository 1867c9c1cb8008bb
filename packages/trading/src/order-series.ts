/** The instruments of an order's life, bound once for each kind of order, so that an order touches numbers only. */
import {
  type BoundCounter,
  type BoundHistogram,
  type BoundUpDownCounter,
  counter,
  histogram,
  upDownCounter,
} from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import type { EndStatus, OpenStatus } from "./order-status.ts";
import type { RejectReason } from "./reject-reason.ts";
import { tradingScope } from "./trading-scope.ts";

export type Side = "buy" | "sell";
export type OrderType = "market" | "limit" | "stop" | "stop_limit" | "trailing_stop" | "other";
export type Liquidity = "maker" | "taker" | "unknown";
export type OrderStage = "decide" | "submit" | "ack" | "first_fill" | "fill" | "cancel" | "replace" | "total";
export type Benchmark = "decision" | "arrival" | "limit";
export type Direction = "adverse" | "favourable" | "none";
export type Operation = "new" | "cancel" | "replace" | "status";
export type Anomaly =
  | "overfill"
  | "duplicate_execution"
  | "late_fill"
  | "invalid_transition"
  | "unknown_order"
  | "abandoned";

const placed = counter({ ...catalogue.ordersPlaced, scope: tradingScope });
const closed = counter({ ...catalogue.ordersClosed, scope: tradingScope });
const active = upDownCounter({ ...catalogue.ordersActive, scope: tradingScope });
const executions = counter({ ...catalogue.orderExecutions, scope: tradingScope });
const volume = counter({ ...catalogue.orderVolume, scope: tradingScope });
const fees = upDownCounter({ ...catalogue.orderFees, scope: tradingScope });
const fillRatio = histogram({ ...catalogue.orderFillRatio, scope: tradingScope });
const stages = histogram({ ...catalogue.orderStageDuration, scope: tradingScope });
const slippage = histogram({ ...catalogue.orderSlippage, scope: tradingScope });
const requests = counter({ ...catalogue.orderRequests, scope: tradingScope });
const anomalies = counter({ ...catalogue.orderAnomalies, scope: tradingScope });
const clockErrors = counter({ ...catalogue.clockErrors, scope: tradingScope });

export interface OrderKind {
  readonly side: Side;
  readonly type: OrderType;
  readonly currency: string;
}

/** What all orders of one venue record into. */
export class VenueSeries {
  readonly venue: string;
  readonly strategy: string;
  readonly clockErrors: BoundCounter;
  private readonly anomalies: Readonly<Record<Anomaly, BoundCounter>>;
  private readonly symbols = new Map<string, SymbolSeries>();
  private readonly fees = new Map<string, BoundUpDownCounter>();
  private readonly types = new Map<OrderType, TypeSeries>();

  constructor({ venue, strategy }: { readonly venue: string; readonly strategy: string }) {
    this.venue = venue;
    this.strategy = strategy;
    const bind = (anomaly: Anomaly): BoundCounter =>
      anomalies.bind({ "trading.venue": venue, "trading.anomaly": anomaly });
    // Bound from the start, so that a rule on their increase sees the first one.
    this.anomalies = {
      overfill: bind("overfill"),
      duplicate_execution: bind("duplicate_execution"),
      late_fill: bind("late_fill"),
      invalid_transition: bind("invalid_transition"),
      unknown_order: bind("unknown_order"),
      abandoned: bind("abandoned"),
    };
    this.clockErrors = clockErrors.bind({ "trading.venue": venue });
  }

  anomaly(anomaly: Anomaly): void {
    this.anomalies[anomaly].add(1);
  }

  request(operation: Operation, error?: RejectReason): void {
    const attributes = { "trading.venue": this.venue, "trading.operation": operation } as const;
    if (error === undefined) requests.add(1, { ...attributes, "trading.outcome": "ok" });
    else requests.add(1, { ...attributes, "trading.outcome": "error", "error.type": error });
  }

  fee(currency: string, amount: number): void {
    let bound = this.fees.get(currency);
    if (bound === undefined) {
      bound = fees.bind({ "trading.venue": this.venue, "trading.currency": currency });
      if (this.fees.size < MAX_FEE_CURRENCIES) this.fees.set(currency, bound);
    }
    bound.add(amount);
  }

  of(symbol: string, { side, type, currency }: OrderKind): OrderSeries {
    let ofSymbol = this.symbols.get(symbol);
    if (ofSymbol === undefined) {
      ofSymbol = new SymbolSeries(this, { symbol, currency });
      if (this.symbols.size < MAX_SYMBOLS) this.symbols.set(symbol, ofSymbol);
    }
    return ofSymbol.of(side, type);
  }

  ofType(type: OrderType): TypeSeries {
    let found = this.types.get(type);
    if (found === undefined) {
      found = new TypeSeries(this.venue, type);
      this.types.set(type, found);
    }
    return found;
  }
}

/** Beyond these, the instruments keep what comes as `other` anyway. */
const MAX_SYMBOLS = 1_000;
const MAX_FEE_CURRENCIES = 100;

export class SymbolSeries {
  readonly active: Readonly<Record<OpenStatus, BoundUpDownCounter>>;
  readonly symbol: string;
  readonly currency: string;
  private readonly venue: VenueSeries;
  private readonly buys = new Map<OrderType, OrderSeries>();
  private readonly sells = new Map<OrderType, OrderSeries>();

  constructor(venue: VenueSeries, { symbol, currency }: { readonly symbol: string; readonly currency: string }) {
    this.venue = venue;
    this.symbol = symbol;
    this.currency = currency;
    const bind = (status: OpenStatus): BoundUpDownCounter =>
      active.bind({ "trading.venue": venue.venue, "trading.symbol": symbol, "trading.order.status": status });
    this.active = {
      pending_new: bind("pending_new"),
      new: bind("new"),
      partially_filled: bind("partially_filled"),
      pending_cancel: bind("pending_cancel"),
      pending_replace: bind("pending_replace"),
    };
  }

  of(side: Side, type: OrderType): OrderSeries {
    const types = side === "buy" ? this.buys : this.sells;
    let found = types.get(type);
    if (found === undefined) {
      found = new OrderSeries(this.venue, this, { side, type });
      types.set(type, found);
    }
    return found;
  }
}

/** What orders of one symbol, side and type record into. */
export class OrderSeries {
  readonly active: Readonly<Record<OpenStatus, BoundUpDownCounter>>;
  readonly placed: BoundCounter;
  readonly volume: BoundCounter;
  readonly ofType: TypeSeries;
  private readonly kind: Kind;
  private readonly strategy: string;
  private readonly ends: Partial<Record<EndStatus, BoundCounter>> = {};
  private readonly liquidities: Partial<Record<Liquidity, BoundCounter>> = {};
  private readonly slippages: Readonly<Record<Benchmark, Partial<Record<Direction, BoundHistogram>>>> = {
    decision: {},
    arrival: {},
    limit: {},
  };

  constructor(
    venue: VenueSeries,
    symbol: SymbolSeries,
    { side, type }: { readonly side: Side; readonly type: OrderType },
  ) {
    this.active = symbol.active;
    this.strategy = venue.strategy;
    this.kind = { "trading.venue": venue.venue, "trading.symbol": symbol.symbol, "trading.side": side };
    this.ofType = venue.ofType(type);
    this.placed = placed.bind({ ...this.kind, "trading.order.type": type, "trading.strategy": venue.strategy });
    this.volume = volume.bind({ ...this.kind, "trading.currency": symbol.currency });
  }

  closed(status: EndStatus, error?: RejectReason): void {
    if (error !== undefined) {
      closed.add(1, { ...this.closedAs(status), "error.type": error });
      return;
    }
    let bound = this.ends[status];
    if (bound === undefined) {
      bound = closed.bind(this.closedAs(status));
      this.ends[status] = bound;
    }
    bound.add(1);
  }

  execution(liquidity: Liquidity): void {
    let bound = this.liquidities[liquidity];
    if (bound === undefined) {
      bound = executions.bind({ ...this.kind, "trading.liquidity": liquidity });
      this.liquidities[liquidity] = bound;
    }
    bound.add(1);
  }

  slippage(benchmark: Benchmark, basisPoints: number): void {
    const direction: Direction = basisPoints > 0 ? "adverse" : basisPoints < 0 ? "favourable" : "none";
    const directions = this.slippages[benchmark];
    let bound = directions[direction];
    if (bound === undefined) {
      bound = slippage.bind({ ...this.kind, "trading.benchmark": benchmark, "trading.direction": direction });
      directions[direction] = bound;
    }
    bound.record(Math.abs(basisPoints));
  }

  private closedAs(status: EndStatus) {
    return {
      ...this.kind,
      "trading.order.type": this.ofType.type,
      "trading.strategy": this.strategy,
      "trading.order.status": status,
    };
  }
}

interface Kind {
  readonly "trading.venue": string;
  readonly "trading.symbol": string;
  readonly "trading.side": Side;
}

/** What orders of one type record into, whatever their symbol. */
export class TypeSeries {
  readonly type: OrderType;
  readonly fillRatio: BoundHistogram;
  private readonly venue: string;
  private readonly stages: Partial<Record<OrderStage, BoundHistogram>> = {};

  constructor(venue: string, type: OrderType) {
    this.venue = venue;
    this.type = type;
    this.fillRatio = fillRatio.bind({ "trading.venue": venue, "trading.order.type": type });
  }

  stage(stage: OrderStage, seconds: number): void {
    let bound = this.stages[stage];
    if (bound === undefined) {
      bound = stages.bind({
        "trading.venue": this.venue,
        "trading.order.type": this.type,
        "trading.order.stage": stage,
      });
      this.stages[stage] = bound;
    }
    bound.record(seconds);
  }
}
