import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText } from "./decimal.ts";
import type { Order } from "./order.ts";
import type { Orders } from "./orders.ts";
import { createTrading } from "./trading.ts";

let venues = 0;

/** Orders of a venue that no other test has, on a clock that the test moves. */
function desk(options: { readonly maxOpenOrders?: number; readonly symbols?: readonly string[] } = {}) {
  const clock = { ms: 1_000 };
  const orders = createTrading({ strategy: "grid-1", now: () => clock.ms, logs: "none", ...options }).orders({
    venue: `venue-${venues++}`,
  });
  return { clock, orders, sum: (name: string, match: Matching = {}) => sumOf(orders, name, match) };
}

type Matching = Readonly<Record<string, string>>;

function seriesOf(orders: Orders, name: string, match: Matching) {
  const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
  return instrument
    .series()
    .filter(({ attributes }) => attributes["trading.venue"] === orders.venue)
    .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
    .map((series) => series.total());
}

function sumOf(orders: Orders, name: string, match: Matching): number {
  return seriesOf(orders, name, match).reduce<number>((sum, value) => sum + (value as number), 0);
}

function histogramOf(orders: Orders, name: string, match: Matching = {}) {
  const values = seriesOf(orders, name, match) as unknown as readonly {
    readonly count: number;
    readonly sum?: number;
  }[];
  return { count: values.reduce((n, one) => n + one.count, 0), sum: values.reduce((n, one) => n + (one.sum ?? 0), 0) };
}

const buy = { symbol: "BTC/USDT", side: "buy", type: "limit", qty: "0.10", limit: "50000" } as const;

test("an order that is filled in two parts is counted once as placed and once as filled, its parts as executions", () => {
  const { orders, sum } = desk();
  const order = orders.create(buy);
  order.sent();
  order.accepted({ venueId: "7" });
  order.filled({ price: "50001.50", qty: "0.04", execId: "a", liquidity: "taker" });
  expect(order.status).toBe("partially_filled");
  expect(sum("trading.orders.active", { "trading.order.status": "partially_filled" })).toBe(1);
  order.filled({ price: "50001.50", qty: "0.06", execId: "b", liquidity: "maker" });
  expect(order.status).toBe("filled");
  expect(sum("trading.orders.active")).toBe(0);
  expect(sum("trading.orders.placed")).toBe(1);
  expect(sum("trading.orders.closed", { "trading.order.status": "filled" })).toBe(1);
  expect(sum("trading.order.executions")).toBe(2);
  expect(sum("trading.order.volume", { "trading.currency": "USDT" })).toBeCloseTo(5000.15, 9);
  expect(sum("trading.order.requests", { "trading.operation": "new", "trading.outcome": "ok" })).toBe(1);
});

test.each([
  ["ORD-001", "50000", "50001.50", "0.10", 0.3],
  ["ORD-003", "49950", "49951.00", "0.05", 0.2002],
])("slippage of %s is what the trade cost against its limit, in basis points", (_, limit, price, qty, expected) => {
  const { orders } = desk();
  const order = orders.create({ ...buy, limit, qty });
  order.sent();
  order.accepted();
  order.filled({ price, qty });
  const adverse = { "trading.benchmark": "limit", "trading.direction": "adverse" };
  expect(histogramOf(orders, "trading.order.slippage", adverse).count).toBe(1);
  expect(histogramOf(orders, "trading.order.slippage", adverse).sum).toBeCloseTo(expected, 4);
});

test("a sale above the decision price is favourable", () => {
  const { orders } = desk();
  const order = orders.create({ symbol: "ETH/USDT", side: "sell", qty: "1", decisionPrice: "3000" });
  order.sent();
  order.filled({ price: "3003", qty: "1" });
  const favourable = { "trading.benchmark": "decision", "trading.direction": "favourable" };
  expect(histogramOf(orders, "trading.order.slippage", favourable).sum).toBeCloseTo(10, 9);
});

