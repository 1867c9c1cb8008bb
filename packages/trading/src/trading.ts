/** Everything that one strategy records: its orders at each venue, its positions, its connections and its state. */
// Imported, since the global one is looked up at each use.
import { performance } from "node:perf_hooks";
import type { TracerProvider } from "@opentelemetry/api";
import { rateLimitUsed } from "./connection-observations.ts";
import { type Intervention, type InterventionRule, interventions } from "./interventions.ts";
import type { Order } from "./order.ts";
import type { OrderEventName } from "./order-host.ts";
import { logState, type OrderLogging, orderLog } from "./order-log.ts";
import { orderTracing } from "./order-tracing.ts";
import { type OrderEventListener, Orders, type OrdersOptions } from "./orders.ts";
import { Portfolio, type PortfolioOptions } from "./portfolio.ts";
import { type Tick, tickTimer } from "./tick-to-trade.ts";
import { RiskState, type TradingState } from "./trading-state.ts";
import { type ConnectionOptions, VenueConnection } from "./venue-connection.ts";

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
  /** Which order events are written to the log. @default "warnings" */
  readonly logs?: OrderLogging;
  /** Rules that reduce or halt trading by themselves. @default none */
  readonly interventions?: readonly InterventionRule[];
  /** Whether interventions are only counted, logged and told. @default true */
  readonly dryRun?: boolean;
  readonly onIntervention?: (intervention: Intervention) => void;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Milliseconds since 1970. @default Date.now */
  readonly wallClock?: () => number;
}

export interface Trading extends Disposable {
  readonly strategy: string;
  /** What `halt`, `reduce` and `resume` have made of it; to be asked before an order is sent. */
  readonly state: TradingState;
  /** The orders of one venue; the same at each call for a venue. */
  orders(options: OrdersOptions): Orders;
  /** Positions, profit and loss. @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
  portfolio(options: PortfolioOptions): Portfolio;
  /** A connection to a venue. @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
  connection(options: ConnectionOptions): VenueConnection;
  /** A market event was received, at `receivedAtMs` by `performance.now()`: `onTick("binance").decided().sent()`. */
  onTick(venue: string, receivedAtMs?: number): Tick;
  /** How much of a venue's rate limit is used: `rateLimit({ venue, limit: "weight_1m", used: 600, allowed: 1200 })`. */
  rateLimit(use: RateLimitUse): void;
  halt(reason?: string): void;
  reduce(reason?: string): void;
  resume(): void;
  /** A risk rule was broken. */
  breach(rule: string): void;
  /** Traces go there from now on, instead of to the registered provider. */
  setTracerProvider(provider: TracerProvider): void;
}

export interface RateLimitUse {
  readonly venue: string;
  readonly limit: string;
  readonly used: number;
  readonly allowed: number;
}

