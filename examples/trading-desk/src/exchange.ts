// The second service: it fills orders at a moving price or rejects them, after a while that varies.
import { setTimeout as wait } from "node:timers/promises";
import { withSpan } from "@telltale/tracing";
import express from "express";
import { WebSocketServer } from "ws";
import { listedPrices, type OrderRequest } from "./order.ts";
import type { Outcome } from "./order-store.ts";
import { portsFrom } from "./ports.ts";
import { announceReady, explainListenError, failToStart, stopWhenAsked } from "./supervised.ts";
import { telemetry } from "./telemetry.ts";

/** What `POST /fault` switches on, to give the traces, metrics and logs something to show. */
interface Fault {
  /** Added to the time of each execution. */
  readonly latencyMs: number;
  /** Share of executions answered with status 500, from 0 to 1. */
  readonly errorRate: number;
}

const noFault: Fault = { latencyMs: 0, errorRate: 0 };
const DEFAULT_FAULT_SECONDS = 30;
const PRICE_INTERVAL_MS = 1_000;

const { exchange: port } = portsFrom(process.env);
const logger = telemetry.logger("exchange");
const prices = new Map(Object.entries(listedPrices));
let fault = noFault;
let faultEnds: NodeJS.Timeout | undefined;

const application = express().disable("x-powered-by");
application.use(express.json());

application.post("/executions", async (request, response) => {
  const order = request.body as OrderRequest;
  await wait(executionMs() + fault.latencyMs);
  if (Math.random() < fault.errorRate) {
    logger.error({ symbol: order.symbol }, "matching engine is down");
    response.status(500).json({ error: "matching engine is down" });
    return;
  }
  const attributes = { "order.symbol": order.symbol, "order.side": order.side };
  const outcome = withSpan("match order", { attributes }, () => match(order));
  logger.info({ symbol: order.symbol, side: order.side, ...outcome }, `order ${outcome.status}`);
  response.json(outcome);
});

application.post("/fault", (request, response) => {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const latencyMs = Math.min(10_000, Math.max(0, Number(body["latencyMs"] ?? 0) || 0));
  const errorRate = Math.min(1, Math.max(0, Number(body["errorRate"] ?? 0) || 0));
  const seconds = Math.min(600, Math.max(1, Number(body["seconds"]) || DEFAULT_FAULT_SECONDS));
  fault = { latencyMs, errorRate };
  clearTimeout(faultEnds);
  faultEnds = setTimeout(() => {
    fault = noFault;
    logger.warn("fault ends");
  }, seconds * 1000).unref();
  logger.warn({ ...fault, seconds }, "fault begins");
  response.json({ ...fault, seconds });
});

const server = application.listen(port, "127.0.0.1", (error?: Error) => {
  if (error === undefined) announceReady();
  else void failToStart(explainListenError(error, { port, variable: "EXCHANGE_PORT" }));
});

// What the desk watches: every price once a second, to whoever is connected.
const feed = new WebSocketServer({ server, path: "/prices" });
setInterval(() => {
  for (const symbol of prices.keys()) {
    const message = JSON.stringify({ symbol, price: prices.get(symbol), atMs: Date.now() });
    for (const client of feed.clients) client.send(message);
  }
}, PRICE_INTERVAL_MS).unref();

stopWhenAsked(async () => {
  for (const client of feed.clients) client.terminate();
  server.close();
  server.closeIdleConnections();
  await telemetry.shutdown();
});

/** Mostly 5 to 15 ms, with a tail: the product of two uniform numbers is small far more often than large. */
function executionMs(): number {
  return 4 + 60 * Math.random() * Math.random() * Math.random();
}

function match(order: OrderRequest): Outcome {
  const price = movedPrice(order.symbol);
  const acceptable = order.side === "buy" ? order.limitPrice >= price : order.limitPrice <= price;
  if (acceptable) return { status: "filled", price };
  return { status: "rejected", reason: `the limit of ${order.limitPrice} is worse than the market at ${price}` };
}

/** A random walk that is pulled back to where it started. */
function movedPrice(symbol: string): number {
  const start = listedPrices[symbol] ?? 100;
  const current = prices.get(symbol) ?? start;
  const step = 0.002 * current * (Math.random() - 0.5) + 0.02 * (start - current);
  const next = Math.max(0.01, Math.round((current + step) * 100) / 100);
  prices.set(symbol, next);
  return next;
}
