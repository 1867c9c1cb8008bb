import type { AlertmanagerConfig } from "./alertmanager-config.ts";
import { type HeldAlert, isResolved } from "./held-alerts.ts";
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
  /** The names of the time intervals because of which nobody is told now. */
  readonly mutedBy: readonly string[];
}

/** What it depends on whether an alert is told. */
export interface Whereabouts {
  readonly config: AlertmanagerConfig;
  /** The firing alert because of which another one is not told. */
  readonly inhibitedBy: (alert: HeldAlert) => HeldAlert | undefined;
  readonly silences: Silences;
  readonly nowMs: number;
}

export function alertStatus(alert: HeldAlert, { config, inhibitedBy, silences, nowMs }: Whereabouts): AlertStatus {
  const silencedBy = silences.matching(alert.labels, nowMs);
  const source = inhibitedBy(alert);
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
export function isSuppressed(alert: HeldAlert, { inhibitedBy, silences, nowMs }: Whereabouts): boolean {
  return inhibitedBy(alert) !== undefined || silences.matching(alert.labels, nowMs).length > 0;
}
