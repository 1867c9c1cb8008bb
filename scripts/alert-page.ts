import type { Alert, RuleGroup } from "./alert.ts";
import { optionalGroups, ruleGroups, runbook } from "./rule-files.ts";

/** docs/alerts.md: what every alert means, and what to do when it fires. */
export function alertPage(): string {
  const count = ruleGroups.flatMap(({ alerts }) => alerts).length;
  return `${[
    `# Alerts

<!-- Written by npm run generate from scripts/rules: change it there. -->

${count} alert rules in \`deploy/alerts\`, a file for each domain, in the format of Prometheus: they run on Prometheus, on Mimir and wherever
rule files are read. Point \`rule_files\` at those of the domains that you use:

\`\`\`yaml
rule_files: ["/etc/prometheus/alerts/*.yaml"]
\`\`\`

Each is named for what happened, and has a \`severity\` to route by: \`critical\` wakes somebody, \`warning\` waits for the morning. The
annotation \`description\` says what it means, \`runbook\` names its place on this page. Thresholds are starting points: those of money and
sizes (LargeDailyLoss, LargePosition) are yours to set.

promtool's unit tests in \`deploy/alerts/tests\` show for each rule samples on which it fires, and others on which it is silent:
\`promtool test rules deploy/alerts/tests/*.yaml\`.`,
    ...ruleGroups.map(section),
    ...optionalGroups.map(optional),
  ].join("\n\n")}\n`;
}

function section({ domain, title, recordings = [], alerts }: RuleGroup): string {
  const recorded = recordings.map(({ record, meaning }) => `- \`${record}\`: ${meaning}`);
  return [
    `## ${title}`,
    `\`deploy/alerts/${domain}.yaml\``,
    table(alerts),
    ...(recorded.length > 0
      ? [`Recording rules, for those above and for your own queries:\n\n${recorded.join("\n")}`]
      : []),
    ...alerts.map(details),
  ].join("\n\n");
}

function optional({ domain, title, recordings = [] }: RuleGroup): string {
  const rows = recordings.map(({ record, meaning }) => `| \`${record}\` | ${meaning} |`);
  return `## ${title}

\`deploy/alerts/optional/${domain}.yaml\`, to be named in \`rule_files\` where it is wanted: recording rules that give metrics of telltale the names,
the units and the label \`gpu\` of NVIDIA's DCGM exporter, for dashboards that are made for it. The utilization of tensor cores is not among
them: telltale does not have it.

| records | from |
| --- | --- |
${rows.join("\n")}`;
}

function table(alerts: readonly Alert[]): string {
  const rows = alerts.map((alert) => [
    `[${alert.name}](#${runbook(alert).split("#")[1]})`,
    alert.severity,
    alert.for ?? "at once",
    plain(alert.summary),
  ]);
  return [["alert", "severity", "after", "says"], ["---", "---", "---", "---"], ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

function details({ name, expr, meaning, steps, ...rule }: Alert): string {
  const held = rule.for === undefined ? "at once" : `when it held for ${rule.for}`;
  return `### ${name}

${meaning}

${steps.map((step) => `- ${step}`).join("\n")}

Fires ${held}:

\`\`\`promql
${expr}
\`\`\``;
}

/** `{{ $labels.trading_venue }}` as code: `trading_venue`. */
function plain(summary: string): string {
  return summary.replace(/\{\{ \$labels\.(\w+) \}\}/g, "`$1`").replace(/\{\{ \$value[^}]*\}\}/g, "`value`");
}
