import type { HealthAnswer } from "@telltale/runtime";
import type { Delivery } from "./delivery.ts";

/** After this time without an export that succeeded, in milliseconds. */
const UNHEALTHY_AFTER_MS = 60_000;

/** Whether what telltale sends is taken: a `HealthCheck` over all exporters and sinks. */
export function exportsCheck(deliveries: () => readonly Delivery[], now: () => number = Date.now) {
  return (): HealthAnswer => {
    const failing = deliveries()
      .flatMap(({ signal, to, failingSinceMs, reason }) =>
        failingSinceMs === undefined ? [] : [{ what: `${signal} to ${to}`, forMs: now() - failingSinceMs, reason }],
      )
      .sort((a, b) => b.forMs - a.forMs);
    const [longest, ...others] = failing;
    if (longest === undefined) return { state: "healthy" };
    const { what, forMs, reason } = longest;
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    return {
      state: forMs >= UNHEALTHY_AFTER_MS ? "unhealthy" : "degraded",
      reason: `${what} have failed for ${Math.round(forMs / 1_000)} s (${reason ?? "no reason given"})${more}`,
    };
  };
}
