import type { FiringAlert, FiringAlerts } from "../incidents/firing-alerts.ts";
import type { ResponseParts } from "./response-parts.ts";

/** The alerts of which somebody is to hear, by their incidents; none while nothing is escalated. */
export function alertsByIncident(
  firing: FiringAlerts,
  { incidents, escalations }: ResponseParts,
): ReadonlyMap<string, readonly FiringAlert[]> {
  const found = new Map<string, FiringAlert[]>();
  if (escalations.isIdle) return found;
  for (const alert of firing.all()) {
    if (alert.isHeldBack) continue;
    const id = incidents.of(alert.key)!;
    const known = found.get(id);
    if (known === undefined) found.set(id, [alert]);
    else known.push(alert);
  }
  return found;
}
