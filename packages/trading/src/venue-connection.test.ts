import { type Instrument, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { backOffMs } from "./back-off.ts";
import { createTrading } from "./trading.ts";

let channels = 0;

function line() {
  const clock = { ms: 0, wallMs: 1_700_000_000_000 };
  const trading = createTrading({ now: () => clock.ms, wallClock: () => clock.wallMs });
  const channel = `channel-${channels++}`;
  const connection = trading.connection({ venue: "paper", channel });
  const series = (name: string) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument.series().filter(({ attributes }) => attributes["trading.channel"] === channel);
  };
  const values = (name: string, key: string) =>
    Object.fromEntries(series(name).map((one) => [String(one.attributes[key]), one.total()]));
  return { clock, connection, series, values };
}

test("a silent connection is degraded after ten seconds and counts as disconnected after thirty", () => {
  const { clock, connection, values } = line();
  expect(connection.state).toBe("disconnected");
  connection.connecting();
  expect(connection.state).toBe("connecting");
  connection.connected();
  connection.message({ symbol: "BTC/USDT" });
  clock.ms = 9_999;
  expect(connection.state).toBe("connected");
  clock.ms = 10_000;
  expect(connection.state).toBe("degraded");
  clock.ms = 31_000;
  const status = values("trading.connection.status", "trading.connection.state");
  expect(status).toEqual({ connected: 0, connecting: 0, degraded: 0, disconnected: 1 });
  expect(values("trading.market_data.staleness", "trading.symbol")).toEqual({ "BTC/USDT": 31 });
  connection.message({ symbol: "BTC/USDT" });
  expect(connection.state).toBe("connected");
  expect(connection.downtimeMs).toBe(1_000);
});

test("staleness is of open connections, and begins anew with each of them", () => {
  const { clock, connection, values } = line();
  const staleness = () => values("trading.market_data.staleness", "trading.symbol");
  connection.connecting();
  connection.connected();
  connection.message({ symbol: "BTC/USDT" });
  clock.ms = 5_000;
  expect(staleness()).toEqual({ "BTC/USDT": 5 });
  connection.disconnected({ code: 1006 });
  clock.ms = 300_000;
  expect(staleness()).toEqual({});
  connection.connecting();
  connection.connected();
  clock.ms = 302_000;
  expect(staleness()).toEqual({ "BTC/USDT": 2 });
});

test("downtime is what lies between connections, and the reconnect has the reason of the loss", () => {
  const { clock, connection, values } = line();
  connection.connecting();
  clock.ms = 200;
  connection.connected();
  clock.ms = 1_000;
  connection.disconnected({ code: 1012 });
  clock.ms = 3_000;
  connection.connecting();
  connection.disconnected({ code: 1006 });
  connection.connecting();
  clock.ms = 4_000;
  connection.connected();
  expect(connection.downtimeMs).toBe(3_200);
  expect(values("trading.connection.reconnects", "trading.reason")).toEqual({ maintenance: 1 });
  expect(values("trading.connection.downtime", "trading.channel")).toEqual({ [connection.channel]: 3.2 });
});

test("numbers that are missing in a symbol's sequence are a gap, once", () => {
  const { connection, values } = line();
  connection.connecting();
  connection.connected();
  const gaps = [
    connection.message({ symbol: "A", seq: 1 }),
    connection.message({ symbol: "A", seq: 2 }),
    connection.message({ symbol: "B", seq: 50 }),
    connection.message({ symbol: "A", seq: 5 }),
    connection.message({ symbol: "A", seq: 5 }),
    connection.message({ symbol: "A", seq: 3 }),
    connection.message({ symbol: "A", firstSeq: 6, seq: 9 }),
    connection.message({ symbol: "A", firstSeq: 11, seq: 12 }),
    connection.message({ symbol: "A", seq: Number.NaN }),
  ];
  expect(gaps).toEqual([false, false, false, true, false, false, false, true, false]);
  expect(Object.values(values("trading.market_data.gaps", "trading.channel"))).toEqual([2]);
});

test("latency is corrected by the clock's offset, and one below zero is an error of the clock", () => {
  const { clock, connection, series } = line();
  connection.connecting();
  connection.connected();
  connection.message({ eventTime: clock.wallMs - 25 });
  connection.clockOffset(50);
  connection.message({ eventTime: clock.wallMs + 20 });
  connection.message({ eventTime: clock.wallMs + 100 });
  expect(series("trading.market_data.latency")[0]?.total()).toMatchObject({ count: 2, sum: 0.055 });
});

test("the second half of a wait is by chance, and no wait is longer than the longest", () => {
  const waits = (random: number) => [0, 1, 2, 20].map((attempt) => backOffMs(attempt, { random: () => random }));
  expect(waits(0)).toEqual([250, 500, 1_000, 15_000]);
  expect(waits(1)).toEqual([500, 1_000, 2_000, 30_000]);
});

test("thresholds that contradict each other are refused", () => {
  const options = { venue: "v", channel: "c", staleAfterMs: 10, deadAfterMs: 5 };
  expect(() => createTrading().connection(options)).toThrow("connection.staleAfterMs");
});