test("each stage is timed once, and a stage that was skipped is not recorded", () => {
  const { orders, clock } = desk();
  const order = orders.create({ ...buy, decidedAtMs: 990 });
  clock.ms += 1;
  order.sent();
  clock.ms += 20;
  order.accepted();
  clock.ms += 100;
  order.filled({ price: "50000", qty: "0.05" });
  clock.ms += 200;
  order.filled({ price: "50000", qty: "0.05" });
  const stage = (name: string) => histogramOf(orders, "trading.order.stage.duration", { "trading.order.stage": name });
  expect(stage("decide")).toEqual({ count: 1, sum: 0.01 });
  expect(stage("submit")).toEqual({ count: 1, sum: 0.001 });
  expect(stage("ack")).toEqual({ count: 1, sum: 0.02 });
  expect(stage("first_fill")).toEqual({ count: 1, sum: 0.1 });
  expect(stage("fill")).toEqual({ count: 1, sum: 0.3 });
  expect(stage("total")).toEqual({ count: 1, sum: 0.321 });
  expect(stage("cancel")).toEqual({ count: 0, sum: 0 });
});

test("a clock that goes backwards is counted, not recorded", () => {
  const { orders, clock, sum } = desk();
  const order = orders.create(buy);
  order.sent();
  clock.ms -= 5;
  order.accepted();
  expect(histogramOf(orders, "trading.order.stage.duration", { "trading.order.stage": "ack" }).count).toBe(0);
  expect(sum("trading.clock.errors")).toBe(1);
});

test("a second report of one execution changes nothing and is an anomaly", () => {
  const { orders, sum } = desk();
  const order = orders.create(buy);
  order.sent();
  for (const execId of ["a", "b", "a", "b"]) order.filled({ price: 1, qty: "0.01", execId });
  expect(decimalText(order.cumQty)).toBe("0.02");
  expect(sum("trading.order.anomalies", { "trading.anomaly": "duplicate_execution" })).toBe(2);
});

test("a fill after the cancel moves the volume and not the counts", () => {
  const { orders, sum } = desk();
  const order = orders.create(buy);
  order.sent();
  order.accepted();
  order.cancelRequested();
  order.canceled();
  order.filled({ price: 50_000, qty: "0.01", execId: "late" });
  expect(order.status).toBe("canceled");
  expect(sum("trading.orders.closed")).toBe(1);
  expect(sum("trading.orders.active")).toBe(0);
  expect(sum("trading.order.volume")).toBe(500);
  expect(sum("trading.order.anomalies", { "trading.anomaly": "late_fill" })).toBe(1);
});

test("what is filled beyond the order's quantity is an overfill that counts", () => {
  const { orders, sum } = desk();
  const fills: string[] = [];
  orders.onFill((_, fill) => fills.push(decimalText(fill.qty)));
  const order = orders.create(buy);
  order.sent();
  order.filled({ price: 50_000, qty: "0.10", execId: "a" });
  order.filled({ price: 50_000, qty: "0.02", execId: "b" });
  expect(fills).toEqual(["0.10", "0.02"]);
  expect(sum("trading.order.anomalies", { "trading.anomaly": "overfill" })).toBe(1);
  expect(sum("trading.orders.closed")).toBe(1);
});

test("a cancel that came too late puts the order back where it was, or leaves it filled", () => {
  const { orders, sum } = desk();
  const resting = orders.create(buy);
  resting.sent();
  resting.accepted();
  resting.cancelRequested();
  expect(resting.status).toBe("pending_cancel");
  resting.cancelRejected("TOO_LATE_TO_CANCEL");
  expect(resting.status).toBe("new");
  resting.cancelRequested();
  resting.filled({ price: 50_000, qty: "0.10" });
  resting.cancelRejected("TOO_LATE_TO_CANCEL");
  expect(resting.status).toBe("filled");
  expect(sum("trading.order.anomalies")).toBe(0);
  expect(sum("trading.order.requests", { "trading.operation": "cancel", "error.type": "too_late" })).toBe(2);
});

