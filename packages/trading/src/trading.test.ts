import { type Instrument, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import type { Intervention, InterventionRule } from "./interventions.ts";
import { createTrading, type TradingOptions } from "./trading.ts";

let strategies = 0;

function desk(options: TradingOptions = {}) {
  const strategy = `risk-${strategies++}`;
  const trading = createTrading({ strategy, logs: "none", ...options });
  const values = (name: string, key: string) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    const own = instrument.series().filter(({ attributes }) => attributes["trading.strategy"] === strategy);
    return Object.fromEntries(own.map((one) => [String(one.attributes[key]), one.total()]));
  };
  return { trading, values };
}

test("the trading state is one of three", () => {
  const { trading, values } = desk();
  expect(values("trading.state", "trading.state")).toEqual({ active: 1, reducing: 0, halted: 0 });
  trading.halt("daily loss");
  expect(trading.state).toBe("halted");
  expect(values("trading.state", "trading.state")).toEqual({ active: 0, reducing: 0, halted: 1 });
  trading.resume();
  trading.reduce();
  expect(trading.state).toBe("reducing");
});

const overfills: InterventionRule = { name: "overfills", on: "overfill", atLeast: 2, action: "halt" };
const losing: InterventionRule = { name: "losing", on: "day_loss", atLeast: 100, action: "reduce" };

test("an intervention in a dry run is counted and told, and changes nothing", () => {
  const told: Intervention[] = [];
  const { trading, values } = desk({ interventions: [losing], onIntervention: (one) => told.push(one) });
  const book = trading.portfolio({ currency: "USDT" });
  for (const pnl of [-60, -60, -60, 100, -100]) book.trade({ pnl });
  expect(told).toEqual([
    { rule: "losing", action: "reduce", dryRun: true },
    { rule: "losing", action: "reduce", dryRun: true },
  ]);
  expect(trading.state).toBe("active");
  expect(values("trading.risk.breaches", "trading.rule")).toEqual({ losing: 2 });
});

test("anomalies halt trading when they are as many as the rule says, within its time", () => {
  const clock = { ms: 0 };
  const { trading } = desk({ interventions: [overfills, losing], dryRun: false, now: () => clock.ms });
  const orders = trading.orders({ venue: "risky" });
  const overfill = () => {
    const order = orders.create({ symbol: "BTC/USDT", side: "buy", qty: 1 });
    order.sent();
    order.filled({ price: 1, qty: 2 });
  };
  overfill();
  clock.ms += 61_000;
  overfill();
  expect(trading.state).toBe("active");
  clock.ms += 59_000;
  overfill();
  expect(trading.state).toBe("halted");
  trading.portfolio({ currency: "USDT" }).trade({ pnl: -500 });
  expect(trading.state).toBe("halted");
});

test("what is unusual at a venue trips a rule: acknowledgements far slower, slippage far larger than the median", () => {
  const clock = { ms: 0 };
  const told: string[] = [];
  const { trading } = desk({
    interventions: [
      { name: "slow venue", on: "unusual_ack", atLeast: 3, action: "reduce" },
      { name: "thin book", on: "unusual_slippage", atLeast: 1, zScore: 20, action: "reduce" },
    ],
    onIntervention: ({ rule, dryRun }) => told.push(`${rule} ${dryRun}`),
    now: () => clock.ms,
    wallClock: () => clock.ms,
  });
  const orders = trading.orders({ venue: "moody" });
  const trade = (ackMs: number, price: string) => {
    const order = orders.create({ symbol: "BTC/USDT", side: "buy", qty: 1, decisionPrice: "50000" });
    order.sent();
    clock.ms += ackMs;
    order.accepted();
    order.filled({ price, qty: 1 });
  };
  for (let i = 0; i < 100; i++) trade(20 + (i % 5), "50001.50");
  expect(told).toEqual([]);
  trade(900, "50001.50");
  trade(22, "50001.50");
  trade(900, "50001.50");
  expect(told).toEqual([]);
  trade(900, "50001.50");
  expect(told).toEqual(["slow venue true"]);
  trade(22, "50200");
  expect(told).toEqual(["slow venue true", "thin book true"]);
  expect(trading.state).toBe("active");
});

test("from tick to trade is recorded once an order was sent, and only then", () => {
  const clock = { ms: 100 };
  const { trading, values } = desk({ now: () => clock.ms });
  trading.onTick("binance").decided();
  const tick = trading.onTick("binance");
  clock.ms += 0.25;
  tick.decided().sent();
  tick.sent();
  expect(values("trading.tick_to_trade.duration", "trading.venue")["binance"]).toMatchObject({
    count: 1,
    sum: 0.00025,
  });
});

test.each([
  [{ strategy: "" }, "trading.strategy"],
  [{ maxOpenOrders: 0 }, "trading.maxOpenOrders"],
  [{ segmentAfterMs: -1 }, "trading.segmentAfterMs"],
  [{ logs: "some" }, "trading.logs"],
  [{ stratgey: "a" }, "trading.stratgey"],
  [{ interventions: [{ ...overfills, atLeast: 0 }] }, "trading.interventions"],
  [{ interventions: [{ ...overfills, zScore: -1 }] }, "trading.interventions"],
])("the option in %j is refused at once", (options, path) => {
  expect(() => createTrading(options as TradingOptions)).toThrow(path);
});
