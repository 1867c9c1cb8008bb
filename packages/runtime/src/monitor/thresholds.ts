import type { HealthState } from "../health/health-check.ts";

/** What has thresholds. A battery's is the share that is drained, the event loop's its delay in seconds, others' a share in use. */
export type ResourceCheck = "cpu" | "memory" | "disk" | "battery" | "event_loop" | "fd";

/** From which value on a resource is degraded, and from which unhealthy. */
export type Threshold = readonly [warning: number, critical: number];

export const defaultThresholds: Readonly<Record<ResourceCheck, Threshold>> = {
  cpu: [0.85, 0.95],
  memory: [0.85, 0.95],
  disk: [0.85, 0.95],
  battery: [0.8, 0.95],
  event_loop: [0.1, 1],
  fd: [0.85, 0.95],
};

/** How far below a threshold a value has to come before it counts as below: two points of a share, a fifth of a delay. */
const SHARE_MARGIN = 0.02;
const DELAY_MARGIN = 0.2;

/** The state of a value that was in `before`: it gets worse at a threshold, and better only when it is clearly below. */
export function stateOf(
  value: number,
  {
    check,
    threshold: [warning, critical],
    before,
  }: {
    readonly check: ResourceCheck;
    readonly threshold: Threshold;
    readonly before: HealthState;
  },
): HealthState {
  const margin = (limit: number): number => (check === "event_loop" ? limit * DELAY_MARGIN : SHARE_MARGIN);
  const reaches = (limit: number, wasAbove: boolean): boolean => value >= (wasAbove ? limit - margin(limit) : limit);
  if (reaches(critical, before === "unhealthy")) return "unhealthy";
  return reaches(warning, before !== "healthy") ? "degraded" : "healthy";
}

/**
 * The thresholds with those that were given.
 * @throws TypeError with code TELLTALE_BAD_THRESHOLDS
 */
export function thresholdsOf(
  given: Readonly<Partial<Record<ResourceCheck, Threshold>>> = {},
): Readonly<Record<ResourceCheck, Threshold>> {
  for (const [check, threshold] of Object.entries(given)) {
    if (!Object.hasOwn(defaultThresholds, check)) {
      throw badThresholds(`thresholds.${check} is unknown; there are ${Object.keys(defaultThresholds).join(", ")}`);
    }
    const [warning, critical] = Array.isArray(threshold) ? (threshold as unknown as Threshold) : [];
    if (typeof warning === "number" && typeof critical === "number" && warning > 0 && warning <= critical) continue;
    throw badThresholds(
      `thresholds.${check} is ${JSON.stringify(threshold)}; give a warning above 0 and a critical value not below it, such as [0.85, 0.95]`,
    );
  }
  return { ...defaultThresholds, ...given };
}

function badThresholds(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_THRESHOLDS" });
}
