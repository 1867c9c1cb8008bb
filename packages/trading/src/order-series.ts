/** The instruments of an order's life, bound once for each kind of order, so that an order touches numbers only. */
import {
  type BoundCounter,
  type BoundHistogram,
  type BoundUpDownCounter,
  counter,
  histogram,
  upDownCounter,
} from "@telltale/metrics";
import { ActiveOrders } from "./active-orders.ts";
import { catalogue } from "./catalogue.ts";
import type { EndStatus } from "./order-status.ts";
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
const executions = counter({ ...catalogue.orderExecutions, scope: tradingScope });
const volume = counter({ ...catalogue.orderVolume, scope: tradingScope });
const fees = upDownCounter({ ...catalogue.orderFees, scope: tradingScope });
const fillRatio = histogram({ ...catalogue.orderFillRatio, scope: tradingScope });
const stages = histogram({ ...catalogue.orderStageDuration, scope: tradingScope });
const slippage = histogram({ ...catalogue.orderSlippage, scope: tradingScope });
const requests = counter({ ...catalogue.orderRequests, scope: tradingScope });
const anomalies = counter({ ...catalogue.orderAnomalies, scope: tradingScope });
const clockErrors = counter({ ...catalogue.clockErrors, scope: tradingScope });

/** What all orders of one venue record into. */
export class VenueSeries {
  readonly venue: string;
  readonly strategy: string;
  readonly clockErrors: BoundCounter;
  private readonly sent: BoundCounter;
  private readonly anomalies: Readonly<Record<Anomaly, BoundCounter>>;
  private readonly fees = new Map<string, BoundUpDownCounter>();
  private readonly types: Partial<Record<OrderType, TypeSeries>> = {};

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
    this.sent = requests.bind({ "trading.venue": venue, "trading.operation": "new", "trading.outcome": "ok" });
  }

  anomaly(anomaly: Anomaly): void {
    this.anomalies[anomaly].add(1);
  }

  request(operation: Operation, error?: RejectReason): void {
    if (operation === "new" && error === undefined) {
      this.sent.add(1);
      return;
    }
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

  ofType(type: OrderType): TypeSeries {
    this.types[type] ??= new TypeSeries(this, type);
    return this.types[type];
  }
}

/** Beyond these, the instruments keep what comes as `other` anyway. */
const MAX_FEE_CURRENCIES = 100;

/** What the orders of one symbol record into, those in one currency. */
export class SymbolSeries {
  readonly active: ActiveOrders;
  readonly symbol: string;
  readonly currency: string;
  private readonly venue: VenueSeries;
  private readonly buys: Partial<Record<OrderType, OrderSeries>> = {};
  private readonly sells: Partial<Record<OrderType, OrderSeries>> = {};

  constructor(venue: VenueSeries, { symbol, currency }: { readonly symbol: string; readonly currency: string }) {
    this.venue = venue;
    this.symbol = symbol;
    this.currency = currency;
    this.active = new ActiveOrders(venue.venue, symbol);
  }

  of(side: Side, type: OrderType): OrderSeries {
    const types = side === "buy" ? this.buys : this.sells;
    let found = types[type];
    if (found === undefined) {
      found = new OrderSeries(this.venue, this, { side, type });
      types[type] = found;
    }
    return found;
  }
}

/** What orders of one symbol, side and type record into. */
export class OrderSeries {
  readonly active: ActiveOrders;
  readonly placed: BoundCounter;
  readonly volume: BoundCounter;
  readonly ofType: TypeSeries;
  private readonly kind: Kind;
  private readonly strategy: string;
  private filled: BoundCounter | undefined;
  private readonly ends: Partial<Record<EndStatus, BoundCounter>> = {};
  // By small numbers, which are found faster than names that are only known when it runs.
  private readonly liquidities: (BoundCounter | undefined)[] = [undefined, undefined, undefined];
  private readonly slippages: (BoundHistogram | undefined)[] = Array.from({ length: 9 }, () => undefined);

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
    if (status === "filled") {
      this.filled ??= closed.bind(this.closedAs(status));
      this.filled.add(1);
      return;
    }
    this.ends[status] ??= closed.bind(this.closedAs(status));
    this.ends[status].add(1);
  }

  execution(liquidity: Liquidity): void {
    const at = liquidity === "maker" ? 0 : liquidity === "taker" ? 1 : 2;
    let bound = this.liquidities[at];
    if (bound === undefined) {
      bound = executions.bind({ ...this.kind, "trading.liquidity": liquidity });
      this.liquidities[at] = bound;
    }
    bound.add(1);
  }

  slippage(benchmark: Benchmark, basisPoints: number | undefined): void {
    if (basisPoints === undefined) return;
    const at = 3 * benchmarkIndex(benchmark) + (basisPoints > 0 ? 0 : basisPoints < 0 ? 1 : 2);
    let bound = this.slippages[at];
    if (bound === undefined) {
      const direction: Direction = basisPoints > 0 ? "adverse" : basisPoints < 0 ? "favourable" : "none";
      bound = slippage.bind({ ...this.kind, "trading.benchmark": benchmark, "trading.direction": direction });
      this.slippages[at] = bound;
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
  private readonly venue: VenueSeries;
  private readonly stages: (BoundHistogram | undefined)[] = Array.from({ length: 8 }, () => undefined);

  constructor(venue: VenueSeries, type: OrderType) {
    this.venue = venue;
    this.type = type;
    this.fillRatio = fillRatio.bind({ "trading.venue": venue.venue, "trading.order.type": type });
  }

  /** NaN is a moment that was not: then there was no such stage. */
  stage(stage: OrderStage, fromMs: number, toMs: number): void {
    const durationMs = toMs - fromMs;
    if (durationMs >= 0) {
      const at = stageIndex(stage);
      let bound = this.stages[at];
      if (bound === undefined) {
        bound = this.bindStage(stage);
        this.stages[at] = bound;
      }
      bound.record(durationMs / 1_000);
    } else if (durationMs < 0) this.venue.clockErrors.add(1);
  }

  private bindStage(stage: OrderStage): BoundHistogram {
    return stages.bind({
      "trading.venue": this.venue.venue,
      "trading.order.type": this.type,
      "trading.order.stage": stage,
    });
  }
}

function benchmarkIndex(benchmark: Benchmark): number {
  switch (benchmark) {
    case "limit":
      return 0;
    case "decision":
      return 1;
    case "arrival":
      return 2;
  }
}

function stageIndex(stage: OrderStage): number {
  switch (stage) {
    case "submit":
      return 0;
    case "ack":
      return 1;
    case "first_fill":
      return 2;
    case "fill":
      return 3;
    case "total":
      return 4;
    case "decide":
      return 5;
    case "cancel":
      return 6;
    case "replace":
      return 7;
  }
}
