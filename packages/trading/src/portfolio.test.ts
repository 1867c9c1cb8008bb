import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalNumber, decimalText } from "./decimal.ts";
import { createTrading } from "./trading.ts";

let strategies = 0;

function desk(startingEquity = 10_000, day = "UTC", strategy = `strategy-${strategies++}`) {
  const clock = { ms: 0, wallMs: Date.UTC(2026, 0, 1, 12) };
  const trading = createTrading({ strategy, now: () => clock.ms, wallClock: () => clock.wallMs });
  const book = trading.portfolio({ currency: "USDT", startingEquity, day });
  const orders = trading.orders({ venue: "paper", portfolio: book });
  const trade = (side: "buy" | "sell", qty: string, price: string, fee?: { amount: string; currency: string }) => {
    const order = orders.create({ symbol: "BTC/USDT", side, qty });
    order.sent();
    order.filled({ qty, price, fee });
  };
  const gauge = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    const found = instrument
      .series()
      .filter(({ attributes }) => attributes["trading.strategy"] === strategy)
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value));
    return found.map((series) => series.total());
  };
  return { book, clock, trade, gauge, size: () => decimalText(book.size("paper", "BTC/USDT")) };
}

test("a position is realized by average cost, and what is left stays at its cost", () => {
  const { book, trade, gauge, size } = desk();
  trade("buy", "1", "100");
  trade("buy", "1", "110");
  trade("sell", "0.5", "120");
  expect(size()).toBe("1.5");
  expect(decimalNumber(book.realized)).toBe(7.5);
  book.mark("BTC/USDT", 105);
  expect(book.unrealized).toBe(0);
  expect(gauge("trading.pnl.realized")).toEqual([7.5]);
  book.mark("BTC/USDT", "Infinity");
  expect(book.unrealized).toBe(0);
});

test("a fill through zero realizes the part that closes and opens the rest at its price", () => {
  const { book, trade, size } = desk();
  trade("buy", "1", "100");
  trade("sell", "3", "110");
  expect(size()).toBe("-2");
  expect(decimalNumber(book.realized)).toBe(10);
  book.mark("BTC/USDT", 100);
  expect(book.unrealized).toBe(20);
});

test("drawdown is a share of the peak, which begins at the starting equity", () => {
  const { book, trade, gauge } = desk(1_000);
  trade("buy", "1", "100");
  book.mark("BTC/USDT", 50);
  expect(book.drawdown.current).toBeCloseTo(0.05);
  book.mark("BTC/USDT", 200);
  expect(book.drawdown).toEqual({ current: 0, max: 0.05 });
  book.mark("BTC/USDT", 90);
  expect(gauge("trading.drawdown.current")).toEqual([0.1]);
  expect(gauge("trading.drawdown.max")).toEqual([0.1]);
});

test("only losses extend a losing run; fees can make a loss of a win", () => {
  const { book, trade, gauge } = desk();
  const round = (exit: string, fee = "0") => {
    trade("buy", "1", "100", { amount: fee, currency: "USDT" });
    trade("sell", "1", exit);
  };
  round("99");
  round("98");
  round("101", "2");
  expect(book.consecutiveLosses).toBe(3);
  round("100");
  expect(book.consecutiveLosses).toBe(0);
  round("101");
  expect(gauge("trading.trades.closed", { "trading.outcome": "loss" })).toEqual([3]);
  expect(gauge("trading.trades.closed", { "trading.outcome": "breakeven" })).toEqual([1]);
  expect(gauge("trading.trades.closed", { "trading.outcome": "win" })).toEqual([1]);
  expect(book.equity).toBe(10_000 - 1 - 2 + 1 - 2 + 0 + 1);
});

test("a fee in the base currency is worth the price of its fill, another one what its rate says", () => {
  const { book, trade } = desk();
  book.rate("BNB", "300");
  trade("buy", "1", "100", { amount: "0.01", currency: "BTC" });
  trade("sell", "1", "100", { amount: "0.01", currency: "BNB" });
  expect(book.equity).toBe(10_000 - 1 - 3);
});

