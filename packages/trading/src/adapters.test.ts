/** Messages as the venues' documents have them. */
import { expect, test } from "vitest";
import { binance } from "./binance.ts";
import { bybit } from "./bybit.ts";
import { ccxt } from "./ccxt.ts";
import { coinbase } from "./coinbase.ts";
import { decimalText } from "./decimal.ts";
import { fix } from "./fix.ts";
import { kraken } from "./kraken.ts";
import { okx } from "./okx.ts";
import type { NewOrder } from "./order-terms.ts";
import { createTrading } from "./trading.ts";

let venues = 0;

/** Orders of a new venue, with one of them sent, and what was filled. */
function desk(input: Partial<NewOrder> = {}) {
  const orders = createTrading({ logs: "none", traces: false }).orders({ venue: `adapter-${venues++}` });
  const fills: string[] = [];
  orders.onFill((_, { qty, price, liquidity, fee, execId }, { reversed }) => {
    const charged = fee === undefined ? "" : ` fee ${decimalText(fee.amount)} ${fee.currency}`;
    fills.push(`${reversed ? "-" : ""}${decimalText(qty)}@${decimalText(price)} ${liquidity} ${execId}${charged}`);
  });
  const order = orders.create({ clientId: "c1", symbol: "BTC/USDT", side: "buy", qty: "1", limit: "50000", ...input });
  order.sent();
  return { orders, order, fills };
}

const soh = (text: string) => text.replaceAll("|", "\u0001");

test("FIX: acknowledged, filled in parts, replaced, and rejected to cancel too late", () => {
  const { orders, order, fills } = desk();
  const onMessage = fix(orders);
  onMessage(soh("8=FIX.4.4|35=8|37=V1|11=c1|17=X0|150=0|39=0|55=BTC/USDT|54=1|38=1|44=50000|151=1|14=0|6=0|"));
  expect([order.status, order.venueId]).toEqual(["new", "V1"]);
  const fill =
    "8=FIX.4.4|35=8|37=V1|11=c1|17=X1|150=F|39=1|31=50001.5|32=0.4|151=0.6|14=0.4|6=50001.5|851=2|12=0.02|13=3|479=USDT|60=20260102-03:04:05.678|";
  onMessage(fill);
  onMessage(fill);
  expect(order.status).toBe("partially_filled");
  onMessage("35=8|37=V1|11=c2|41=c1|17=X2|150=E|39=E|");
  expect(order.status).toBe("pending_replace");
  onMessage("35=8|37=V1|11=c2|41=c1|17=X3|150=5|39=1|38=0.9|44=50010|");
  expect([order.status, order.clientId, decimalText(order.qty!)]).toEqual(["partially_filled", "c2", "0.9"]);
  onMessage("35=8|37=V1|11=c3|41=c2|17=X4|150=6|39=6|");
  expect(order.status).toBe("pending_cancel");
  onMessage({ 35: "8", 37: "V1", 11: "c2", 17: "X5", 150: "F", 39: "2", 31: "50000", 32: "0.5", 14: "0.9", 151: "0" });
  onMessage("35=9|37=V1|11=c3|41=c2|39=2|434=1|102=0|58=Too late to cancel|");
  expect(order.status).toBe("filled");
  expect(fills).toEqual(["0.4@50001.5 taker X1 fee 0.02 USDT", "0.5@50000 unknown X5"]);
});

test("FIX: the trades of 4.2, a bust, a correction, an expiry", () => {
  const { orders, order, fills } = desk();
  const onMessage = fix(orders);
  onMessage("35=8|37=V1|11=c1|17=A|150=1|39=1|31=10|32=0.1|");
  onMessage("35=8|37=V1|11=c1|17=B|150=H|19=A|39=0|");
  onMessage("35=8|37=V1|11=c1|17=C|150=F|39=1|31=10|32=0.1|");
  onMessage("35=8|37=V1|11=c1|17=D|150=G|19=C|39=1|31=11|32=0.1|");
  onMessage("35=8|37=V1|11=c1|17=E|150=I|39=1|");
  onMessage("35=8|37=V1|11=c1|17=F|150=C|39=C|");
  expect(order.status).toBe("expired");
  expect(fills.map((one) => one.split(" ")[0])).toEqual(["0.1@10", "-0.1@10", "0.1@10", "-0.1@10", "0.1@11"]);
});

test("FIX: an order is rejected before it has a venue's id", () => {
  const { orders, order } = desk();
  fix(orders)(
    new Map<number, unknown>([
      [35, "8"],
      [37, "NONE"],
      [11, "c1"],
      [17, "R"],
      [150, "8"],
      [39, "8"],
      [103, 3],
    ]),
  );
  expect([order.status, order.venueId]).toEqual(["rejected", undefined]);
});

