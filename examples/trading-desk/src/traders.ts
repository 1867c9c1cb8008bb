// Trades by itself, a few orders a second, so that there is something to see. Not observed: it stands for the world outside.
import { setTimeout as wait } from "node:timers/promises";
import { listedPrices, type Order } from "./order.ts";
import { orderRateFrom } from "./order-rate.ts";
import { portsFrom } from "./ports.ts";
import { announceReady, stopWhenAsked } from "./supervised.ts";

/** What `start.ts` is told of every order. */
export interface TradeReport {
  readonly type: "trade";
  readonly status: Order["status"];
  readonly durationMs: number;
}

const ordersPerSecond = orderRateFrom(process.env);
const TRADERS = ["ann", "bob", "cho", "dia"];

const deskUrl = `http://127.0.0.1:${portsFrom(process.env).desk}`;
const symbols = Object.keys(listedPrices);
let lastId: string | undefined;

stopWhenAsked(async () => {});
announceReady();
for (;;) {
  // Poisson arrivals: real clients do not take turns.
  await wait((-Math.log(1 - Math.random()) / ordersPerSecond) * 1000);
  void placeOrder();
  if (Math.random() < 0.25) void read("/positions");
  if (Math.random() < 0.25 && lastId !== undefined) void read(`/orders/${lastId}`);
}

async function placeOrder(): Promise<void> {
  const startedAt = performance.now();
  const order = await send("/orders", { method: "POST", body: JSON.stringify(randomOrder()) });
  if (order?.id !== undefined) lastId = order.id;
  report({ type: "trade", status: order?.status ?? "failed", durationMs: performance.now() - startedAt });
}

async function read(path: string): Promise<void> {
  await send(path, { method: "GET" });
}

async function send(path: string, options: RequestInit): Promise<Order | undefined> {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${deskUrl}${path}`, { ...options, headers, signal: AbortSignal.timeout(10_000) });
    return (await response.json()) as Order;
  } catch {
    return undefined;
  }
}

function randomOrder(): object {
  const symbol = pick(symbols);
  const side = pick(["buy", "sell"] as const);
  // About one in eight has a limit that the market does not meet.
  const generosity = Math.random() < 0.12 ? -0.1 : 0.1;
  const limit = (listedPrices[symbol] ?? 100) * (side === "buy" ? 1 + generosity : 1 - generosity);
  const quantity = 1 + Math.floor(Math.random() * 100);
  return { symbol, side, quantity, limitPrice: Math.round(limit * 100) / 100, trader: pick(TRADERS) };
}

function report(trade: TradeReport): void {
  if (process.connected) process.send?.(trade);
}

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}
