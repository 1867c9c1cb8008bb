import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { type InMemoryTelemetry, inMemoryTelemetry } from "@telltale/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTrading } from "./trading.ts";

let telemetry: InMemoryTelemetry;
beforeAll(() => {
  telemetry = inMemoryTelemetry();
});
afterEach(() => telemetry.reset());
afterAll(() => telemetry[Symbol.asyncDispose]());

const buy = { symbol: "BTC/USDT", side: "buy", type: "limit", qty: "0.10", limit: "50000", clientId: "c-1" } as const;

function desk(segmentAfterMs = 60_000) {
  const clock = { ms: 0 };
  const trading = createTrading({ strategy: "grid-1", now: () => clock.ms, segmentAfterMs, logs: "none" });
  return { clock, trading, orders: trading.orders({ venue: "paper" }) };
}

const names = () => telemetry.finishedSpans().map(({ name }) => name);

test("an order is one trace: submit, ack and work below its root, its fills as events of the work", async () => {
  const order = desk().orders.create(buy);
  await order.submit(async () => trace.getTracer("http").startSpan("POST").end());
  order.accepted({ venueId: "42" });
  order.filled({ price: "50001.50", qty: "0.04", execId: "a", liquidity: "taker" });
  order.filled({ price: "50001.50", qty: "0.06", execId: "b" });
  expect(names()).toEqual(["POST", "order submit", "order ack", "order work", "order BTC/USDT"]);
  const root = telemetry.span("order BTC/USDT");
  expect(root.parentSpanContext).toBeUndefined();
  expect(root.attributes).toMatchObject({
    "trading.order.client_id": "c-1",
    "trading.order.id": "42",
    "trading.order.qty": "0.10",
    "trading.order.limit": "50000",
    "trading.order.status": "filled",
  });
  for (const name of ["order submit", "order ack", "order work"]) {
    expect(telemetry.span(name).parentSpanContext?.spanId).toBe(root.spanContext().spanId);
  }
  expect(telemetry.span("order submit").kind).toBe(SpanKind.CLIENT);
  expect(telemetry.span("POST").parentSpanContext?.spanId).toBe(telemetry.span("order submit").spanContext().spanId);
  const { events } = telemetry.span("order work");
  expect(events.map(({ attributes }) => attributes?.["trading.exec.id"])).toEqual(["a", "b"]);
});

test("a rejection is an error with its reason, a cancel by the user and an expiry are none", () => {
  const { orders } = desk();
  for (const end of ["rejected", "canceled", "expired"] as const) {
    const order = orders.create({ ...buy, symbol: end, clientId: end });
    order.sent();
    order[end]({ reason: "Filter failure: LOT_SIZE" });
  }
  const rejected = telemetry.span("order rejected");
  expect(rejected.status).toEqual({ code: SpanStatusCode.ERROR, message: "Filter failure: LOT_SIZE" });
  expect(rejected.attributes["error.type"]).toBe("invalid_order");
  expect(telemetry.span("order canceled").status.code).toBe(SpanStatusCode.UNSET);
  expect(telemetry.span("order expired").status.code).toBe(SpanStatusCode.UNSET);
});

test("a request that fails marks the submission, and the order goes on when nobody knows", async () => {
  const order = desk().orders.create(buy);
  await expect(order.submit(() => Promise.reject(new Error("socket hang up")))).rejects.toThrow();
  expect(telemetry.span("order submit").status.code).toBe(SpanStatusCode.ERROR);
  expect(telemetry.span("order submit").attributes["error.type"]).toBe("network");
  expect(order.status).toBe("pending_new");
});

test("a signal is linked, and is a parent only when it is said to be", () => {
  const signal = trace.getTracer("strategy").startSpan("signal");
  const linked = { context: signal.spanContext(), attributes: { "link.type": "signal" } };
  const { orders } = desk();
  const one = orders.create({ ...buy, symbol: "linked", links: [linked] });
  const other = orders.create({ ...buy, symbol: "child", clientId: "c-2", parent: signal });
  context.with(trace.setSpan(context.active(), signal), () => one.denied({ rule: "size" }));
  other.denied({ rule: "size" });
  const { spanId, traceId } = signal.spanContext();
  expect(telemetry.span("order linked").links[0]?.context.spanId).toBe(spanId);
  expect(telemetry.span("order linked").spanContext().traceId).not.toBe(traceId);
  expect(telemetry.span("order child").parentSpanContext?.spanId).toBe(spanId);
});

test("an order that rests is exported in segments: traces that are linked to the first and carry its client id", async () => {
  const { orders, clock } = desk(20);
  const order = orders.create(buy);
  order.sent();
  order.accepted();
  clock.ms = 100;
  await expect.poll(names).toContain("order BTC/USDT");
  const first = telemetry.span("order BTC/USDT");
  expect(telemetry.span("order work").events.map(({ name }) => name)).toEqual(["resting"]);
  telemetry.reset();
  order.filled({ price: 50_000, qty: "0.10" });
  const second = telemetry.span("order BTC/USDT");
  expect(second.spanContext().traceId).not.toBe(first.spanContext().traceId);
  expect(second.links).toMatchObject([
    { context: { spanId: first.spanContext().spanId }, attributes: { "link.type": "continuation" } },
  ]);
  expect(telemetry.span("order work").attributes["trading.order.client_id"]).toBe("c-1");
  expect(second.attributes["trading.order.status"]).toBe("filled");
});

test("fills beyond the hundredth are summed", () => {
  const order = desk().orders.create({ ...buy, qty: 150 });
  order.sent();
  for (let i = 0; i < 150; i++) order.filled({ price: 1, qty: 1, execId: `${i}` });
  const work = telemetry.span("order work");
  expect(work.events).toHaveLength(100);
  expect(work.attributes).toMatchObject({ "trading.fills.more": 50, "trading.fills.more.qty": "50" });
});

test("a client id tells the trace that the order belongs to", () => {
  const span = trace.getTracer("strategy").startSpan("signal");
  const { orders } = desk();
  const ids = new Set(Array.from({ length: 1_000 }, () => orders.clientIdFor(span)));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(new RegExp(`^${span.spanContext().traceId}[a-z0-9]{4}$`));
});
