import type { Attributes } from "@opentelemetry/api";
import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import { labelPairs } from "../labels.ts";
import type { MemberMetrics } from "./merge-metrics.ts";

/**
 * The metrics as they are when `clone` takes them, else with all attributes as the labels that they become: an attribute of the
 * SDK's own instruments may hold what cannot go elsewhere, such as a function.
 */
export function cloneable(
  members: readonly MemberMetrics[],
  clone: (value: unknown) => unknown,
): readonly MemberMetrics[] {
  try {
    clone(members);
    return members;
  } catch {
    return members.map(({ member, scopes }) => ({ member, scopes: scopes.map(labelled) }));
  }
}

/** With all attributes as the labels that they become. */
export function labelled({ scope, metrics }: ScopeMetrics): ScopeMetrics {
  const plain = metrics.map((metric) => ({
    ...metric,
    dataPoints: metric.dataPoints.map((point) => ({ ...point, attributes: labelAttributes(point.attributes) })),
  }));
  return { scope, metrics: plain as unknown as ScopeMetrics["metrics"] };
}

export function labelAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(labelPairs(attributes));
}
