import { diag } from "@opentelemetry/api";

/** A running measurement. */
export interface Timer {
  /** Records the time since the start, once, and returns it in the instrument's unit; later calls record nothing. */
  stop(): number;
}

/** Starts, stops and wraps what is timed, for a histogram whose unit is one of time. */
export interface Stopwatch {
  start(record: (value: number) => void): Timer;
  time<T>(fn: () => T, record: (value: number) => void): T;
}

/** UCUM codes of time, in milliseconds. */
const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
};

/** The monotonic clock decides, so that a step of the wall clock makes no duration negative. */
export function stopwatch(instrument: string, unit: string): Stopwatch {
  const msPerUnit = MS_PER_UNIT[unit];
  let warned = false;
  const elapsed = (startedMs: number): number => (performance.now() - startedMs) / (msPerUnit ?? 1_000);
  const ended = (startedMs: number, record: (value: number) => void): number => {
    const duration = elapsed(startedMs);
    if (msPerUnit !== undefined) record(duration);
    else if (!warned) {
      warned = true;
      diag.warn(
        `telltale: ${instrument} has unit "${unit}" and cannot be timed; declare it with unit "s". Nothing is recorded.`,
      );
    }
    return duration;
  };
  return {
    start(record) {
      const startedMs = performance.now();
      let duration: number | undefined;
      return {
        stop(): number {
          duration ??= ended(startedMs, record);
          return duration;
        },
      };
    },
    time(fn, record) {
      const startedMs = performance.now();
      let result: ReturnType<typeof fn>;
      try {
        result = fn();
      } catch (error) {
        ended(startedMs, record);
        throw error;
      }
      if (result instanceof Promise) {
        const stop = (): void => void ended(startedMs, record);
        // The caller has the promise and sees its rejection; this branch of it only stops the clock.
        result.then(stop, stop);
      } else ended(startedMs, record);
      return result;
    },
  };
}
