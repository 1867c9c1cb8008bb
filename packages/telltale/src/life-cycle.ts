/**
 * How the process ends. Whatever ends it, what was recorded is sent first, within a deadline, and then it ends exactly
 * as it would have without telltale: the same signal, the same exit code, the same words on standard error.
 */
import { flushCompileCache } from "node:module";

export interface LifeCycleOptions {
  /** Told at the first signal that ends the process, before anything is sent. */
  readonly onEnding: () => void;
  /** Told when the last flush took longer than it may. */
  readonly onLate: () => void;
  /** Sends everything; must settle, but may be slow. */
  readonly flush: () => Promise<void>;
  /** How many spans and log records have not been delivered. */
  readonly pending: () => number;
  /** Sends everything before it returns; called where no promise can be waited for. */
  readonly flushSynchronously: () => void;
  readonly timeoutMs: number;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
type Signal = (typeof SIGNALS)[number];

/** Installs the handlers; the result removes them. */
export function watchLifeCycle(options: LifeCycleOptions): Disposable {
  let signalled = false;
  let idled = false;
  let settled = false;

  function onSignal(signal: Signal): void {
    if (!signalled) options.onEnding();
    const flushed = withDeadline(options.flush(), options.timeoutMs);
    // An application with a handler of its own decides itself when to end; what it leaves behind is sent on exit.
    if (process.listenerCount(signal) > 1) return;
    const end = (): void => {
      // Node writes it when a process exits; one that a signal ends does not.
      flushCompileCache();
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    // A second Ctrl-C means now.
    if (signalled) end();
    else {
      void flushed.then((inTime) => {
        if (!inTime) options.onLate();
        end();
      });
    }
    signalled = true;
  }

  /** The loop is empty. Flushing gives it work again, so this is called once more when that is done. */
  function onBeforeExit(code: number): void {
    settled = idled && options.pending() === 0;
    if (settled) return;
    idled = true;
    void withDeadline(options.flush(), options.timeoutMs).then((inTime) => {
      if (inTime) return;
      options.onLate();
      // A request that hangs would hold the process until the exporter's own, longer time-out.
      settled = true;
      process.exit(code);
    });
  }

  function onUncaughtException(): void {
    const survives = process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
    if (!survives) options.flushSynchronously();
  }

  function onExit(): void {
    if (!settled) options.flushSynchronously();
  }

  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("beforeExit", onBeforeExit);
  process.on("uncaughtExceptionMonitor", onUncaughtException);
  process.on("exit", onExit);

  return {
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off("beforeExit", onBeforeExit);
      process.off("uncaughtExceptionMonitor", onUncaughtException);
      process.off("exit", onExit);
    },
  };
}

/** Resolves with whether `work` settled within the time; never rejects. */
export async function withDeadline(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const inTime = await Promise.race([
    work.then(
      () => true as const,
      () => true as const,
    ),
    late,
  ]);
  clearTimeout(timer);
  return inTime;
}