/** @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
export function createTrading(options: TradingOptions = {}): Trading {
  checkTradingOptions(options);
  const { strategy = "default", symbols, maxOpenOrders = 10_000, logs = "warnings", dryRun = true } = options;
  const { now = () => performance.now(), wallClock = Date.now } = options;
  const tracing = orderTracing({ strategy, segmentAfterMs: options.segmentAfterMs ?? 60_000, now });
  const known = symbols === undefined ? undefined : new Set(symbols);
  const log = orderLog(logs);
  const risk = new RiskState(strategy, (state, reason) => {
    if (logs !== "none") logState("trading.state", { strategy, state, reason });
  });
  const watching = interventions(options.interventions ?? [], { now, wallClock, trip });
  const disposables: Disposable[] = [tracing, risk];
  const venues = new Map<string, Orders>();
  const ticks = new Map<string, (receivedAtMs?: number) => Tick>();

  function trip({ name, action }: InterventionRule): void {
    risk.breach(name);
    const intervention = { rule: name, action, dryRun };
    if (logs !== "none") logState("trading.intervention", { strategy, ...intervention });
    // What is halted is not brought back to reducing.
    if (!dryRun && risk.state !== "halted") risk.set(action === "halt" ? "halted" : "reducing", name);
    options.onIntervention?.(intervention);
  }

  const hasRules = (options.interventions ?? []).length > 0;
  const told: OrderEventListener = (name, venue, order, detail) => {
    if (hasRules && order !== undefined) watch(name, venue, order);
    log(name, venue, order, detail);
  };
  const watch = (name: OrderEventName, venue: string, order: Order): void => {
    if (name === "order.accepted") watching.measured("unusual_ack", venue, order.ackMs);
    if (name !== "order.closed") return;
    if (order.status === "rejected") watching.event("rejected");
    watching.measured("unusual_slippage", venue, order.slippage);
  };

  function ordersOf(given: OrdersOptions): Orders {
    const orders = new Orders(given, {
      strategy,
      maxOpenOrders,
      now,
      symbolOf: (symbol) => (known === undefined || known.has(symbol) ? symbol : "other"),
      traceOf: options.traces === false ? () => undefined : tracing.traceOf,
      told,
      onAnomaly: watching.event,
    });
    const { portfolio } = given;
    if (portfolio !== undefined) orders.onFill((order, fill, how) => portfolio.onFill(order, fill, how));
    return orders;
  }

  return {
    strategy,
    get state() {
      return risk.state;
    },
    orders: (given) => existing(venues, given.venue, () => ordersOf(given)),
    portfolio: (given) => {
      const changed = (): void => watching.figures(portfolio);
      const portfolio: Portfolio = new Portfolio(strategy, given, { now, wallClock, changed });
      disposables.push(portfolio);
      return portfolio;
    },
    connection: (given) => {
      const connection = new VenueConnection(given, { now, wallClock });
      disposables.push(connection);
      return connection;
    },
    onTick: (venue, receivedAtMs) => existing(ticks, venue, () => tickTimer({ venue, strategy }, now))(receivedAtMs),
    rateLimit: ({ venue, limit, used, allowed }) => rateLimitUsed(venue, limit, used / allowed),
    halt: (reason) => risk.set("halted", reason),
    reduce: (reason) => risk.set("reducing", reason),
    resume: () => risk.set("active"),
    breach: (rule) => risk.breach(rule),
    setTracerProvider: tracing.setTracerProvider,
    [Symbol.dispose]: () => {
      for (const one of disposables.splice(0)) one[Symbol.dispose]();
    },
  };
}

function existing<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) {
    found = make();
    map.set(key, found);
  }
  return found;
}

const optionNames: readonly string[] = [
  "strategy",
  "symbols",
  "maxOpenOrders",
  "traces",
  "segmentAfterMs",
  "logs",
  "interventions",
  "dryRun",
  "onIntervention",
  "now",
  "wallClock",
] satisfies readonly (keyof TradingOptions)[];

/** @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
export function checkTradingOptions(options: TradingOptions): void {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw badOption(name, `is not an option; there are ${optionNames.join(", ")}`);
  }
  const { strategy, maxOpenOrders, segmentAfterMs, logs } = options;
  if (strategy !== undefined && (typeof strategy !== "string" || strategy === "")) {
    throw badOption("strategy", `is ${JSON.stringify(strategy)}; give a name, such as "grid-1"`);
  }
  if (maxOpenOrders !== undefined && !(Number.isSafeInteger(maxOpenOrders) && maxOpenOrders > 0)) {
    throw badOption("maxOpenOrders", `is ${String(maxOpenOrders)}; give a whole number above 0`);
  }
  if (segmentAfterMs !== undefined && !(segmentAfterMs > 0)) {
    throw badOption("segmentAfterMs", `is ${String(segmentAfterMs)}; give milliseconds above 0`);
  }
  if (logs !== undefined && !["all", "warnings", "none"].includes(logs)) {
    throw badOption("logs", `is ${JSON.stringify(logs)}; it is "all", "warnings" or "none"`);
  }
}

function badOption(name: string, message: string): TypeError {
  return Object.assign(new TypeError(`trading.${name} ${message}`), { code: "TELLTALE_BAD_TRADING_OPTION" });
}
