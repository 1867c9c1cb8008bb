import type { Order } from "./order.ts";
import type { Outcome } from "./order-store.ts";

const TIMEOUT_MS = 2_000;

/** Sends an order to the exchange and waits for its answer. An exchange that is down, slow or broken fails the order. */
export async function sendToExchange(exchangeUrl: string, order: Order): Promise<Outcome> {
  try {
    const response = await fetch(new URL("/executions", exchangeUrl), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        symbol: order.symbol,
        side: order.side,
        quantity: order.quantity,
        limitPrice: order.limitPrice,
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as Outcome;
    await response.body?.cancel();
    return { status: "failed", reason: `the exchange answered ${response.status}` };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return {
      status: "failed",
      reason: timedOut ? `the exchange gave no answer in ${TIMEOUT_MS} ms` : "the exchange cannot be reached",
    };
  }
}
