import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { answerOf, type CheckStatus, type HealthAnswer, type HealthCheck, reasonOf } from "./health-check.ts";

export interface BackgroundCheck extends Disposable {
  readonly status: CheckStatus;
  /** Asks now, unless an answer is outstanding; settles when the state is known. */
  run(): Promise<void>;
  /** Settles when no answer is outstanding, its deadline being one. */
  settled(): Promise<void>;
}

export interface BackgroundCheckOptions {
  readonly name: string;
  readonly check: HealthCheck;
  readonly critical: boolean;
  readonly liveness: boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Settles when what it depends on has answered. */
  readonly dependencies: () => Promise<unknown>;
  /** Why it need not be asked, if there is such a reason. */
  readonly blockedBy: () => string | undefined;
  readonly onAnswer: (now: CheckStatus, before: CheckStatus) => void;
}

/** As in @opentelemetry/core: what a check asks of a database every ten seconds is no part of anybody's traces. */
const untraced = ROOT_CONTEXT.setValue(createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING"), true);

/** Asks a check at once and then at each interval, never twice at the same time. Its timer keeps no process alive. */
export function backgroundCheck(options: BackgroundCheckOptions): BackgroundCheck {
  const { name, critical, liveness, check, timeoutMs } = options;
  let status: CheckStatus = {
    ...{ name, critical, liveness, state: "pending", reason: undefined },
    ...{ latencyMs: undefined, checkedAtMs: undefined, sinceMs: Date.now() },
  };
  let running: Promise<void> | undefined;
  /** Since when the check itself owes an answer, which may be long after its deadline. */
  let hangingSinceMs: number | undefined;
  let ended = false;

  function settle({ state, reason }: HealthAnswer, latencyMs: number): void {
    if (ended) return;
    const before = status;
    const checkedAtMs = Date.now();
    const sinceMs = before.state === state ? before.sinceMs : checkedAtMs;
    status = { ...before, state, reason, latencyMs, checkedAtMs, sinceMs };
    options.onAnswer(status, before);
  }

  function run(): Promise<void> {
    running ??= once().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function once(): Promise<void> {
    await options.dependencies();
    if (ended) return;
    const beganMs = performance.now();
    if (hangingSinceMs !== undefined) {
      const waitingMs = beganMs - hangingSinceMs;
      settle({ state: "unhealthy", reason: noAnswer(waitingMs) }, waitingMs);
      return;
    }
    const blocked = options.blockedBy();
    if (blocked !== undefined) {
      settle({ state: "unhealthy", reason: blocked }, 0);
      return;
    }
    hangingSinceMs = beganMs;
    const deadline = new AbortController();
    const answered = ask(check, deadline.signal).then((answer) => {
      hangingSinceMs = undefined;
      return answer;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<HealthAnswer>((resolve) => {
      timer = setTimeout(() => {
        deadline.abort();
        resolve({ state: "unhealthy", reason: noAnswer(timeoutMs) });
      }, timeoutMs).unref();
    });
    const answer = await Promise.race([answered, late]);
    clearTimeout(timer);
    settle(answer, performance.now() - beganMs);
  }

  // In no request's context, of which the timer would else go on to be a part.
  const runUntraced = (): Promise<void> => context.with(untraced, run);
  const timer = context.with(untraced, () => setInterval(() => void run(), options.intervalMs).unref());
  return {
    get status(): CheckStatus {
      return status;
    },
    run: runUntraced,
    settled: () => running ?? Promise.resolve(),
    [Symbol.dispose]: () => {
      ended = true;
      clearInterval(timer);
    },
  };
}

async function ask(check: HealthCheck, signal: AbortSignal): Promise<HealthAnswer> {
  try {
    return answerOf(await check({ signal }));
  } catch (error) {
    return { state: "unhealthy", reason: reasonOf(error) };
  }
}

function noAnswer(waitingMs: number): string {
  return `no answer in ${Math.round(waitingMs)} ms`;
}
