import { catalogue as alerting } from "../../packages/alerting/src/catalogue.ts";
import { catalogue as agents } from "../../packages/cluster/src/agents/catalogue.ts";
import { catalogue as cluster } from "../../packages/cluster/src/catalogue.ts";
import { catalogue as consensus } from "../../packages/consensus/src/catalogue.ts";
import { catalogue as p2p } from "../../packages/consensus/src/p2p/catalogue.ts";
import { catalogue as gaming } from "../../packages/gaming/src/catalogue.ts";
import { catalogue as gpu } from "../../packages/gpu/src/catalogue.ts";
import { catalogue as own } from "../../packages/metrics/src/catalogue.ts";
import { catalogue as ml } from "../../packages/ml/src/catalogue.ts";
import { catalogue as host } from "../../packages/runtime/src/catalogue.ts";
import { catalogue as exports } from "../../packages/telltale/src/catalogue.ts";
import { catalogue as trading } from "../../packages/trading/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { greatest, inRange, least, onPage, perSecond, quantiles, total } from "../page-queries.ts";
import { group } from "../rules/telltale.ts";
import { catalogue as scrape } from "../scrape-catalogue.ts";

const { series, buckets } = onPage;

const yesNo = [
  { value: 0, text: "no", color: "red" },
  { value: 1, text: "yes", color: "green" },
] as const;

const holds = [
  { value: 0, text: "well", color: "green" },
  { value: 1, text: "holds", color: "red" },
] as const;

const failing = [
  { value: 0, text: "taken", color: "green" },
  { value: 1, text: "failing", color: "red" },
] as const;

