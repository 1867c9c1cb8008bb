/** What runs, as plain data: it goes from thread to thread and to whoever asks over HTTP. */
import { labelsOf, toRecord } from "@telltale/promql";
import type { AlertStatus } from "../routing/alert-status.ts";
import type { Alert } from "../rule-group/alert.ts";
import type { RuleStatus } from "../rule-group/rule-group.ts";
import type { RunningGroup } from "../rule-runner/rule-runner.ts";

/** A group of rules and how it is. Times are milliseconds since 1970. */
export interface AlertingGroup extends Omit<RunningGroup, "rules"> {
  readonly rules: readonly AlertingGroupRule[];
}

export interface AlertingGroupRule {
  readonly kind: "alerting" | "recording";
  readonly name: string;
  readonly query: string;
  readonly health: RuleStatus["health"];
  readonly lastError: string | undefined;
  readonly lastEvaluationMs: number | undefined;
  /** How many alerts are pending and firing; 0 for a recording rule. */
  readonly pending: number;
  readonly firing: number;
}

/** An alert that is pending or fires, and what becomes of it. Times are milliseconds since 1970. */
export interface RunningAlert {
  readonly name: string;
  readonly state: "pending" | "firing";
  /** As receivers are told them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the expression; undefined for an alert that somebody else sent. */
  readonly value: number | undefined;
  readonly activeAtMs: number;
  /** Where its rule is from; empty for an alert that somebody else sent. */
  readonly file: string;
  readonly group: string;
  readonly receivers: readonly string[];
  /** The ids of silences. */
  readonly silencedBy: readonly string[];
  readonly isInhibited: boolean;
}

export function alertingGroup({ rules, ...group }: RunningGroup): AlertingGroup {
  return {
    ...group,
    rules: rules.map(({ definition, health, lastError, lastEvaluationMs, alerts }) => ({
      kind: definition.kind,
      name: definition.name,
      query: definition.query,
      health,
      lastError,
      lastEvaluationMs,
      pending: count(alerts, "pending"),
      firing: count(alerts, "firing"),
    })),
  };
}

/** The alerts of groups, and those that the notifier has from elsewhere; firing ones first, oldest first. */
export function runningAlerts(
  groups: readonly RunningGroup[],
  statuses: readonly AlertStatus[],
  externalLabels: Readonly<Record<string, string>>,
): readonly RunningAlert[] {
  const known = new Map(statuses.map((status) => [status.key, status]));
  const alerts = groups.flatMap(({ file, name: group, rules }) =>
    rules.flatMap(({ definition: { name }, alerts }) =>
      alerts.flatMap((alert): readonly RunningAlert[] => {
        if (alert.state === "inactive") return [];
        const labels = labelsOf({ ...externalLabels, ...toRecord(alert.labels) });
        const status = known.get(labels.key);
        known.delete(labels.key);
        const { state, annotations, value, activeAtMs } = alert;
        return [
          { name, state, labels: toRecord(labels), annotations, value, activeAtMs, file, group, ...fate(status) },
        ];
      }),
    ),
  );
  const foreign = [...known.values()].filter(({ state }) => state !== "resolved").map(foreignAlert);
  return [...alerts, ...foreign].toSorted(
    (a, b) => Number(a.state === "pending") - Number(b.state === "pending") || a.activeAtMs - b.activeAtMs,
  );
}

function count(alerts: readonly Alert[], wanted: Alert["state"]): number {
  return alerts.filter(({ state }) => state === wanted).length;
}

function fate(status: AlertStatus | undefined): Pick<RunningAlert, "receivers" | "silencedBy" | "isInhibited"> {
  const { receivers = [], silencedBy = [], inhibitedBy = [] } = status ?? {};
  return { receivers, silencedBy, isInhibited: inhibitedBy.length > 0 };
}

function foreignAlert(status: AlertStatus): RunningAlert {
  const { labels, annotations, startsAtMs } = status;
  const name = labels["alertname"] ?? "";
  const rest = { labels, annotations, value: undefined, activeAtMs: startsAtMs, file: "", group: "" };
  return { name, state: "firing", ...rest, ...fate(status) };
}
