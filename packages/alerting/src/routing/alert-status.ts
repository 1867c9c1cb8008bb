import type { AlertmanagerConfig } from "./alertmanager-config.ts";
import { type HeldAlert, type HeldAlerts, isResolved } from "./held-alerts.ts";
import { inhibitedBy } from "./inhibition.ts";
import { matchRoutes } from "./route.ts";
import type { Silences } from "./silences.ts";

/** How an alert is, for those who look. */
export interface AlertStatus extends HeldAlert {
  readonly state: "active" | "suppressed" | "resolved";
  readonly receivers: readonly string[];
  readonly silencedBy: readonly string[];
  /** The keys of alerts. */
  readonly inhibitedBy: readonly string[];
}

/** The alerts of one group, for those who look. */
export interface GroupStatus {
  readonly receiver: string;
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly AlertStatus[];
}

/** What it depends on whether an alert is told. */
export interface Whereabouts {
  readonly config: AlertmanagerConfig;
  readonly alerts: HeldAlerts;
  readonly silences: Silences;
  readonly nowMs: number;
}

export function alertStatus(alert: HeldAlert, { config, alerts, silences, nowMs }: Whereabouts): AlertStatus {
  const silencedBy = silences.matching(alert.labels, nowMs);
  const source = inhibitedBy(alert, config.inhibitRules, alerts.all(), nowMs);
  const suppressed = silencedBy.length > 0 || source !== undefined;
  return {
    ...alert,
    state: isResolved(alert, nowMs) ? "resolved" : suppressed ? "suppressed" : "active",
    receivers: matchRoutes(config.route, alert.labels).map(({ receiver }) => receiver),
    silencedBy,
    inhibitedBy: source === undefined ? [] : [source.key],
  };
}

/** Whether nobody is told of an alert, because of another one or of a silence. */
export function isSuppressed(alert: HeldAlert, { config, alerts, silences, nowMs }: Whereabouts): boolean {
  if (inhibitedBy(alert, config.inhibitRules, alerts.all(), nowMs) !== undefined) return true;
  return silences.matching(alert.labels, nowMs).length > 0;
}
