/** The instruments of connections that are asked for at each collection. */
import { observedCounter, observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { tradingScope as scope } from "./trading-scope.ts";
import type { ConnectionState } from "./venue-connection.ts";

/** What is read of a connection. */
export interface ObservedConnection {
  readonly venue: string;
  readonly channel: string;
  readonly state: ConnectionState;
  readonly downtimeMs: number;
  readonly clockOffsetMs: number | undefined;
  ages(): Iterable<readonly [symbol: string | undefined, ageMs: number]>;
}

const STATES: readonly ConnectionState[] = ["connected", "connecting", "degraded", "disconnected"];
const connections = new Set<ObservedConnection>();
const rateLimits = new Map<string, { readonly venue: string; readonly limit: string; readonly share: number }>();
const MAX_RATE_LIMITS = 1_000;

/** Observes a connection until the function that it gives is called. */
export function observeConnection(connection: ObservedConnection): () => void {
  connections.add(connection);
  return () => connections.delete(connection);
}

/** How much of a venue's limit is used: 0.5 is half of it. */
export function rateLimitUsed(venue: string, limit: string, share: number): void {
  const key = `${venue}\n${limit}`;
  if (Number.isFinite(share) && share >= 0 && (rateLimits.has(key) || rateLimits.size < MAX_RATE_LIMITS)) {
    rateLimits.set(key, { venue, limit, share });
  }
}

observedUpDownCounter({ ...catalogue.connectionStatus, scope }, (observe) => {
  for (const { venue, channel, state } of connections) {
    for (const one of STATES) {
      const attributes = { "trading.venue": venue, "trading.channel": channel, "trading.connection.state": one };
      observe(one === state ? 1 : 0, attributes);
    }
  }
});

observedCounter({ ...catalogue.connectionDowntime, scope }, (observe) => {
  for (const { venue, channel, downtimeMs } of connections) {
    observe(downtimeMs / 1_000, { "trading.venue": venue, "trading.channel": channel });
  }
});

observedGauge({ ...catalogue.marketDataStaleness, scope }, (observe) => {
  for (const connection of connections) {
    const at = { "trading.venue": connection.venue, "trading.channel": connection.channel };
    for (const [symbol, ageMs] of connection.ages()) {
      if (Number.isFinite(ageMs)) observe(ageMs / 1_000, { ...at, "trading.symbol": symbol });
    }
  }
});

observedGauge({ ...catalogue.clockOffset, scope }, (observe) => {
  for (const { venue, clockOffsetMs } of connections) {
    if (clockOffsetMs !== undefined) observe(clockOffsetMs / 1_000, { "trading.venue": venue });
  }
});

observedGauge({ ...catalogue.rateLimitUtilization, scope }, (observe) => {
  for (const { venue, limit, share } of rateLimits.values()) {
    observe(share, { "trading.venue": venue, "trading.limit": limit });
  }
});
