import type { HrTime } from "@opentelemetry/api";

/** The nearest whole microsecond. */
export function microseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e6 + Math.round(nanoseconds / 1e3);
}
