import { count, milliseconds } from "./limit-schema.ts";
import type { GroupOption } from "./option.ts";

export const alerting: GroupOption = {
  kind: "group",
  doc: "Alerts from Prometheus rules on the metrics of this process, in a thread of its own; `true` takes the defaults, which is enough for alerts in code.",
  typeName: "AlertingOptions",
  switchedOn: false,
  options: {
    rules: {
      kind: "names",
      doc: "Rule files of Prometheus, or patterns of such; they are read again when they change.",
      example: ["alerts/*.yaml"],
      default: [],
      defaultNote: "none but alerts in code",
    },
    receivers: {
      kind: "text",
      doc: "An `alertmanager.yml`: who is told, and how. It is read again when it changes.",
      example: "alertmanager.yml",
      defaultNote: "nobody; alerts are in the log",
    },
    extras: {
      kind: "text",
      doc: "A `telltale.alerting.yaml`: escalation, cooldown, runbooks, interventions, heartbeat, baselines. It is read again when it changes.",
      example: "telltale.alerting.yaml",
      defaultNote: "none",
    },
    alertmanagers: {
      kind: "names",
      doc: "Alertmanagers that alerts are handed over to; while none takes them, the receivers are told.",
      example: ["http://alertmanager:9093"],
      default: [],
      defaultNote: "none",
    },
    state: {
      kind: "text",
      doc: "A file for what a restart must neither repeat nor forget.",
      example: "alerting.db",
      defaultNote: "kept in memory",
    },
    intervalMs: {
      ...milliseconds,
      doc: "How often metrics are collected, and rules evaluated whose group does not say.",
      min: 100,
      example: 15_000,
      default: 15_000,
    },
    retentionMs: {
      ...count,
      doc: "How long samples are kept; rules cannot look farther back.",
      unit: "milliseconds",
      min: 60_000,
      example: 86_400_000,
      default: 86_400_000,
    },
    maxMemory: {
      kind: "size",
      doc: "How much memory samples may take, in the thread of alerting; the oldest go first.",
      example: "256MiB",
      default: 268_435_456,
    },
    externalUrl: {
      kind: "text",
      doc: "Where people find the alerts; receivers are told.",
      example: "https://desk.example/alerts",
      default: "",
      defaultNote: "none",
    },
    externalLabels: {
      kind: "map",
      doc: "Labels of every alert, such as the region that the process is in.",
      values: "text",
      example: "region=eu-west-1,cluster=a",
    },
    api: {
      kind: "group",
      doc: "Alertmanager's API of version 2 for `amtool`, Grafana and Prometheus; `true` takes the defaults. Who reaches it may silence.",
      typeName: "AlertingApiOptions",
      switchedOn: false,
      options: {
        port: {
          ...count,
          doc: "The port to listen on; 0 takes any free one.",
          min: 0,
          max: 65_535,
          example: 9_093,
          default: 9_093,
        },
        host: { kind: "text", doc: "Address to listen on.", example: "127.0.0.1", default: "127.0.0.1" },
      },
    },
  },
};