test("ccxt: sums of orders are fills, and repeated snapshots change nothing", () => {
  const { orders, order, fills } = desk();
  const adapter = ccxt(orders);
  const open = {
    id: "V1",
    clientOrderId: "c1",
    symbol: "BTC/USDT",
    side: "buy",
    type: "limit",
    amount: 1,
    price: 50_000,
  };
  adapter.order({ ...open, status: "open", filled: 0 });
  adapter.order({ ...open, status: "open", filled: 0.4, average: 50_000 });
  adapter.order({ ...open, status: "open", filled: 0.4, average: 50_000 });
  expect(order.status).toBe("partially_filled");
  adapter.order({ id: "V1", status: "closed", filled: 1, amount: 1, average: 49_400 });
  expect(order.status).toBe("filled");
  expect(fills.map((one) => one.split(" ")[0])).toEqual(["0.4@50000.000000000000", "0.6@49000.000000000000"]);
});

test("ccxt: trades are known by their id and found by the order's", () => {
  const { orders, order, fills } = desk();
  const adapter = ccxt(orders, { fills: "trades" });
  adapter.order({ id: "V1", clientOrderId: "c1", status: "open", filled: 0.4, average: 50_000, amount: 1 });
  const trade = {
    id: "T1",
    order: "V1",
    price: 50_000,
    amount: 1,
    takerOrMaker: "maker",
    fee: { cost: -0.5, currency: "USDT" },
  };
  adapter.trade(trade);
  adapter.trade(trade);
  expect(order.status).toBe("filled");
  expect(fills).toEqual(["1@50000 maker T1 fee -0.5 USDT"]);
});

// https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#order-update
const executionReport = {
  e: "executionReport",
  E: 1499405658658,
  s: "BTCUSDT",
  c: "c1",
  S: "BUY",
  o: "LIMIT",
  f: "GTC",
  q: "1.00000000",
  p: "50000.00000000",
  P: "0.00000000",
  F: "0.00000000",
  g: -1,
  C: "",
  x: "NEW",
  X: "NEW",
  r: "NONE",
  i: 4293153,
  l: "0.00000000",
  z: "0.00000000",
  L: "0.00000000",
  n: "0",
  N: null,
  T: 1499405658657,
  t: -1,
  I: 8641984,
  w: true,
  m: false,
  M: false,
  O: 1499405658657,
  Z: "0.00000000",
  Y: "0.00000000",
  Q: "0.00000000",
};

test("Binance spot: new, trade, cancel under the cancel request's id", () => {
  const { orders, order, fills } = desk();
  const onMessage = binance(orders);
  onMessage(executionReport);
  expect([order.status, order.venueId]).toEqual(["new", "4293153"]);
  onMessage({
    ...executionReport,
    x: "TRADE",
    X: "PARTIALLY_FILLED",
    l: "0.4",
    L: "50001.5",
    n: "0.0004",
    N: "BTC",
    t: 7,
    m: true,
  });
  onMessage({
    subscriptionId: 0,
    event: { ...executionReport, c: "web_cancel", C: "c1", x: "CANCELED", X: "CANCELED" },
  });
  expect(order.status).toBe("canceled");
  expect(fills).toEqual(["0.4@50001.5 maker BTCUSDT:7 fee 0.0004 BTC"]);
});

test("Binance futures: a trade in `o`, and an expiry", () => {
  const { orders, order, fills } = desk();
  const onMessage = binance(orders);
  const o = {
    s: "BTCUSDT",
    c: "c1",
    S: "BUY",
    o: "MARKET",
    q: "1",
    p: "0",
    x: "NEW",
    X: "NEW",
    i: 8886774,
    T: 1568879465650,
  };
  onMessage({ e: "ORDER_TRADE_UPDATE", E: 1568879465651, T: 1568879465650, o });
  onMessage({
    e: "ORDER_TRADE_UPDATE",
    o: { ...o, x: "TRADE", l: "0.25", L: "50000", n: "0.1", N: "USDT", t: 9, m: false },
  });
  onMessage({ e: "ORDER_TRADE_UPDATE", o: { ...o, x: "EXPIRED", X: "EXPIRED" } });
  expect(order.status).toBe("expired");
  expect(fills).toEqual(["0.25@50000 taker BTCUSDT:9 fee 0.1 USDT"]);
});

test("Bybit: states from `order`, fills from `execution`, funding ignored", () => {
  const { orders, order, fills } = desk();
  const onMessage = bybit(orders);
  const data = {
    category: "linear",
    symbol: "BTCUSDT",
    orderId: "b-1",
    orderLinkId: "c1",
    side: "Buy",
    orderType: "Limit",
  };
  onMessage({
    topic: "order",
    data: [{ ...data, orderStatus: "New", price: "50000", qty: "1", rejectReason: "EC_NoError" }],
  });
  expect([order.status, order.venueId]).toEqual(["new", "b-1"]);
  const execution = {
    ...data,
    execId: "e1",
    execPrice: "50000",
    execQty: "1",
    execType: "Trade",
    execFee: "27.5",
    isMaker: false,
    execTime: "1672364174443",
  };
  onMessage({ topic: "execution.linear", data: [{ ...execution, execType: "Funding" }, execution, execution] });
  onMessage({ topic: "order", data: [{ ...data, orderStatus: "Filled" }] });
  expect(order.status).toBe("filled");
  expect(fills).toEqual(["1@50000 taker e1 fee 27.5 USDT"]);
});

