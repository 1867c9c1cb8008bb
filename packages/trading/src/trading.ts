/** Everything that one strategy records: its orders at each venue, its positions, its connections and its state. */
import type { TracerProvider } from "@opentelemetry/api";
import { orderTracing } from "./order-tracing.ts";
import { Orders, type OrdersOptions } from "./orders.ts";
import { Portfolio, type PortfolioOptions } from "./portfolio.ts";

export interface TradingOptions {
  /** @default "default" */
  readonly strategy?: string;
  /** Symbols that metrics keep apart; others are `other`. @default the first 500 of them */
  readonly symbols?: readonly string[];
  /** Beyond these the oldest order is closed as abandoned. @default 10000 */
  readonly maxOpenOrders?: number;
  /** Whether orders have traces, once there is a tracer provider. @default true */
  readonly traces?: boolean;
  /** After so long at rest the spans of an order are ended, and new ones opened at its next event. @default 60000 */
  readonly segmentAfterMs?: number;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Milliseconds since 1970. @default Date.now */
  readonly wallClock?: () => number;
}

export interface Trading extends Disposable {
  readonly strategy: string;
  /** The orders of one venue; the same at each call for a venue. */
  orders(options: OrdersOptions): Orders;
  /** Positions, profit and loss. @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
  portfolio(options: PortfolioOptions): Portfolio;
  /** Traces go there from now on, instead of to the registered provider. */
  setTracerProvider(provider: TracerProvider): void;
}

/** @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
export function createTrading(options: TradingOptions = {}): Trading {
  checkOptions(options);
  const {
    strategy = "default",
    symbols,
    maxOpenOrders = 10_000,
    now = () => performance.now(),
    wallClock = Date.now,
  } = options;
  const tracing = orderTracing({ strategy, segmentAfterMs: options.segmentAfterMs ?? 60_000, now });
  const portfolios: Portfolio[] = [];
  const known = symbols === undefined ? undefined : new Set(symbols);
  const venues = new Map<string, Orders>();
  return {
    strategy,
    orders: (given) => {
      const before = venues.get(given.venue);
      if (before !== undefined) return before;
      const orders = new Orders(given, {
        strategy,
        maxOpenOrders,
        now,
        symbolOf: (symbol) => (known === undefined || known.has(symbol) ? symbol : "other"),
        traceOf: options.traces === false ? () => undefined : tracing.traceOf,
        told: () => {},
        onAnomaly: () => {},
      });
      const { portfolio } = given;
      if (portfolio !== undefined) orders.onFill((order, fill, how) => portfolio.onFill(order, fill, how));
      venues.set(given.venue, orders);
      return orders;
    },
    portfolio: (given) => {
      const portfolio = new Portfolio(strategy, given, { now, wallClock });
      portfolios.push(portfolio);
      return portfolio;
    },
    setTracerProvider: tracing.setTracerProvider,
    [Symbol.dispose]: () => {
      tracing[Symbol.dispose]();
      for (const portfolio of portfolios.splice(0)) portfolio[Symbol.dispose]();
    },
  };
}

const optionNames = ["strategy", "symbols", "maxOpenOrders", "traces", "segmentAfterMs", "now", "wallClock"];

function checkOptions(options: TradingOptions): void {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) {
      throw badOption(name, `is not an option; there are ${optionNames.join(", ")}`);
    }
  }
  const { strategy, maxOpenOrders, segmentAfterMs } = options;
  if (segmentAfterMs !== undefined && !(segmentAfterMs > 0)) {
    throw badOption("segmentAfterMs", `is ${String(segmentAfterMs)}; give milliseconds above 0`);
  }
  if (strategy !== undefined && (typeof strategy !== "string" || strategy === "")) {
    throw badOption("strategy", `is ${JSON.stringify(strategy)}; give a name, such as "grid-1"`);
  }
  if (maxOpenOrders !== undefined && !(Number.isSafeInteger(maxOpenOrders) && maxOpenOrders > 0)) {
    throw badOption("maxOpenOrders", `is ${String(maxOpenOrders)}; give a whole number above 0`);
  }
}

function badOption(name: string, message: string): TypeError {
  return Object.assign(new TypeError(`trading.${name} ${message}`), { code: "TELLTALE_BAD_TRADING_OPTION" });
}
