import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

/** The delays of the event loop in one interval, in seconds, and how busy it was. */
export interface EventLoopSample {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  /** From 0 to 1, of the last interval. */
  readonly utilization: number;
  /** Since the process started. */
  readonly activeSeconds: number;
  readonly idleSeconds: number;
}

/** libuv's timers count milliseconds; ten of them tell a hundredth of a second without waking the process too often. */
const RESOLUTION_MS = 10;

export interface EventLoopWatch extends Disposable {
  /** The time since the call before. */
  take(): EventLoopSample;
}

export function watchEventLoop(): EventLoopWatch {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  return {
    take: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      const isEmpty = delays.count === 0;
      // The histogram has the timer's own period in each value.
      const delay = (nanoseconds: number): number =>
        isEmpty ? 0 : Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1_000);
      const sample: EventLoopSample = {
        min: delay(delays.min),
        max: delay(delays.max),
        mean: delay(delays.mean),
        stddev: isEmpty || Number.isNaN(delays.stddev) ? 0 : delays.stddev / 1e9,
        p50: delay(delays.percentile(50)),
        p90: delay(delays.percentile(90)),
        p99: delay(delays.percentile(99)),
        utilization,
        activeSeconds: now.active / 1_000,
        idleSeconds: now.idle / 1_000,
      };
      delays.reset();
      return sample;
    },
    [Symbol.dispose]: () => delays.disable(),
  };
}
