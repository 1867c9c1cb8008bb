import { stringify } from "yaml";
import type { Alert, Example, FiringExample, RuleGroup } from "./alert.ts";
import type { GeneratedFile } from "./generated.ts";
import { group as agents } from "./rules/agents.ts";
import { group as baselines } from "./rules/baselines.ts";
import { group as cluster } from "./rules/cluster.ts";
import { group as consensus } from "./rules/consensus.ts";
import { group as dcgm } from "./rules/dcgm.ts";
import { group as gaming } from "./rules/gaming.ts";
import { group as gpu } from "./rules/gpu.ts";
import { group as host } from "./rules/host.ts";
import { group as http } from "./rules/http.ts";
import { group as ml } from "./rules/ml.ts";
import { group as p2p } from "./rules/p2p.ts";
import { group as telltale } from "./rules/telltale.ts";
import { group as trading } from "./rules/trading.ts";

/** All rules, a file each in deploy/alerts. */
export const ruleGroups: readonly RuleGroup[] = [
  host,
  http,
  gpu,
  trading,
  consensus,
  p2p,
  ml,
  agents,
  cluster,
  gaming,
  baselines,
  telltale,
];

/** Rules that only some want: beyond the reach of `alerts/*.yaml`, and named one by one in `rule_files`. */
export const optionalGroups: readonly RuleGroup[] = [dcgm];

const HEAD = "# Written by npm run generate from scripts/rules: change it there.\n";

/** Rule files for Prometheus, and beside them, where `alerts/*.yaml` does not take them in, promtool's unit tests of each rule. */
export function ruleFiles(): readonly GeneratedFile[] {
  return [
    ...ruleGroups.flatMap((group) => [
      { path: `deploy/alerts/${group.domain}.yaml`, text: HEAD + yaml(ruleFile(group)) },
      { path: `deploy/alerts/tests/${group.domain}.yaml`, text: HEAD + yaml(testFile(group)) },
    ]),
    ...optionalGroups.map((group) => ({
      path: `deploy/alerts/optional/${group.domain}.yaml`,
      text: HEAD + yaml(ruleFile(group)),
    })),
  ];
}

/** The page of docs that tells of an alert. */
export function runbook({ name }: Alert): string {
  return `docs/alerts.md#${name.toLowerCase()}`;
}

function ruleFile({ domain, recordings = [], alerts }: RuleGroup): object {
  const rules = [...recordings.map(({ record, expr }) => ({ record, expr })), ...alerts.map(rule)];
  return { groups: [{ name: `telltale-${domain}`, rules }] };
}

function rule(alert: Alert): object {
  const { name, expr, severity, labels } = alert;
  return {
    alert: name,
    expr,
    // Said also where it fires at once, so that nobody takes it for forgotten.
    for: alert.for ?? "0s",
    labels: { severity, ...labels },
    annotations: annotations(alert, alert.summary),
  };
}

function annotations(alert: Alert, summary: string): object {
  return { summary, description: alert.meaning, runbook: runbook(alert) };
}

function testFile({ domain, alerts }: RuleGroup): object {
  const tests = alerts.flatMap((alert) => [
    { ...samplesOf(`${alert.name} fires`, alert.fires), alert_rule_test: [firing(alert, alert.fires)] },
    { ...samplesOf(`${alert.name} is silent`, alert.silent), alert_rule_test: [silent(alert)] },
  ]);
  return { rule_files: [`../${domain}.yaml`], evaluation_interval: "30s", tests };
}

function samplesOf(name: string, { samples, interval = "30s" }: Example): object {
  return { name, interval, input_series: Object.entries(samples).map(([series, values]) => ({ series, values })) };
}

function firing(alert: Alert, { at, labels, value }: FiringExample): object {
  const exp_labels = { severity: alert.severity, ...alert.labels, ...labels };
  const summary = expanded(alert.summary, exp_labels, value);
  return {
    eval_time: at,
    alertname: alert.name,
    exp_alerts: [{ exp_labels, exp_annotations: annotations(alert, summary) }],
  };
}

function silent({ name, silent: { at } }: Alert): object {
  return { eval_time: at, alertname: name, exp_alerts: [] };
}

/** What Prometheus makes of a summary. */
function expanded(summary: string, labels: Readonly<Record<string, string>>, value = ""): string {
  return summary
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
    .replace(/\{\{ \$value[^}]*\}\}/g, value);
}

function yaml(content: object): string {
  return stringify(content, { lineWidth: 0 });
}