test("a replaced order is found by its new id and filled by its new quantity", () => {
  const { orders } = desk();
  const order = orders.create({ ...buy, clientId: "one" });
  order.sent();
  order.accepted();
  order.replaceRequested();
  order.filled({ price: 50_000, qty: "0.05" });
  order.replaced({ qty: "0.08", limit: "50010", clientId: "two" });
  expect(order.status).toBe("partially_filled");
  expect(orders.find({ clientId: "two" })).toBe(order);
  order.filled({ price: 50_000, qty: "0.03" });
  expect(order.status).toBe("filled");
});

test("a quantity that is replaced by what is filled already ends the order", () => {
  const { orders } = desk();
  const order = orders.create(buy);
  order.sent();
  order.filled({ price: 50_000, qty: "0.05" });
  order.replaceRequested();
  order.replaced({ qty: "0.05" });
  expect(order.status).toBe("filled");
});

test.each(["filled", "rejected", "expired", "denied"] as const)("after %s nothing changes any more", (end) => {
  const { orders, sum } = desk();
  const order = orders.create(buy);
  if (end === "denied") order.denied({ rule: "max_position" });
  else {
    order.sent();
    if (end === "filled") order.filled({ price: 50_000, qty: "0.10" });
    if (end === "rejected") order.rejected({ reason: "Account has insufficient balance for requested action." });
    if (end === "expired") order.expired();
  }
  order.accepted();
  order.canceled();
  order.rejected();
  order.expired();
  expect(order.status).toBe(end);
  expect(sum("trading.orders.placed")).toBe(1);
  expect(sum("trading.orders.closed", { "trading.order.status": end })).toBe(1);
  expect(sum("trading.orders.active")).toBe(0);
  expect(sum("trading.order.anomalies", { "trading.anomaly": "invalid_transition" })).toBe(4);
});

test("a request that the venue refused rejects the order; one that timed out leaves it pending", async () => {
  const { orders, sum } = desk();
  class InsufficientFunds extends Error {}
  class RequestTimeout extends Error {}
  const refused = orders.create(buy);
  await expect(refused.submit(() => Promise.reject(new InsufficientFunds("no money")))).rejects.toThrow("no money");
  expect(refused.status).toBe("rejected");
  expect(sum("trading.orders.closed", { "error.type": "insufficient_funds" })).toBe(1);
  const unknown = orders.create(buy);
  await expect(unknown.submit(() => Promise.reject(new RequestTimeout("10 s")))).rejects.toThrow("10 s");
  expect(unknown.status).toBe("pending_new");
  expect(sum("trading.order.requests", { "trading.outcome": "error", "error.type": "timeout" })).toBe(1);
  expect(await orders.create(buy).submit(async () => 42)).toBe(42);
});

test("a bust takes back the fill, and the position with it", () => {
  const { orders } = desk();
  const position: string[] = [];
  orders.onFill((_, fill, { reversed }) => position.push(`${reversed ? "-" : "+"}${decimalText(fill.qty)}`));
  const order = orders.create(buy);
  order.sent();
  order.accepted();
  order.filled({ price: 50_000, qty: "0.01", execId: "a" });
  order.bust("a");
  expect(order.status).toBe("new");
  expect(position).toEqual(["+0.01", "-0.01"]);
});

test("beyond the bound the oldest order is closed as abandoned", () => {
  const { orders, sum } = desk({ maxOpenOrders: 3 });
  const all = Array.from({ length: 10 }, () => orders.create(buy));
  for (const order of all) order.sent();
  const more = orders.create(buy);
  more.sent();
  expect(orders.activeCount).toBe(3);
  expect(sum("trading.orders.placed")).toBe(sum("trading.orders.closed") + sum("trading.orders.active"));
});

test("values that are no numbers are dropped, and nothing is thrown", () => {
  const { orders, sum } = desk({ symbols: ["ETH/USDT"] });
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, "", "abc", null, undefined, {}, -1, "-0.1", 0]) {
    const order = orders.create({ ...buy, qty: bad as number, limit: bad as number, decisionPrice: bad as number });
    order.sent();
    order.filled({ price: 50_000, qty: bad as number });
    order.filled({ price: Number.NaN, qty: 1 });
    expect(decimalText(order.cumQty)).toBe("0");
    order.canceled();
  }
  expect(sum("trading.order.volume")).toBe(0);
  expect(sum("trading.orders.closed", { "trading.symbol": "other" })).toBe(10);
});

