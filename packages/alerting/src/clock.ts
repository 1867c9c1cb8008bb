/** Time for whoever waits for it: tests hand in one of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once at a time, or at once when that has been. Disposing of it calls it off. */
  at(timeMs: number, call: () => void): Disposable;
}

/** The longest that a timer of Node.js can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const wallClock: Clock = {
  now: () => Date.now(),
  at(timeMs, call) {
    // What is farther away calls early, and whoever is called looks at the clock.
    const timer = setTimeout(call, Math.min(Math.max(0, timeMs - Date.now()), LONGEST_TIMER_MS)).unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
