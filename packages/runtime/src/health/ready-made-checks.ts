import { connect } from "node:net";
import type { Host } from "../host/host.ts";
import type { ProcessMetrics } from "../process/process-metrics.ts";
import { type HealthAnswer, type HealthCheck, reasonOf } from "./health-check.ts";

/** From which value on something is degraded or unhealthy. */
export interface Limits {
  readonly degraded: number;
  readonly unhealthy: number;
}

/**
 * Compares a number with limits, such as the depth of a queue or of a spool; a number that is not there is healthy.
 * @throws TypeError with code TELLTALE_BAD_HEALTH_CHECK
 */
export function limitCheck(
  read: () => number | undefined | Promise<number | undefined>,
  { degraded, unhealthy, what = "value" }: Limits & { readonly what?: string },
): HealthCheck {
  if (!(degraded <= unhealthy)) {
    const message = `The limits of the check of "${what}" are ${degraded} and ${unhealthy}; what is degraded comes before what is unhealthy`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_HEALTH_CHECK" });
  }
  return async () => {
    const value = await read();
    if (value === undefined || !(value >= degraded)) return { state: "healthy" };
    const state = value >= unhealthy ? "unhealthy" : "degraded";
    return {
      state,
      reason: `${what} is ${rounded(value)}, ${state} from ${rounded(state === "unhealthy" ? unhealthy : degraded)}`,
    };
  };
}

/** The event loop's delay, 99th percentile of the last interval, in milliseconds. @default degraded 100, unhealthy 1000 */
export function eventLoopCheck(process_: ProcessMetrics, limits: Partial<Limits> = {}): HealthCheck {
  const delayMs = (): number | undefined => {
    const sample = process_.current();
    return sample && sample.eventLoop.p99 * 1_000;
  };
  return limitCheck(delayMs, { degraded: 100, unhealthy: 1_000, ...limits, what: "the event loop's delay in ms" });
}

/** The share of memory in use, of the cgroup or the machine. @default degraded 0.75, unhealthy 0.9 */
export function memoryCheck(host: Host, limits: Partial<Limits> = {}): HealthCheck {
  const share = (): number | undefined => {
    const memory = host.current()?.memory;
    return memory && memory.usedBytes / memory.limitBytes;
  };
  return limitCheck(share, { degraded: 0.75, unhealthy: 0.9, ...limits, what: "the share of memory in use" });
}

/** The share of space in use of the fullest file system. @default degraded 0.85, unhealthy 0.95 */
export function diskCheck(host: Host, limits: Partial<Limits> = {}): HealthCheck {
  const share = (): number | undefined => {
    const shares = (host.current()?.fileSystems ?? [])
      .filter(({ usedBytes, freeBytes }) => usedBytes + freeBytes > 0)
      .map(({ usedBytes, freeBytes }) => usedBytes / (usedBytes + freeBytes));
    return shares.length === 0 ? undefined : Math.max(...shares);
  };
  return limitCheck(share, { degraded: 0.85, unhealthy: 0.95, ...limits, what: "the share of disk space in use" });
}

/** Whether a URL answers with a status below 400, or the one that is expected. */
export function httpCheck(url: string | URL, { status }: { readonly status?: number } = {}): HealthCheck {
  const address = new URL(url);
  return async ({ signal }) => {
    const response = await fetch(address, { signal, redirect: "manual" });
    await response.body?.cancel();
    const isFine = status === undefined ? response.status < 400 : response.status === status;
    if (isFine) return { state: "healthy" };
    return {
      state: "unhealthy",
      reason: `${address.origin}${address.pathname} answered with status ${response.status}`,
    };
  };
}

/** Whether a port accepts connections. */
export function tcpCheck({ host = "127.0.0.1", port }: { readonly host?: string; readonly port: number }): HealthCheck {
  return ({ signal }) =>
    new Promise<HealthAnswer>((resolve, reject) => {
      const socket = connect({ host, port, signal });
      socket.once("connect", () => {
        socket.destroy();
        resolve({ state: "healthy" });
      });
      socket.once("error", reject);
    });
}

/** A client or pool of `pg` of the application's own. */
export function postgresCheck(client: { query(sql: string): Promise<unknown> }): HealthCheck {
  return async () => void (await client.query("SELECT 1"));
}

/** A connection or pool of `mysql2` or `mysql2/promise` of the application's own. */
export function mysqlCheck(client: {
  query(sql: string): unknown;
  promise?(): { query(sql: string): unknown };
}): HealthCheck {
  const asking = typeof client.promise === "function" ? client.promise() : client;
  return async () => {
    const answer = asking.query("SELECT 1");
    if (typeof (Object(answer) as { readonly then?: unknown }).then === "function") return void (await answer);
    return { state: "unhealthy", reason: "query() gave no promise; hand in a connection or pool of mysql2" };
  };
}

/** A client of `redis` or `ioredis` of the application's own. */
export function redisCheck(client: { ping(): Promise<unknown> }): HealthCheck {
  return async () => {
    const answer = await client.ping();
    return String(answer) === "PONG" || { state: "unhealthy", reason: `it answered PING with ${String(answer)}` };
  };
}

/** Is unhealthy when nothing has come for too long; `beat()` says that something came. */
export interface Heartbeat {
  beat(): void;
  readonly check: HealthCheck;
}

/** For a feed that never rests, such as an exchange's. @default degraded after 10 s, unhealthy after 30 s */
export function heartbeat({
  degradedAfterMs = 10_000,
  unhealthyAfterMs = 30_000,
}: {
  readonly degradedAfterMs?: number;
  readonly unhealthyAfterMs?: number;
} = {}): Heartbeat {
  // A clock that nobody sets: with the time of day, a heart would stand still for as long as the clock was put back.
  let lastMs = performance.now();
  return {
    beat: () => {
      lastMs = performance.now();
    },
    check: () => {
      const silentMs = performance.now() - lastMs;
      if (silentMs < degradedAfterMs) return { state: "healthy" };
      const state = silentMs >= unhealthyAfterMs ? "unhealthy" : "degraded";
      return { state, reason: `nothing has come for ${Math.round(silentMs / 1_000)} s` };
    },
  };
}

/** What became of exports; degraded after one that failed, unhealthy when none has succeeded for too long. */
export interface ExportOutcomes {
  succeeded(): void;
  failed(error?: unknown): void;
  readonly check: HealthCheck;
}

/** Around an exporter: tell each outcome, and register `check`. @default unhealthy after 60 s without success */
export function exportOutcomes({
  unhealthyAfterMs = 60_000,
}: {
  readonly unhealthyAfterMs?: number;
} = {}): ExportOutcomes {
  let failingSinceMs: number | undefined;
  let reason = "";
  return {
    succeeded: () => {
      failingSinceMs = undefined;
    },
    failed: (error) => {
      failingSinceMs ??= performance.now();
      reason = error === undefined ? "" : `: ${reasonOf(error)}`;
    },
    check: () => {
      if (failingSinceMs === undefined) return { state: "healthy" };
      const failingMs = performance.now() - failingSinceMs;
      const state = failingMs >= unhealthyAfterMs ? "unhealthy" : "degraded";
      return { state, reason: `exports have failed for ${Math.round(failingMs / 1_000)} s${reason}` };
    },
  };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
