/** Takes samples by a timer of its own, so that what is observed does not depend on who collects, and how often. */
export interface Sampler<S> extends Disposable {
  /** The latest sample; `undefined` when it is older than three intervals, or there is none yet. */
  latest(): S | undefined;
  /** Settles with the next sample that is taken, at once; rejects when it cannot be taken. */
  sample(): Promise<S>;
}

export interface SamplerOptions {
  readonly intervalMs: number;
  /** Told of the first of a row of failures. */
  readonly onError: (error: unknown) => void;
}

/** How many intervals a sample is good for. */
const FRESH_INTERVALS = 3;

/**
 * Samples at once, then at each interval. A sample that takes longer than the interval is not begun a second time; one that
 * takes three of them is a failure, though it may still come.
 */
export function sampler<S>(take: () => S | Promise<S>, { intervalMs, onError }: SamplerOptions): Sampler<S> {
  let latest: { readonly sample: S; readonly atMs: number } | undefined;
  let running: Promise<S> | undefined;
  let beganMs = 0;
  let failing = false;
  const sample = (): Promise<S> => {
    if (running === undefined) {
      beganMs = performance.now();
      running = begin().finally(() => {
        running = undefined;
      });
    }
    return running;
  };
  async function begin(): Promise<S> {
    const taken = await take();
    latest = { sample: taken, atMs: performance.now() };
    failing = false;
    return taken;
  }
  const fail = (error: unknown): void => {
    if (!failing) onError(error);
    failing = true;
  };
  const tick = (): void => {
    const waitingMs = performance.now() - beganMs;
    if (running === undefined) sample().catch(fail);
    else if (waitingMs > FRESH_INTERVALS * intervalMs) {
      fail(new Error(`no answer for ${Math.round(waitingMs / 1_000)} s`));
    }
  };
  const timer = setInterval(tick, intervalMs).unref();
  tick();
  return {
    latest: () =>
      latest !== undefined && performance.now() - latest.atMs <= FRESH_INTERVALS * intervalMs
        ? latest.sample
        : undefined,
    sample,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/**
 * @throws TypeError with code TELLTALE_BAD_INTERVAL: shorter would cost too much, and a longer one Node.js takes for 1 ms.
 */
export function checkInterval(intervalMs: number, what: string): void {
  if (Number.isFinite(intervalMs) && intervalMs >= 100 && intervalMs < 2 ** 31) return;
  const message = `intervalMs of ${what} is ${String(intervalMs)}; give a number of milliseconds from 100 to ${2 ** 31 - 1}, such as 10000`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_INTERVAL" });
}