test("the day's result begins anew at midnight of its time zone", () => {
  const { book, clock } = desk(10_000, "America/New_York");
  book.trade({ pnl: "-12.5", heldMs: 60_000 });
  expect(book.dayPnl).toBe(-12.5);
  clock.wallMs = Date.UTC(2026, 0, 2, 4, 59);
  expect(book.dayPnl).toBe(-12.5);
  clock.wallMs = Date.UTC(2026, 0, 2, 5, 0);
  expect(book.dayPnl).toBe(0);
  book.trade({ pnl: 3 });
  expect(book.dayPnl).toBe(3);
  expect(book.equity).toBe(9_990.5);
});

test("a portfolio without a currency, or with an equity that is none, is refused", () => {
  const trading = createTrading();
  expect(() => trading.portfolio({ currency: "" })).toThrow("portfolio.currency");
  expect(() => trading.portfolio({ currency: "USDT", startingEquity: Number.NaN })).toThrow("portfolio.startingEquity");
  expect(() => trading.portfolio({ currency: "USDT", day: "Mars/Olympus" })).toThrow("portfolio.day");
});

/** As slow and exact as it gets: fractions of bigints, average cost. */
class ExactBook {
  size = 0n;
  cost: Fraction = [0n, 1n];
  realized: Fraction = [0n, 1n];

  fill(qty: bigint, price: bigint): void {
    const opposes = this.size !== 0n && qty > 0n !== this.size > 0n;
    if (!opposes) {
      this.size += qty;
      this.cost = plus(this.cost, [qty * price, 1n]);
      return;
    }
    const closing = abs(qty) < abs(this.size) ? qty : -this.size;
    const released: Fraction = [this.cost[0] * -closing, this.cost[1] * this.size];
    this.realized = plus(this.realized, [-closing * price, 1n], minus(released));
    this.cost = plus(this.cost, minus(released));
    this.size += closing;
    if (closing !== qty) this.fill(qty - closing, price);
  }
}

type Fraction = readonly [over: bigint, under: bigint];
const abs = (n: bigint): bigint => (n < 0n ? -n : n);
const minus = ([over, under]: Fraction): Fraction => [-over, under];
const plus = (...all: readonly Fraction[]): Fraction =>
  all.reduce(([a, b], [c, d]) => {
    const [over, under] = [a * d + c * b, b * d];
    const divisor = gcd(abs(over), abs(under));
    return [over / divisor, under / divisor];
  });
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a || 1n : gcd(b, a % b));

test("positions are the sum of fills, and profit is that of a slow exact computation", () => {
  const fill = fc.record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    // In units of the eighth digit, prices in cents.
    qty: fc.bigInt({ min: 1n, max: 10n ** 11n }),
    price: fc.bigInt({ min: 1n, max: 10n ** 9n }),
  });
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 40 }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (fills, mark) => {
      // Of one strategy all: there is a limit to how many have series of their own.
      const { book, trade, size } = desk(0, "UTC", "any");
      const exact = new ExactBook();
      let cash = 0n;
      let sum = 0n;
      for (const { side, qty, price } of fills) {
        trade(side, text(qty, 8), text(price, 2));
        const signed = side === "buy" ? qty : -qty;
        exact.fill(signed, price);
        cash -= signed * price;
        sum += signed;
      }
      expect(scaled(size(), 8)).toBe(sum);
      expect(sum).toBe(exact.size);
      // Within a twelfth digit for each fill; where the position is flat, to the last digit.
      const allowed = fills.length * 1.0001e-12;
      const realized = Number(scaled(decimalText(book.realized), 12) * exact.realized[1] - exact.realized[0] * 100n);
      expect(Math.abs(realized / Number(exact.realized[1]) / 1e12)).toBeLessThanOrEqual(allowed);
      book.mark("BTC/USDT", text(mark, 2));
      const worth = Number(cash + sum * mark) / 1e10;
      expect(Math.abs(book.equity - worth)).toBeLessThanOrEqual(Math.max(1, Math.abs(worth)) * 1e-9);
      if (sum === 0n) expect(scaled(decimalText(book.realized), 10)).toBe(cash);
    }),
  );
});

function text(units: bigint, scale: number): string {
  const digits = String(units).padStart(scale + 1, "0");
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function scaled(of: string, scale: number): bigint {
  const [whole = "", fraction = ""] = of.replace("-", "").split(".");
  const value = BigInt(whole + fraction.padEnd(scale, "0").slice(0, scale));
  return of.startsWith("-") ? -value : value;
}
