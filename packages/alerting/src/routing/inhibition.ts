import { matchesAll } from "./alert-matcher.ts";
import type { InhibitRule } from "./alertmanager-config.ts";
import { type HeldAlert, isResolved } from "./held-alerts.ts";

/** The firing alert because of which another one is not told; undefined when there is none. */
export function inhibitedBy(
  alert: HeldAlert,
  rules: readonly InhibitRule[],
  alerts: Iterable<HeldAlert>,
  nowMs: number,
): HeldAlert | undefined {
  const applying = rules.filter(({ target }) => matchesAll(target, alert.labels));
  if (applying.length === 0) return undefined;
  for (const other of alerts) {
    if (isResolved(other, nowMs)) continue;
    for (const { source, target, equal } of applying) {
      if (!matchesAll(source, other.labels)) continue;
      if (equal.some((name) => (other.labels[name] ?? "") !== (alert.labels[name] ?? ""))) continue;
      // Alerts that match both sides do not inhibit each other, nor themselves.
      if (matchesAll(source, alert.labels) && matchesAll(target, other.labels)) continue;
      return other;
    }
  }
  return undefined;
}
