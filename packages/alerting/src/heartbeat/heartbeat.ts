import type { Clock } from "../clock.ts";
import type { DirectTelling } from "../routing/dispatcher.ts";
import type { HeartbeatDefinition } from "./heartbeat-definition.ts";

export interface HeartbeatOptions {
  readonly definition: HeartbeatDefinition;
  readonly clock: Clock;
  /** Tells a receiver of alertmanager.yml. */
  readonly tell: (telling: DirectTelling) => Promise<boolean>;
  /** Nothing is told while it is false. */
  readonly isWell: () => boolean;
  /** Called after each attempt. */
  readonly onBeat: (arrived: boolean) => void;
  /** Called when attempts begin to fail, and when they are withheld. */
  readonly onProblem: (text: string) => void;
}

/** Tells at regular times that alerting works, until it is stopped. */
export interface Heartbeat {
  settled(): Promise<void>;
  stop(): void;
}

/** What the groups of heartbeats are told by. */
export const HEARTBEAT_GROUP = "telltale/heartbeat";

/** For how long an answer is waited for. */
const TIMEOUT_MS = 30_000;

/** Starts with a beat at once. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { definition, clock, tell, isWell, onBeat, onProblem } = options;
  const { intervalMs, url, receiver } = definition;
  const startsAtMs = clock.now();
  const stopped = new AbortController();
  const onTheirWay = new Set<Promise<void>>();
  let problem = "";
  let timer: Disposable | undefined;

  function beat(dueMs: number): void {
    if (stopped.signal.aborted) return;
    const nowMs = clock.now();
    // Or the clock was put back, and it would be silent until then.
    const isDue = nowMs >= dueMs || nowMs < dueMs - intervalMs;
    if (isDue) {
      const attempt = attemptOnce(nowMs).finally(() => onTheirWay.delete(attempt));
      onTheirWay.add(attempt);
    }
    const nextMs = isDue ? nowMs + intervalMs : dueMs;
    timer = clock.at(nextMs, () => beat(nextMs));
  }

  async function attemptOnce(nowMs: number): Promise<void> {
    const fault = isWell() ? await send(nowMs) : "rules are not evaluated in time, so it is withheld";
    if (stopped.signal.aborted) return;
    onBeat(fault === "");
    if (fault !== "" && fault !== problem) onProblem(`heartbeat: ${fault}`);
    problem = fault;
  }

  /** What went wrong. */
  async function send(nowMs: number): Promise<string> {
    const faults = await Promise.all([post(), tellReceiver(nowMs)]);
    return faults.filter((fault) => fault !== "").join("; ");
  }

  async function post(): Promise<string> {
    if (url === undefined) return "";
    const { origin, address, headers } = requestOf(url);
    const late = new AbortController();
    using _ = clock.at(clock.now() + Math.min(TIMEOUT_MS, intervalMs), () =>
      late.abort(new Error("no answer in time")),
    );
    try {
      const signal = AbortSignal.any([stopped.signal, late.signal]);
      const response = await fetch(address, { method: "POST", headers, signal });
      await response.body?.cancel();
      return response.ok ? "" : `${origin} answered ${response.status}`;
    } catch (error) {
      const { message, cause } = error as Error;
      return `${origin}: ${cause instanceof Error ? `${message}: ${cause.message}` : message}`;
    }
  }

  async function tellReceiver(nowMs: number): Promise<string> {
    if (receiver === undefined) return "";
    const labels = { alertname: "TelltaleHeartbeat", severity: "none" };
    const alert = {
      key: HEARTBEAT_GROUP,
      labels,
      annotations: { summary: "Alerting works. When this does not come, it does not." },
      startsAtMs,
      endsAtMs: nowMs + 4 * intervalMs,
      updatedAtMs: nowMs,
      generatorUrl: "",
      timeout: false,
      resolved: false,
    };
    // A little less, so that each beat is told.
    const repeatIntervalMs = intervalMs / 2;
    const telling = { receiver, groupKey: HEARTBEAT_GROUP, groupLabels: labels, alerts: [alert], repeatIntervalMs };
    return (await tell(telling)) ? "" : `receiver ${receiver} has not accepted it`;
  }

  beat(startsAtMs);
  return {
    async settled() {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay);
    },
    stop() {
      stopped.abort();
      timer?.[Symbol.dispose]();
    },
  };
}

/** A name and a password in a URL are for a header: fetch() refuses them, with a message that has them. */
function requestOf(url: string) {
  const address = new URL(url);
  const { origin, username, password } = address;
  const headers: Record<string, string> = { "user-agent": "telltale" };
  if (username !== "" || password !== "") {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
    address.username = "";
    address.password = "";
  }
  return { origin, address, headers };
}
