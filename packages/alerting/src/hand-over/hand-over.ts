import type { SentAlert } from "../rule-group/alert.ts";

/** Who tells of alerts when no Alertmanager takes them: a `Notifier` does. */
export interface FallBack {
  receive(alerts: readonly SentAlert[]): void;
  /** The Alertmanagers have them again: nothing more is to be told of them here. */
  forget(): void;
}

export interface HandOverOptions {
  /** Of Alertmanagers, such as `http://alertmanager:9093`; every one gets every alert, as they tell each other what they told. */
  readonly urls: readonly string[];
  /** Gets alerts that none of them took, and as long as none does. */
  readonly fallBack?: FallBack;
  /** Whether the fall-back has alerts from the start, as after a restart: then it forgets them once they are taken. @default false */
  readonly isFallenBack?: boolean;
  /** How long an answer is waited for. Prometheus: `alertmanagers.timeout`. @default 10_000 */
  readonly timeoutMs?: number;
  /** How many alerts may wait; the oldest go first. Prometheus: `--alertmanager.notification-queue-capacity`. @default 10_000 */
  readonly maxQueued?: number;
  /** Called when an Alertmanager did not take alerts, and for those that were dropped because too many waited. */
  readonly onFailure?: (reason: string) => void;
}

/** Hands alerts over to Alertmanagers until it is stopped. */
export interface HandOver {
  /** Takes alerts, as a rule group's `onAlerts` gives them. */
  receive(alerts: readonly SentAlert[]): void;
  /** Until nothing waits. */
  settled(): Promise<void>;
  /** Ends what is on its way. */
  stop(): Promise<void>;
}

/** How many alerts go at once. Prometheus: DefaultMaxBatchSize. */
const BATCH = 256;

/** How much of an answer is read for the reason. */
const REASON_LENGTH = 512;

/**
 * Starts handing alerts over, by Alertmanager's API of version 2.
 * @throws TypeError for an address that is none
 */
export function startHandOver(options: HandOverOptions): HandOver {
  const { urls, fallBack, timeoutMs = 10_000, maxQueued = 10_000, onFailure = () => {} } = options;
  const targets = urls.map(target);
  const stopped = new AbortController();
  let queue: SentAlert[] = [];
  let work: Promise<void> | undefined;
  let { isFallenBack = false } = options;

  async function run(): Promise<void> {
    while (queue.length > 0 && !stopped.signal.aborted) await hand(queue.splice(0, BATCH));
    work = undefined;
  }

  async function hand(batch: readonly SentAlert[]): Promise<void> {
    const body = JSON.stringify(batch.map(apiAlert));
    const taken = await Promise.all(targets.map((url) => post(url, body)));
    if (stopped.signal.aborted) return;
    if (taken.includes(true)) {
      if (isFallenBack) fallBack?.forget();
      isFallenBack = false;
    } else {
      isFallenBack = true;
      fallBack?.receive(batch);
    }
  }

  async function post(url: URL, body: string): Promise<boolean> {
    const { origin, username, password } = url;
    const address = new URL(url);
    address.username = "";
    address.password = "";
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const basic = username === "" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json", "user-agent": "telltale", ...basic },
        body,
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)]),
      });
      const text = (await response.text()).slice(0, REASON_LENGTH);
      if (!response.ok) onFailure(`${origin} answered ${response.status}: ${text}`);
      return response.ok;
    } catch (error) {
      const { message, cause } = error as Error;
      if (!stopped.signal.aborted) onFailure(`${origin}: ${cause instanceof Error ? cause.message : message}`);
      return false;
    }
  }

  return {
    receive(alerts) {
      if (stopped.signal.aborted || alerts.length === 0) return;
      queue.push(...alerts);
      const dropped = queue.length - maxQueued;
      if (dropped > 0) {
        queue = queue.slice(dropped);
        onFailure(`${dropped} alerts were dropped: more than ${maxQueued} waited`);
      }
      work ??= run();
    },
    async settled() {
      while (work !== undefined) await work;
    },
    async stop() {
      stopped.abort();
      await work;
    },
  };
}

function target(url: string): URL {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    const message = `${JSON.stringify(url)} is no address of an Alertmanager; give one, such as http://alertmanager:9093`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_ALERTMANAGER_URL" });
  }
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/, "")}/api/v2/alerts`;
  return address;
}

function apiAlert({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }: SentAlert): unknown {
  return {
    labels,
    annotations,
    startsAt: new Date(startsAtMs).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    generatorURL: generatorUrl,
  };
}