test("OKX: a push with a trade is a fill, whose charged fee is below zero there", () => {
  const { orders, order, fills } = desk();
  const onMessage = okx(orders);
  const data = {
    instType: "SPOT",
    instId: "BTC-USDT",
    ordId: "312269865356374016",
    clOrdId: "c1",
    px: "50000",
    sz: "1",
    ordType: "limit",
    side: "buy",
    fillSz: "0",
    tradeId: "",
    state: "live",
  };
  onMessage({ arg: { channel: "orders", uid: "1" }, data: [data] });
  expect(order.status).toBe("new");
  const fill = {
    ...data,
    state: "partially_filled",
    fillSz: "0.4",
    fillPx: "50000",
    tradeId: "42",
    fillTime: "1597026383085",
    fillFee: "-0.02",
    fillFeeCcy: "USDT",
    execType: "T",
  };
  onMessage({ arg: { channel: "orders" }, data: [fill, { ...data, state: "canceled", cancelSource: "1" }] });
  expect(order.status).toBe("canceled");
  expect(fills).toEqual(["0.4@50000 taker BTC-USDT:42 fee 0.02 USDT"]);
});

test("Kraken: trades, then filled", () => {
  const { orders, order, fills } = desk();
  const onMessage = kraken(orders);
  const data = {
    order_id: "OK4GJX-KSTLS-7DZZO5",
    cl_ord_id: "c1",
    symbol: "BTC/USD",
    side: "buy",
    order_type: "limit",
    order_qty: 1,
    limit_price: 50_000,
  };
  onMessage({ channel: "executions", type: "update", data: [{ ...data, exec_type: "pending_new" }] });
  onMessage({
    channel: "executions",
    type: "update",
    data: [{ order_id: data.order_id, cl_ord_id: "c1", exec_type: "new" }],
  });
  const trade = {
    order_id: data.order_id,
    exec_type: "trade",
    exec_id: "TFWHQ6",
    last_qty: 1,
    last_price: 49_999.9,
    liquidity_ind: "m",
    fees: [{ asset: "USD", qty: 79.99 }],
    timestamp: "2023-09-22T10:33:05.709950Z",
  };
  onMessage({ channel: "executions", type: "update", data: [trade] });
  onMessage({
    channel: "executions",
    type: "update",
    data: [{ order_id: data.order_id, exec_type: "filled", cum_qty: 1, avg_price: 49_999.9 }],
  });
  expect(order.status).toBe("filled");
  expect(fills).toEqual(["1@49999.9 maker TFWHQ6 fee 79.99 USD"]);
});

test("Coinbase: what has come to the sums is a fill", () => {
  const { orders, order, fills } = desk();
  const onMessage = coinbase(orders);
  const update = (status: string, cumulative: string, leaves: string, average: string) =>
    onMessage({
      channel: "user",
      events: [
        {
          type: "update",
          orders: [
            {
              order_id: "cb-1",
              client_order_id: "c1",
              product_id: "BTC-USD",
              order_side: "BUY",
              order_type: "Limit",
              status,
              cumulative_quantity: cumulative,
              leaves_quantity: leaves,
              avg_price: average,
            },
          ],
        },
      ],
    });
  update("PENDING", "0", "1", "0");
  update("OPEN", "0", "1", "0");
  update("OPEN", "0.25", "0.75", "50000");
  update("OPEN", "0.25", "0.75", "50000");
  update("FILLED", "1", "0", "50000");
  expect(order.status).toBe("filled");
  expect(fills.map((one) => Number(one.split("@")[0]))).toEqual([0.25, 0.75]);
});

test.each([
  ["fix", fix],
  ["binance", binance],
  ["bybit", bybit],
  ["okx", okx],
  ["kraken", kraken],
  ["coinbase", coinbase],
] as const)("%s: what is no message of an order changes nothing and throws nothing", (_, adapter) => {
  const { orders, order, fills } = desk();
  const onMessage = adapter(orders) as (message: Readonly<Record<string, unknown>>) => void;
  for (const message of [
    {},
    { e: "balanceUpdate" },
    { topic: "wallet", data: [{}] },
    { arg: null, data: 1 },
    { channel: "user" },
    { channel: "executions", data: [{}] },
    { channel: "heartbeats", events: [{}] },
    { 35: "A" },
  ]) {
    onMessage(message);
  }
  expect(order.status).toBe("pending_new");
  expect(fills).toEqual([]);
});
