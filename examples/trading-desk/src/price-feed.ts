import { createTrading, type ReconnectingSocket, reconnectingSocket } from "@telltale/trading";

/**
 * The prices of the exchange, over a connection that comes back by itself. @telltale/trading tells how it is:
 * `trading_connection_status`, `trading_market_data_staleness_seconds` and the others, which the alert rules ask for.
 */
export function openPriceFeed(exchangeUrl: string): ReconnectingSocket {
  const connection = createTrading().connection({ venue: "exchange", channel: "prices" });
  const url = new URL("/prices", exchangeUrl.replace(/^http/, "ws")).href;
  return reconnectingSocket(connection, {
    url,
    // Venues of the world outside would mind one attempt a second.
    backOff: { initialMs: 250, maxMs: 1_000 },
    onMessage(data) {
      const { symbol, atMs } = JSON.parse(String(data)) as { readonly symbol: string; readonly atMs: number };
      return { symbol, eventTime: atMs };
    },
  });
}
