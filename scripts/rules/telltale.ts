import { catalogue as alerting } from "../../packages/alerting/src/catalogue.ts";
import { catalogue as own } from "../../packages/telltale/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const traces = { "telltale.signal": "traces", "telltale.destination": "jaeger" } as const;
const labels = { instance: "a", telltale_signal: "traces", telltale_destination: "jaeger" };

export const group: RuleGroup = {
  domain: "telltale",
  title: "Telltale itself",
  alerts: [
    {
      name: "ExportFailing",
      expr: `${series(own.exportFailing)} == 1`,
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.telltale_signal }} do not reach {{ $labels.telltale_destination }}",
      meaning: "Exports to this place have failed for five minutes; what is held is lost when there is too much of it.",
      steps: [
        "The log line of the failure has the answer or the error of the place: down, refused, wrong address or token.",
        "Until it is mended, whoever looks at that place sees too little; nothing else is affected.",
      ],
      fires: { samples: { [stored(own.exportFailing, traces)]: "0 1x20" }, at: "8m", labels },
      silent: { samples: { [stored(own.exportFailing, traces)]: "0 1x6 0x20" }, at: "8m" },
    },
    {
      name: "TelemetryLost",
      expr: `increase(${series(own.exportItems, { "telltale.outcome": "lost" })}[10m]) > 0`,
      severity: "warning",
      summary: "{{ $labels.telltale_signal }} for {{ $labels.telltale_destination }} are lost",
      meaning: "Spans, records or metrics were given up: their place was away for too long, or there were too many.",
      steps: ["ExportFailing tells whether the place is away.", "Else sample traces, or raise the size of the queue."],
      fires: {
        samples: { [stored(own.exportItems, { ...traces, "telltale.outcome": "lost" })]: "0 0 512x10" },
        at: "3m",
        labels: { ...labels, telltale_outcome: "lost" },
      },
      silent: {
        samples: { [stored(own.exportItems, { ...traces, "telltale.outcome": "sent" })]: "0+100x10" },
        at: "3m",
      },
    },
    {
      name: "RulesFailing",
      expr: `${series(own.alertingFailingRules)} > 0`,
      for: "5m",
      severity: "warning",
      summary: "{{ $value }} alert rules cannot be evaluated on {{ $labels.instance }}",
      meaning: "Their last evaluation failed, again and again: what they watch for, nobody is told of.",
      steps: ["`telemetry.alerting.groups()` has the error of each; mostly series match several others."],
      fires: {
        samples: { [stored(own.alertingFailingRules)]: "0 2x20" },
        at: "8m",
        labels: { instance: "a" },
        value: "2",
      },
      silent: { samples: { [stored(own.alertingFailingRules)]: "0 2x6 0x20" }, at: "8m" },
    },
    {
      name: "NotificationsFailing",
      expr: `increase(${series(own.alertingNotifications, { "telltale.outcome": "failed" })}[10m]) > 0`,
      severity: "critical",
      summary: "Notifications of alerts from {{ $labels.instance }} do not arrive",
      meaning:
        "A receiver refused a notification, or did not answer, until its time was over. Route this alert to another receiver.",
      steps: [
        "The log has the receiver and what it answered: an expired token, a wrong address, an outage of its own.",
      ],
      fires: {
        samples: { [stored(own.alertingNotifications, { "telltale.outcome": "failed" })]: "0 0 1x10" },
        at: "3m",
        labels: { instance: "a", telltale_outcome: "failed" },
      },
      silent: { samples: { [stored(own.alertingNotifications, { "telltale.outcome": "sent" })]: "0+5x12" }, at: "3m" },
    },
    {
      name: "ConditionFailing",
      expr: `increase(${series(alerting.conditionErrors)}[10m]) > 0`,
      severity: "warning",
      summary: "The condition of {{ $labels.rule }} fails on {{ $labels.instance }}",
      meaning: "The condition of an alert in code threw, or gave what is no text: nobody knows whether it holds.",
      steps: [
        "The log has the first error of each condition.",
        "Until it is mended, see for yourself what the alert would tell.",
      ],
      fires: {
        samples: { [stored(alerting.conditionErrors, { rule: "LargeLoss" })]: "0 0 1x10" },
        at: "3m",
        labels: { instance: "a", rule: "LargeLoss" },
      },
      silent: { samples: { [stored(alerting.conditionErrors, { rule: "LargeLoss" })]: "0x12" }, at: "3m" },
    },
  ],
};
