/** The instruments that are asked for at each collection: of all portfolios that there are. */
import { observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { type DecimalInput, decimal, decimalNumber } from "./decimal.ts";
import type { BalanceInput, HeldPosition } from "./portfolio.ts";
import { tradingScope as scope } from "./trading-scope.ts";

/** What is read of a portfolio. */
export interface ObservedPortfolio {
  readonly strategy: string;
  readonly currency: string;
  readonly positions: Iterable<HeldPosition>;
  readonly balances: Iterable<BalanceInput>;
  readonly equity: number;
  readonly dayPnl: number;
  readonly drawdown: { readonly current: number; readonly max: number };
  readonly consecutiveLosses: number;
}

const portfolios = new Set<ObservedPortfolio>();

/** Observes a portfolio until the function that it gives is called. */
export function observePortfolio(portfolio: ObservedPortfolio): () => void {
  portfolios.add(portfolio);
  return () => portfolios.delete(portfolio);
}

observedUpDownCounter({ ...catalogue.positionOpen, scope }, (observe) => {
  for (const [portfolio, { venue, position }] of allPositions()) {
    const isOpen = position.size.units === 0 ? 0 : 1;
    observe(isOpen, { "trading.venue": venue, "trading.strategy": portfolio.strategy });
  }
});

observedGauge({ ...catalogue.positionSize, scope }, (observe) => {
  const sizes = new Sums<{ "trading.venue": string; "trading.symbol": string }>();
  for (const [, { venue, symbol, position }] of allPositions()) {
    sizes.add({ "trading.venue": venue, "trading.symbol": symbol }, decimalNumber(position.size));
  }
  sizes.each(observe);
});

observedGauge({ ...catalogue.positionExposure, scope }, (observe) => {
  const exposures = new Sums<{
    "trading.venue": string;
    "trading.side": "long" | "short";
    "trading.currency": string;
  }>();
  for (const [, { venue, currency, position }] of allPositions()) {
    const value = decimalNumber(position.value());
    const at = { "trading.venue": venue, "trading.currency": currency };
    exposures.add({ ...at, "trading.side": "long" }, Math.max(value, 0));
    exposures.add({ ...at, "trading.side": "short" }, Math.max(-value, 0));
  }
  exposures.each(observe);
});

observedGauge({ ...catalogue.pnlUnrealized, scope }, (observe) => {
  const unrealized = new Sums<{ "trading.venue": string; "trading.strategy": string; "trading.currency": string }>();
  for (const [{ strategy }, { venue, currency, position }] of allPositions()) {
    const at = { "trading.venue": venue, "trading.strategy": strategy, "trading.currency": currency };
    unrealized.add(at, decimalNumber(position.unrealized()));
  }
  unrealized.each(observe);
});

observedGauge({ ...catalogue.pnlPeriod, scope }, (observe) => {
  for (const { strategy, currency, dayPnl } of portfolios) {
    observe(dayPnl, { "trading.strategy": strategy, "trading.currency": currency, "trading.period": "day" });
  }
});

observedGauge({ ...catalogue.balance, scope }, (observe) => {
  for (const { balances } of portfolios) {
    for (const { venue, currency, free, locked } of balances) {
      const at = { "trading.venue": venue, "trading.currency": currency };
      observeAmount(free, (value) => observe(value, { ...at, "trading.balance.state": "free" }));
      observeAmount(locked, (value) => observe(value, { ...at, "trading.balance.state": "locked" }));
    }
  }
});

observedGauge({ ...catalogue.equity, scope }, (observe) => {
  const equities = new Sums<{ "trading.venue": string; "trading.currency": string }>();
  for (const portfolio of portfolios) {
    const venues = new Set(Array.from(portfolio.positions, ({ venue }) => venue));
    // Money is not at one venue when a strategy trades at several.
    const [venue = "other"] = venues.size === 1 ? venues : [];
    equities.add({ "trading.venue": venue, "trading.currency": portfolio.currency }, portfolio.equity);
  }
  equities.each(observe);
});

observedGauge({ ...catalogue.drawdownCurrent, scope }, (observe) => {
  for (const { strategy, drawdown } of portfolios) observe(drawdown.current, { "trading.strategy": strategy });
});

observedGauge({ ...catalogue.drawdownMax, scope }, (observe) => {
  for (const { strategy, drawdown } of portfolios) observe(drawdown.max, { "trading.strategy": strategy });
});

observedGauge({ ...catalogue.lossesConsecutive, scope }, (observe) => {
  for (const { strategy, consecutiveLosses } of portfolios) {
    observe(consecutiveLosses, { "trading.strategy": strategy });
  }
});

function* allPositions(): Generator<readonly [portfolio: ObservedPortfolio, held: HeldPosition]> {
  for (const portfolio of portfolios) for (const held of portfolio.positions) yield [portfolio, held];
}

function observeAmount(amount: DecimalInput | undefined, observe: (value: number) => void): void {
  const value = decimal(amount);
  if (value !== undefined) observe(decimalNumber(value));
}

/** Values that fall on the same attributes are summed: a gauge would keep the last of them. */
class Sums<A extends Readonly<Record<string, string>>> {
  private readonly sums = new Map<string, { readonly attributes: A; value: number }>();

  add(attributes: A, value: number): void {
    const key = Object.values(attributes).join("\n");
    const sum = this.sums.get(key);
    if (sum === undefined) this.sums.set(key, { attributes, value });
    else sum.value += value;
  }

  each(observe: (value: number, attributes: A) => void): void {
    for (const { attributes, value } of this.sums.values()) observe(value, attributes);
  }
}
