import { bounded, type Catalogue } from "@telltale/metrics";

const place = { "telltale.signal": ["traces", "metrics", "logs"], "telltale.destination": bounded(50) } as const;

/** What telltale tells of its own exports; the table in README.md is made from it. */
export const catalogue = {
  exportItems: {
    kind: "counter",
    name: "telltale.export.items",
    unit: "{item}",
    description: "Spans, log records and lines, and exports of metrics, by what has become of them.",
    attributes: { ...place, "telltale.outcome": ["sent", "lost"] },
  },
  exportPending: {
    kind: "upDownCounter",
    name: "telltale.export.pending",
    unit: "{item}",
    description: "Spans, log records and lines that have not been delivered.",
    attributes: place,
  },
  exportFailing: {
    kind: "upDownCounter",
    name: "telltale.export.failing",
    unit: "1",
    description: "1 while exports to this place fail, 0 while they are taken.",
    attributes: place,
  },
  alertingEvaluations: {
    kind: "counter",
    name: "telltale.alerting.evaluations",
    unit: "{evaluation}",
    description:
      "Evaluations of groups of rules; `missed` are those that did not happen because the one before took too long.",
    attributes: { "telltale.outcome": ["done", "missed"] },
  },
  alertingNotifications: {
    kind: "counter",
    name: "telltale.alerting.notifications",
    unit: "{notification}",
    description: "Notifications that receivers accepted, and that could not be delivered in their time.",
    attributes: { "telltale.outcome": ["sent", "failed"] },
  },
  alertingAlerts: {
    kind: "upDownCounter",
    name: "telltale.alerting.alerts",
    unit: "{alert}",
    description: "Alerts by their state.",
    attributes: { "telltale.alert.state": ["pending", "firing"] },
  },
  alertingIncidents: {
    kind: "upDownCounter",
    name: "telltale.alerting.incidents",
    unit: "{incident}",
    description: "Incidents that are open.",
  },
  alertingResponses: {
    kind: "counter",
    name: "telltale.alerting.responses",
    unit: "{response}",
    description:
      "What `telltale.alerting.yaml` made be done: alerts that a cooldown held back, levels of escalation that were told, interventions, heartbeats.",
    attributes: { "telltale.response": ["held_back", "escalation", "intervention", "heartbeat", "failed_heartbeat"] },
  },
  alertingFailingRules: {
    kind: "upDownCounter",
    name: "telltale.alerting.rules.failing",
    unit: "{rule}",
    description: "Rules whose last evaluation failed.",
  },
  alertingSeries: {
    kind: "upDownCounter",
    name: "telltale.alerting.series",
    unit: "{series}",
    description: "Series in the store that rules are evaluated on.",
  },
  alertingMemory: {
    kind: "upDownCounter",
    name: "telltale.alerting.memory",
    unit: "By",
    description: "Memory that the samples of that store take, estimated.",
  },
} as const satisfies Catalogue;
