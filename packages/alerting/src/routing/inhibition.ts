import { matchesAll } from "./alert-matcher.ts";
import type { InhibitRule } from "./alertmanager-config.ts";
import { type HeldAlert, isResolved } from "./held-alerts.ts";

/**
 * Tells of an alert because of which firing one it is not told; undefined when there is none. What inhibits is looked for once,
 * and by the labels that have to be equal: there may be thousands on both sides.
 */
export function inhibition(
  rules: readonly InhibitRule[],
  alerts: Iterable<HeldAlert>,
  nowMs: number,
): (alert: HeldAlert) => HeldAlert | undefined {
  let sources: readonly ReadonlyMap<string, readonly HeldAlert[]>[] | undefined;
  return (alert) => {
    for (const [i, { source, target, equal }] of rules.entries()) {
      if (!matchesAll(target, alert.labels)) continue;
      sources ??= sourcesOf(rules, alerts, nowMs);
      const found = sources[i]!.get(equalLabels(alert, equal)) ?? [];
      // Alerts that match both sides do not inhibit each other, nor themselves.
      const isSource = matchesAll(source, alert.labels);
      const one = isSource ? found.find(({ labels }) => !matchesAll(target, labels)) : found[0];
      if (one !== undefined) return one;
    }
    return undefined;
  };
}

/** For each rule its firing sources, by the labels that have to be equal. */
function sourcesOf(
  rules: readonly InhibitRule[],
  alerts: Iterable<HeldAlert>,
  nowMs: number,
): readonly ReadonlyMap<string, readonly HeldAlert[]>[] {
  const firing = [...alerts].filter((alert) => !isResolved(alert, nowMs));
  return rules.map(({ source, equal }) => {
    const found = new Map<string, HeldAlert[]>();
    for (const alert of firing) {
      if (!matchesAll(source, alert.labels)) continue;
      const key = equalLabels(alert, equal);
      const same = found.get(key);
      if (same === undefined) found.set(key, [alert]);
      else same.push(alert);
    }
    return found;
  });
}

/** A label that is not there equals one that is empty. */
function equalLabels({ labels }: HeldAlert, equal: readonly string[]): string {
  return JSON.stringify(equal.map((name) => (Object.hasOwn(labels, name) ? labels[name] : "")));
}