const events: readonly ((order: Order, n: number) => void)[] = [
  (order) => order.sent(),
  (order) => order.accepted({ venueId: "v" }),
  (order, n) => order.filled({ price: 100 + n, qty: "0.03", execId: `e${n % 5}` }),
  (order, n) => order.filled({ price: "99.99", qty: "0.01", execId: `f${n}` }),
  (order) => order.cancelRequested(),
  (order) => order.cancelRejected("too late"),
  (order) => order.canceled(),
  (order) => order.rejected({ reason: "LOT_SIZE" }),
  (order) => order.denied({ rule: "size" }),
  (order) => order.expired(),
  (order) => order.replaceRequested(),
  (order) => order.replaceRejected(),
  (order, n) => order.replaced({ qty: n % 2 ? "0.05" : "0.20" }),
  (order) => order.triggered(),
  (order, n) => order.bust(`e${n % 5}`),
  (order) => order.abandon(),
];

test("any sequence of events leaves placed = closed + active, and no state below zero", () => {
  const { orders, sum } = desk();
  const net = new Map<Order, number>();
  orders.onFill((order, fill, { reversed }) => {
    net.set(order, (net.get(order) ?? 0) + (reversed ? -1 : 1) * Number(decimalText(fill.qty)));
  });
  const step = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: events.length - 1 }), fc.nat({ max: 20 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const closedBefore = sum("trading.orders.closed");
      const three = [buy, { ...buy, side: "sell" }, { ...buy, type: "ioc" }].map((order) => orders.create(order));
      for (const [which, event, n] of steps) {
        events[event]!(three[which]!, n);
        for (const status of ["pending_new", "new", "partially_filled", "pending_cancel", "pending_replace"]) {
          const active = sum("trading.orders.active", { "trading.order.status": status });
          expect(active).toBe(three.filter((order) => order.status === status).length);
        }
        expect(sum("trading.orders.placed")).toBe(sum("trading.orders.closed") + sum("trading.orders.active"));
      }
      expect(sum("trading.orders.closed") - closedBefore).toBe(three.filter((order) => order.isClosed).length);
      for (const order of three) {
        expect(net.get(order) ?? 0).toBeCloseTo(Number(decimalText(order.cumQty)), 9);
        order.abandon();
      }
    }),
  );
});

test("an order of before a restart goes on where the venue has it, and has no slippage, since its first fills are unknown", () => {
  const { orders, sum } = desk();
  const terms = { symbol: "BTC/USDT", side: "buy", qty: "1", limit: "50000" } as const;
  const order = orders.resume({ ...terms, clientId: "before", venueId: "v-7", cumQty: "0.4" });
  expect(order.status).toBe("partially_filled");
  expect(orders.find({ venueId: "v-7" })).toBe(order);
  order.filled({ price: "49990", qty: "0.6", execId: "e2" });
  expect([order.status, decimalText(order.cumQty)]).toEqual(["filled", "1.0"]);
  expect(order.slippage).toBeUndefined();
  expect(histogramOf(orders, "trading.order.slippage").count).toBe(0);
  expect(sum("trading.order.volume")).toBeCloseTo(29_994, 6);
  expect(orders.resume({ ...terms, venueId: "v-8" }).status).toBe("new");
  expect(sum("trading.orders.placed")).toBe(sum("trading.orders.closed") + sum("trading.orders.active"));
});

test("an order says how long its acknowledgement took, and its slippage against the first price that is known", () => {
  const { clock, orders } = desk();
  const order = orders.create({ symbol: "BTC/USDT", side: "sell", qty: 1, limit: "49990", decisionPrice: "50000" });
  expect([order.ackMs, order.slippage]).toEqual([undefined, undefined]);
  order.sent();
  clock.ms += 35;
  order.accepted();
  order.filled({ price: "49995", qty: 1 });
  expect(order.ackMs).toBe(35);
  expect(order.slippage).toBeCloseTo(1, 9);
});
