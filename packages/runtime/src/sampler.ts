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

/** Samples at once, then at each interval. A sample that takes longer than the interval is not begun a second time. */
export function sampler<S>(take: () => S | Promise<S>, { intervalMs, onError }: SamplerOptions): Sampler<S> {
  let latest: { readonly sample: S; readonly atMs: number } | undefined;
  let running: Promise<S> | undefined;
  let failing = false;
  const sample = (): Promise<S> => {
    running ??= begin().finally(() => {
      running = undefined;
    });
    return running;
  };
  async function begin(): Promise<S> {
    const taken = await take();
    latest = { sample: taken, atMs: performance.now() };
    failing = false;
    return taken;
  }
  const tick = (): void => {
    sample().catch((error: unknown) => {
      if (!failing) onError(error);
      failing = true;
    });
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
