/** Positions, profit and loss, drawdown and losing runs of one strategy, from its fills and the marks of the market. */
import { counter, histogram, upDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import {
  add,
  type Decimal,
  type DecimalInput,
  decimal,
  decimalNumber,
  multiply,
  negate,
  signOf,
  subtract,
  ZERO,
} from "./decimal.ts";
import { Drawdown } from "./drawdown.ts";
import type { Fill } from "./fill.ts";
import type { Order } from "./order.ts";
import { observePortfolio } from "./portfolio-observations.ts";
import { Position, type RoundTrip } from "./position.ts";
import { tradingDay } from "./trading-day.ts";
import { tradingScope } from "./trading-scope.ts";

const realizedPnl = upDownCounter({ ...catalogue.pnlRealized, scope: tradingScope });
const tradesClosed = counter({ ...catalogue.tradesClosed, scope: tradingScope });
const tradePnl = histogram({ ...catalogue.tradePnl, scope: tradingScope });
const tradeDuration = histogram({ ...catalogue.tradeDuration, scope: tradingScope });

export interface PortfolioOptions {
  /** Of the equity and of whatever has no other. */
  readonly currency: string;
  /** @default 0 */
  readonly startingEquity?: DecimalInput;
  /** The time zone whose midnight begins a day. @default "UTC" */
  readonly day?: string;
}

export interface PortfolioClock {
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** A round trip whose profit is known from elsewhere. */
export interface TradeInput {
  /** After fees. */
  readonly pnl: DecimalInput;
  readonly heldMs?: number | undefined;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
}

export interface BalanceInput {
  readonly venue: string;
  readonly currency: string;
  readonly free?: DecimalInput | undefined;
  readonly locked?: DecimalInput | undefined;
}

/** A position with where it is. */
export interface HeldPosition {
  readonly venue: string;
  readonly symbol: string;
  readonly currency: string;
  readonly position: Position;
}

export type TradeOutcome = "win" | "loss" | "breakeven";

/** Beyond these, positions that are flat are forgotten. */
const MAX_POSITIONS = 10_000;

export class Portfolio implements Disposable {
  readonly strategy: string;
  readonly currency: string;
  private readonly clock: PortfolioClock & { readonly changed: () => void };
  private readonly held = new Map<string, HeldPosition>();
  private readonly rates = new Map<string, Decimal>();
  private readonly balanceOf = new Map<string, BalanceInput>();
  private readonly drawdownOf: Drawdown;
  private readonly dayOf: (epochMs: number) => string;
  private readonly unobserve: () => void;
  private readonly startingEquity: Decimal;
  /** In the portfolio's currency, fees subtracted. */
  private earned: Decimal = ZERO;
  private unrealizedNow = 0;
  private day: string;
  private equityAtDayStart: number;
  private losses = 0;

  /** Made by `trading.portfolio()`. @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
  constructor(strategy: string, options: PortfolioOptions, clock: PortfolioClock & { readonly changed: () => void }) {
    this.strategy = strategy;
    this.currency = options.currency;
    this.clock = clock;
    this.startingEquity = startingEquityOf(options);
    const start = decimalNumber(this.startingEquity);
    this.drawdownOf = new Drawdown(start);
    this.dayOf = tradingDay(options.day ?? "UTC");
    this.day = this.dayOf(clock.wallClock());
    this.equityAtDayStart = start;
    this.unobserve = observePortfolio(this);
  }

  /** A fill of an order; `trading.orders()` calls it when it was given the portfolio. */
  onFill(order: Order, fill: Fill, { reversed = false }: { readonly reversed?: boolean } = {}): void {
    this.turnDay();
    const held = this.heldBy(order.venue, order.symbol, order.currency);
    const isSale = (order.side === "sell") !== reversed;
    const fee = reversed ? ZERO : this.feeOf(fill, order);
    const change = held.position.apply({
      qty: isSale ? negate(fill.qty) : fill.qty,
      price: fill.price,
      fee,
      atMs: this.clock.now(),
    });
    if (change.realized.units !== 0) {
      realizedPnl.add(decimalNumber(change.realized), {
        "trading.venue": order.venue,
        "trading.strategy": this.strategy,
        "trading.currency": order.currency,
      });
    }
    this.earned = add(this.earned, this.converted(subtract(change.realized, fee), order.currency) ?? ZERO);
    if (change.trip !== undefined) this.tripClosed(held, change.trip);
    this.revalue();
  }

  /** What the symbol trades at now, at one venue or at all. */
  mark(symbol: string, price: DecimalInput, { venue }: { readonly venue?: string } = {}): void {
    const marked = decimal(price);
    if (marked === undefined || signOf(marked) < 0) return;
    this.turnDay();
    for (const one of this.held.values()) {
      if (one.symbol === symbol && (venue === undefined || one.venue === venue)) one.position.markAt(marked);
    }
    this.revalue();
  }

  /** What one unit of another currency is worth in the portfolio's, for fees and profits in it. */
  rate(currency: string, price: DecimalInput): void {
    const rate = decimal(price);
    if (rate !== undefined && signOf(rate) > 0) this.rates.set(currency, rate);
  }

  /** A round trip whose profit was computed elsewhere. */
  trade({ pnl, heldMs, venue = "other", symbol = "other" }: TradeInput): void {
    const profit = decimal(pnl);
    if (profit === undefined) {
      tradePnl.record(Number.NaN, { "trading.strategy": this.strategy });
      return;
    }
    this.turnDay();
    this.earned = add(this.earned, profit);
    this.countTrade({ venue, symbol, currency: this.currency }, profit, heldMs);
    this.revalue();
  }

  /** What the account holds, as the venue says. */
  balance(balance: BalanceInput): void {
    this.balanceOf.set(`${balance.venue}\n${balance.currency}`, balance);
  }

  get balances(): Iterable<BalanceInput> {
    return this.balanceOf.values();
  }

  get positions(): Iterable<HeldPosition> {
    return this.held.values();
  }

  /** Signed, in base units. */
  size(venue: string, symbol: string): Decimal {
    return this.held.get(`${venue}\n${symbol}`)?.position.size ?? ZERO;
  }

  /** Starting equity, what was realized and is not, fees subtracted. */
  get equity(): number {
    return decimalNumber(add(this.startingEquity, this.earned)) + this.unrealizedNow;
  }

  /** Realized since the start, fees subtracted, in the portfolio's currency. */
  get realized(): Decimal {
    return this.earned;
  }

  get unrealized(): number {
    return this.unrealizedNow;
  }

  get drawdown(): { readonly current: number; readonly max: number } {
    return { current: this.drawdownOf.current, max: this.drawdownOf.max };
  }

  /** Change of the equity since midnight. */
  get dayPnl(): number {
    this.turnDay();
    return this.equity - this.equityAtDayStart;
  }

  get consecutiveLosses(): number {
    return this.losses;
  }

  [Symbol.dispose](): void {
    this.unobserve();
  }

  private heldBy(venue: string, symbol: string, currency: string): HeldPosition {
    const key = `${venue}\n${symbol}`;
    let held = this.held.get(key);
    if (held === undefined) {
      if (this.held.size >= MAX_POSITIONS) this.forgetFlat();
      held = { venue, symbol, currency, position: new Position() };
      this.held.set(key, held);
    }
    return held;
  }

  private forgetFlat(): void {
    for (const [key, { position }] of this.held) if (position.size.units === 0) this.held.delete(key);
  }

  /** In the currency of the order's prices; a fee in the base currency is worth the fill's price. */
  private feeOf(fill: Fill, order: Order): Decimal {
    if (fill.fee === undefined) return ZERO;
    const { amount, currency } = fill.fee;
    if (currency === order.currency) return amount;
    if (order.symbol.startsWith(currency)) return multiply(amount, fill.price);
    return order.currency === this.currency ? (this.converted(amount, currency) ?? ZERO) : ZERO;
  }

  private converted(amount: Decimal, currency: string): Decimal | undefined {
    if (currency === this.currency) return amount;
    const rate = this.rates.get(currency);
    return rate === undefined ? undefined : multiply(amount, rate);
  }

  private tripClosed(held: HeldPosition, { pnl, fees, heldMs }: RoundTrip): void {
    this.countTrade(held, subtract(pnl, fees), heldMs);
  }

  private countTrade(
    where: { readonly venue: string; readonly symbol: string; readonly currency: string },
    profit: Decimal,
    heldMs: number | undefined,
  ): void {
    const sign = signOf(profit);
    const outcome: TradeOutcome = sign > 0 ? "win" : sign < 0 ? "loss" : "breakeven";
    this.losses = outcome === "loss" ? this.losses + 1 : 0;
    const attributes = { "trading.strategy": this.strategy, "trading.outcome": outcome };
    tradesClosed.add(1, { ...attributes, "trading.venue": where.venue, "trading.symbol": where.symbol });
    tradePnl.record(Math.abs(decimalNumber(profit)), { ...attributes, "trading.currency": where.currency });
    if (heldMs !== undefined && heldMs >= 0) tradeDuration.record(heldMs / 1_000, attributes);
  }

  private revalue(): void {
    let unrealized = ZERO;
    for (const { position, currency } of this.held.values()) {
      if (position.size.units !== 0)
        unrealized = add(unrealized, this.converted(position.unrealized(), currency) ?? ZERO);
    }
    this.unrealizedNow = decimalNumber(unrealized);
    this.drawdownOf.update(this.equity);
    this.clock.changed();
  }

  private turnDay(): void {
    const today = this.dayOf(this.clock.wallClock());
    if (today === this.day) return;
    this.day = today;
    this.equityAtDayStart = this.equity;
  }
}

function startingEquityOf({ startingEquity = 0, currency }: PortfolioOptions): Decimal {
  if (typeof currency !== "string" || currency === "") {
    throw badOption(`portfolio.currency is ${JSON.stringify(currency)}; give a currency, such as "USDT"`);
  }
  const equity = decimal(startingEquity);
  if (equity !== undefined && signOf(equity) >= 0) return equity;
  throw badOption(`portfolio.startingEquity is ${String(startingEquity)}; give an amount from 0`);
}

function badOption(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_TRADING_OPTION" });
}
