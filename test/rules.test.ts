import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseRuleFile, parseRuleTestFile, runRuleTests } from "@telltale/alerting";
import { parse } from "@telltale/promql";
import { expect, test } from "vitest";
import { lintExpression } from "../scripts/lint-expression.ts";
import { type MetricLabels, metricLabels } from "../scripts/metric-labels.ts";
import { optionalGroups, ruleGroups } from "../scripts/rule-files.ts";

const root = resolve(import.meta.dirname, "..");
const known = await withRecordings(await metricLabels());
const alerts = ruleGroups.flatMap((group) => group.alerts);

test.each(alerts)("$name asks only for metrics, labels and values that the catalogues have", ({ expr }) => {
  expect(lintExpression(parse(expr), known).faults).toEqual([]);
});

test.each(alerts)("$name speaks of labels that it has", ({ expr, summary, fires }) => {
  const labels = [...lintExpression(parse(expr), known).labels.keys()];
  const spoken = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
  expect(labels).toEqual(expect.arrayContaining(spoken));
  expect(labels).toEqual(expect.arrayContaining(Object.keys(fires.labels)));
});

test("every alert has a name of its own, says what it means and what to do", () => {
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
  for (const { name, summary, meaning, steps } of alerts) {
    expect([name, summary, meaning, ...steps].filter((text) => text.trim() === "")).toEqual([]);
    expect(steps.length).toBeGreaterThan(0);
  }
});

test.each([
  ["rate(http_requests_total[5m])", "no catalogue has the metric http_requests_total"],
  ["trading_drawdown_current > 0.1", "no catalogue has the metric trading_drawdown_current"],
  ['trading_state{trading_venue="x"}', "trading_state has no label trading_venue"],
  ['trading_state{trading_state="stopped"}', 'trading_state of trading_state is never "stopped"'],
  ['trading_state{trading_state=~"halted|stopped"}', 'trading_state of trading_state is never "stopped"'],
  ["sum by (venue) (trading_balance)", "sum by: no label venue among"],
  ["trading_balance / trading_equity", "/ never matches series with"],
  ['label_replace(trading_state, "a", "$1", "b", "(.*)")', "label_replace: no label b among"],
  ["trading_state and on (trading_venue) trading_balance", "and on, left: no label trading_venue among"],
])("%s is found out", (expression, fault) => {
  expect(lintExpression(parse(expression), known).faults).toEqual([expect.stringContaining(fault)]);
});

test.each(optionalGroups.flatMap(({ recordings = [] }) => recordings))(
  "$record is recorded from what the catalogues have",
  ({ expr }) => {
    const { labels, faults } = lintExpression(parse(expr), known);
    expect(faults).toEqual([]);
    expect([...labels.keys()]).toContain("gpu");
  },
);

test("promtool accepts every rule file", (context) => {
  const optional = optionalGroups.map(({ domain }) => resolve(root, `deploy/alerts/optional/${domain}.yaml`));
  const output = promtool(["check", "rules", ...files("deploy/alerts/*.yaml"), ...optional], context);
  const rules = [...ruleGroups, ...optionalGroups].map(
    ({ recordings = [], alerts }) => recordings.length + alerts.length,
  );
  const found = [...output.matchAll(/(\d+) rules found/g)].map(([, count]) => Number(count));
  expect(found.sort()).toEqual(rules.sort());
});

test("on Prometheus every alert fires on its samples, and is silent on others", (context) => {
  const output = promtool(["test", "rules", ...files("deploy/alerts/tests/*.yaml")], context);
  expect(output.match(/SUCCESS/g)).toHaveLength(ruleGroups.length);
});

test.each(ruleGroups)(
  "by @telltale/alerting every alert of $domain fires on its samples, and is silent on others",
  ({ domain, alerts }) => {
    const rules = parseRuleFile(readFileSync(resolve(root, `deploy/alerts/${domain}.yaml`), "utf8"));
    const tests = parseRuleTestFile(readFileSync(resolve(root, `deploy/alerts/tests/${domain}.yaml`), "utf8"));
    const outcomes = runRuleTests(tests, [rules]);
    expect(outcomes).toHaveLength(2 * alerts.length);
    expect(outcomes.flatMap(({ failures }) => failures)).toEqual([]);
  },
);

function files(pattern: string): string[] {
  const found = globSync(pattern, { cwd: root }).map((path) => resolve(root, path));
  expect(found).toHaveLength(ruleGroups.length);
  return found;
}

function promtool(args: readonly string[], context: { skip(note: string): void }): string {
  try {
    return execFileSync("promtool", args, { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { code, stdout, stderr } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (code === "ENOENT") context.skip("promtool is not installed (Debian: prometheus)");
    throw new Error(`promtool ${args.slice(0, 2).join(" ")}: ${stdout}${stderr}`);
  }
}

/** A recording rule is a metric with the labels that its expression leaves. */
async function withRecordings(metrics: MetricLabels): Promise<MetricLabels> {
  const all = new Map(metrics);
  for (const { record, expr } of ruleGroups.flatMap(({ recordings = [] }) => recordings)) {
    const { labels, faults } = lintExpression(parse(expr), all);
    expect(faults).toEqual([]);
    all.set(record, labels);
  }
  return all;
}
