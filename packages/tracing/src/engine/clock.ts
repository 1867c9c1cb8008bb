/**
 * Wall-clock times from a monotonic clock. A trace keeps the anchor that it began with, so its spans never overlap wrongly
 * when the wall clock is set; the next trace notices.
 */
import { performance } from "node:perf_hooks";
import type { HrTime } from "@opentelemetry/api";

/** Where zero of `performance.now()` lies on the wall clock: whole milliseconds, so that nanoseconds stay exact, and the rest. */
export interface ClockAnchor {
  readonly wholeMs: number;
  readonly fractionMs: number;
}

/** `Date.now()` cuts fractions, so two anchors differ by up to one millisecond while nothing has happened. */
const TOLERANCE_MS = 1.5;

let anchor: ClockAnchor = { wholeMs: 0, fractionMs: 0 };

/** The anchor that is right now, at `nowMs` of the monotonic clock. */
export function anchorAt(nowMs: number): ClockAnchor {
  const offsetMs = Date.now() - nowMs;
  if (Math.abs(offsetMs - anchor.wholeMs - anchor.fractionMs) > TOLERANCE_MS) {
    const wholeMs = Math.floor(offsetMs);
    anchor = { wholeMs, fractionMs: offsetMs - wholeMs };
  }
  return anchor;
}

/** Monotonic milliseconds. A property of `performance`, so that fake timers are heard. */
export function monotonicMs(): number {
  return performance.now();
}

export function toHrTime({ wholeMs, fractionMs }: ClockAnchor, monotonic: number): HrTime {
  const sinceMs = monotonic + fractionMs;
  const sinceWholeMs = Math.floor(sinceMs);
  return hrTime(wholeMs + sinceWholeMs, Math.round((sinceMs - sinceWholeMs) * 1e6));
}

/** From Unix milliseconds. */
export function millisecondsToHrTime(unixMs: number): HrTime {
  const whole = Math.floor(unixMs);
  return hrTime(whole, Math.round((unixMs - whole) * 1e6));
}

/** What lies between; negative seconds when `end` is before `start`. */
export function between(start: HrTime, end: HrTime): HrTime {
  const nanoseconds = end[1] - start[1];
  return nanoseconds < 0
    ? [end[0] - start[0] - 1, nanoseconds + NANOSECONDS_PER_SECOND]
    : [end[0] - start[0], nanoseconds];
}

export function plus(start: HrTime, durationMs: number): HrTime {
  const seconds = Math.floor(durationMs / 1_000);
  const nanoseconds = start[1] + Math.round((durationMs - seconds * 1_000) * 1e6);
  const carry = Math.floor(nanoseconds / NANOSECONDS_PER_SECOND);
  return [start[0] + seconds + carry, nanoseconds - carry * NANOSECONDS_PER_SECOND];
}

const NANOSECONDS_PER_SECOND = 1_000_000_000;

function hrTime(wholeMs: number, nanosecondsOver: number): HrTime {
  const seconds = Math.floor(wholeMs / 1_000);
  const nanoseconds = (wholeMs - seconds * 1_000) * 1_000_000 + nanosecondsOver;
  return nanoseconds < NANOSECONDS_PER_SECOND
    ? [seconds, nanoseconds]
    : [seconds + 1, nanoseconds - NANOSECONDS_PER_SECOND];
}
