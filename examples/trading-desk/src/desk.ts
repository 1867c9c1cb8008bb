// The service to look at: Express 5 in front of PostgreSQL, with an exchange behind it.
import { randomUUID } from "node:crypto";
import { tcpCheck } from "@telltale/runtime";
import { currentTraceId } from "@telltale/tracing";
import express, { type NextFunction, type Request, type Response } from "express";
import { countOrder } from "./desk-metrics.ts";
import { sendToExchange } from "./exchange-client.ts";
import { type Order, type OrderRequest, parseOrder } from "./order.ts";
import { openOrderCache } from "./order-cache.ts";
import { openOrderStore } from "./order-store.ts";
import { portsFrom } from "./ports.ts";
import { openPriceFeed } from "./price-feed.ts";
import { announceReady, explainListenError, failToStart, stopWhenAsked } from "./supervised.ts";
import { telemetry } from "./telemetry.ts";

const { desk: port, exchange: exchangePort } = portsFrom(process.env);
const exchangeUrl = process.env["EXCHANGE_URL"] ?? `http://127.0.0.1:${exchangePort}`;
const logger = telemetry.logger("desk");

const databaseUrl = process.env["DATABASE_URL"] ?? "postgresql://postgres:postgres@127.0.0.1:5432/postgres";
const store = await openOrderStore({
  connectionString: databaseUrl,
  poolSize: Number(process.env["DATABASE_POOL_SIZE"] ?? 10),
}).catch((error: NodeJS.ErrnoException) =>
  failToStart(`DATABASE_URL names ${addressIn(databaseUrl)}, which cannot be used: ${error.message || error.code}`),
);
const cache = await openOrderCache({
  url: process.env["REDIS_URL"],
  onError: (error) => logger.warn({ error: error.message }, "cache is unreachable"),
});

// /livez, /readyz and /healthz are on the metrics port; without the database no order can be taken.
telemetry.health.register("database", () => store.ping());
const { hostname, port: exchangePortInUse } = new URL(exchangeUrl);
telemetry.health.register("exchange", tcpCheck({ host: hostname, port: Number(exchangePortInUse) }), {
  critical: false,
});

const feed = openPriceFeed(exchangeUrl);

const application = express().disable("x-powered-by");
application.use(express.json());
application.use((_request, response, next) => {
  const traceId = currentTraceId();
  if (traceId !== undefined) response.setHeader("x-trace-id", traceId);
  next();
});

application.post("/orders", async (request, response) => {
  const parsed = parseOrder(request.body);
  if ("problems" in parsed) {
    logger.info({ problems: parsed.problems }, "order refused");
    response.status(400).json({ error: "this is not an order", problems: parsed.problems });
    return;
  }
  const order = await trade(parsed.order);
  // The order is kept either way; a failed one is the exchange's fault and must not look like success.
  response
    .status(order.status === "failed" ? 502 : 201)
    .location(`/orders/${order.id}`)
    .json(order);
});

application.get("/orders/:id", async (request, response) => {
  const { id } = request.params;
  const order = (await cache.get(id)) ?? (await store.find(id));
  if (order === undefined) response.status(404).json({ error: "there is no order with this id" });
  else response.json(order);
});

application.get("/positions", async (_request, response) => {
  response.json(await store.positions());
});

application.use((_request, response) => {
  response.status(404).json({ error: "there is POST /orders, GET /orders/:id and GET /positions" });
});

// Express knows an error handler by its four parameters.
application.use((error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
  const status = error.status ?? 500;
  if (status < 500) {
    response.status(status).json({ error: error.message });
    return;
  }
  logger.error({ err: error }, "request failed");
  response.status(status).json({ error: "the desk could not do this; its log says why" });
});

const server = application.listen(port, "127.0.0.1", (error?: Error) => {
  if (error === undefined) announceReady();
  else void failToStart(explainListenError(error, { port, variable: "PORT" }));
});

stopWhenAsked(async () => {
  feed.close();
  server.close();
  server.closeIdleConnections();
  await Promise.allSettled([cache.close(), store.close()]);
  await telemetry.shutdown();
});

async function trade(request: OrderRequest): Promise<Order> {
  const startedAt = performance.now();
  const placed = await store.insert({ ...request, id: randomUUID() });
  const outcome = await sendToExchange(exchangeUrl, placed);
  const order = await store.settle(placed.id, outcome);
  await cache.put(order);
  countOrder(order, performance.now() - startedAt);
  const { id, symbol, side, quantity, price, reason } = order;
  if (order.status === "failed") logger.error({ id, symbol, reason }, "order failed");
  else logger.info({ id, symbol, side, quantity, price, reason }, `order ${order.status}`);
  return order;
}

/** Host and database of a URL, without the password. */
function addressIn(url: string): string {
  return URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : "no URL";
}