export const dashboard: Dashboard = {
  name: "telltale",
  title: "Telltale's own health",
  description: "What telemetry costs, what it had to leave out, and whether it can be believed.",
  of: own.instrumentSeries,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Series",
          description: "Kept by all instruments.",
          unit: "short",
          width: 6,
          queries: { series: total(series(own.instrumentSeries)) },
        },
        {
          kind: "number",
          title: "Values refused",
          description: "By the recording guard, in the time that is shown: each is a fault in a caller.",
          unit: "short",
          width: 6,
          queries: { values: inRange(series(own.droppedRecords)) },
        },
        {
          kind: "number",
          title: "Ready",
          description: "Whether the process says that it is ready for work.",
          unit: "short",
          width: 6,
          states: yesNo,
          queries: { ready: least(series(host.ready)) },
        },
        {
          kind: "number",
          title: "Age of the page",
          description: "How old the numbers on the metrics page are, where a worker thread serves it.",
          unit: "s",
          width: 6,
          queries: { age: greatest(series(own.sampleAge)) },
        },
      ],
    },
    {
      title: "Exports",
      panels: [
        {
          kind: "states",
          title: "Places",
          description: "Whether what is sent there is taken.",
          unit: "short",
          states: failing,
          queries: {
            "{{telltale_signal}} {{telltale_destination}}": greatest(
              series(exports.exportFailing),
              "telltale_signal",
              "telltale_destination",
            ),
          },
        },
        {
          kind: "lines",
          title: "Sent and lost",
          description: "Spans, log records and exports of metrics a second, and what waits.",
          unit: "short",
          min: 0,
          queries: {
            "{{telltale_signal}} {{telltale_destination}} {{telltale_outcome}}": perSecond(
              series(exports.exportItems),
              "telltale_signal",
              "telltale_destination",
              "telltale_outcome",
            ),
            "{{telltale_signal}} {{telltale_destination}} waiting": total(
              series(exports.exportPending),
              "telltale_signal",
              "telltale_destination",
            ),
          },
        },
      ],
    },
    {
      title: "Alerting in the process",
      panels: [
        {
          kind: "states",
          title: "Conditions in code",
          description: "Whether what alert() asks for holds.",
          unit: "short",
          states: holds,
          queries: { "{{rule}}": greatest(series(alerting.condition), "rule") },
        },
        {
          kind: "states",
          title: "Processes that answer",
          description: "Whether the last scrape of a process succeeded.",
          unit: "short",
          states: yesNo,
          queries: { "{{instance}}": least(series(scrape.up), "instance") },
        },
        {
          kind: "lines",
          title: "Alerts and incidents",
          description:
            "Alerts that are pending and that fire, incidents that are open, and rules that cannot be evaluated.",
          unit: "short",
          min: 0,
          queries: {
            "alerts {{telltale_alert_state}}": total(series(exports.alertingAlerts), "telltale_alert_state"),
            "open incidents": total(series(exports.alertingIncidents)),
            "failing rules": total(series(exports.alertingFailingRules)),
          },
        },
        {
          kind: "bars",
          title: "Told and done",
          description: "Notifications, and what incidents led to, in the time that is shown; conditions that failed.",
          unit: "short",
          queries: {
            "notifications {{telltale_outcome}}": inRange(series(exports.alertingNotifications), "telltale_outcome"),
            "{{telltale_response}}": inRange(series(exports.alertingResponses), "telltale_response"),
            "condition {{rule}} failed": inRange(series(alerting.conditionErrors), "rule"),
          },
        },
        {
          kind: "lines",
          title: "Evaluations",
          description: "Groups of rules a second: a missed one came while the one before was still going on.",
          unit: "cps",
          min: 0,
          queries: { "{{telltale_outcome}}": perSecond(series(exports.alertingEvaluations), "telltale_outcome") },
        },
        {
          kind: "lines",
          title: "Series that rules see",
          description: "In the store of alerting, by process.",
          unit: "short",
          min: 0,
          queries: { "{{instance}}": total(series(exports.alertingSeries), "instance") },
        },
        {
          kind: "lines",
          title: "Memory of the store",
          description: "What the samples that rules see take, by process.",
          unit: "bytes",
          min: 0,
          queries: { "{{instance}}": total(series(exports.alertingMemory), "instance") },
        },
      ],
    },
    {
      title: "What is kept and what is not",
      panels: [
        {
          kind: "bars",
          title: "Instruments with the most series",
          description: "At its limit an instrument puts new series together as one.",
          unit: "short",
          queries: {
            "{{telltale_instrument}}": `topk(10, ${total(series(own.instrumentSeries), "telltale_instrument")})`,
          },
        },
        {
          kind: "bars",
          title: "Refused",
          description: "Values and attributes in the time that is shown, by instrument and reason.",
          unit: "short",
          queries: {
            "{{telltale_instrument}} value: {{reason}}": inRange(
              series(own.droppedRecords),
              "telltale_instrument",
              "reason",
            ),
            "{{telltale_instrument}} attribute: {{reason}}": inRange(
              series(own.droppedAttributes),
              "telltale_instrument",
              "reason",
            ),
            "StatsD line: {{reason}}": inRange(series(own.droppedLines), "reason"),
          },
        },
        {
          kind: "lines",
          title: "Events that cannot be",
          description: "A second: of orders, rounds, runs or bets that are over, and clocks that ran backwards.",
          unit: "cps",
          min: 0,
          queries: {
            "trading {{trading_anomaly}}": perSecond(series(trading.orderAnomalies), "trading_anomaly"),
            "trading clock": perSecond(series(trading.clockErrors)),
            "consensus {{consensus_anomaly}}": perSecond(series(consensus.anomalies), "consensus_anomaly"),
            "p2p {{p2p_anomaly}}": perSecond(series(p2p.anomalies), "p2p_anomaly"),
            "ml {{ml_anomaly}}": perSecond(series(ml.anomalies), "ml_anomaly"),
            "agents {{agent_anomaly}}": perSecond(series(agents.anomalies), "agent_anomaly"),
            "cluster {{cluster_anomaly}}": perSecond(series(cluster.anomalies), "cluster_anomaly"),
            "game {{game_anomaly}}": perSecond(series(gaming.anomalies), "game_anomaly"),
          },
        },
        {
          kind: "lines",
          title: "Series",
          description: "Of all instruments, by process: one that only grows has an attribute that should not be one.",
          unit: "short",
          min: 0,
          queries: { "{{instance}}": total(series(own.instrumentSeries), "instance") },
        },
      ],
    },
    {
      title: "What it costs",
      panels: [
        {
          kind: "lines",
          title: "Sampling the host",
          description: "How long the main thread is busy with one sample.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(host.sampleDuration), "instance"),
        },
        {
          kind: "lines",
          title: "Sampling the GPUs",
          description: "How long one sample takes (not on the main thread), and failures a second.",
          unit: "s",
          min: 0,
          queries: {
            ...quantiles([0.5, 0.99], buckets(gpu.collectDuration), "gpu_provider"),
            "{{gpu_provider}} failures": perSecond(series(gpu.collectFailures), "gpu_provider"),
          },
        },
        {
          kind: "lines",
          title: "Health checks",
          description: "How long they take to answer.",
          unit: "s",
          min: 0,
          queries: quantiles([0.99], buckets(host.healthCheckDuration), "telltale_check"),
        },
        {
          kind: "lines",
          title: "Profiled sections of code",
          description: "p99 of each.",
          unit: "s",
          min: 0,
          queries: quantiles([0.99], buckets(host.scopeDuration), "telltale_scope"),
        },
      ],
    },
  ],
};
