import { expect, test } from "vitest";
import { type LintOptions, lintRules } from "./lint-rules.ts";

/** One alert with nothing else to be said against. */
function alertOn(expr: string): string {
  return `groups:
  - name: desk
    rules:
      - alert: A
        expr: ${expr}
        for: 1m
        labels: { severity: warning }
        annotations: { summary: "{{ $value }} is too much" }
`;
}

function findings(text: string, options: LintOptions = {}): readonly string[] {
  return lintRules([{ path: "rules.yaml", text }], options).map(
    ({ line, column, level, check, message }) => `${line}:${column} ${level} ${check}: ${message}`,
  );
}

test.each([
  "sum by (instance) (rate(errors_total[5m])) / sum by (instance) (rate(requests_total[5m])) > 0.01",
  "sum without (code) (rate(errors_total[5m])) > 1",
  "max by (venue) (staleness_seconds) > 30",
  "topk(3, load) > 1",
  "a / on (instance, venue) b > 1",
  "a / ignoring (code) b > 1",
  "a / ignoring (code) group_left b > 1",
  "up == 0 unless on (job, instance) maintenance == 1",
  'sum(queue{instance="a"}) > 1',
  "count(up == 0) by (instance) > 0",
  "absent(vector(1))",
  'absent(up{job="desk"} == 1)',
  "scalar(max(limit)) < on () group_right load",
  "x and on () (hour() > 8)",
])("%s means the same for one replica and for many", (expr) => {
  expect(findings(alertOn(expr))).toEqual([]);
});

test.each([
  ["sum(rate(errors_total[5m])) > 1", "5:15 warning one-replica: sum adds up all replicas", "sum by (instance) (…)"],
  ["1 < count by (venue) (up == 0)", "5:19 warning one-replica: count adds up", "count by (instance, venue) (…)"],
  ["avg without (instance) (load) > 1", "5:15 warning one-replica: avg mixes all replicas", "avg without () (…)"],
  ["absent(load)", "absent() is true on a server only when no replica", "up unless on (job, instance)"],
  ["load > scalar(limit)", "5:22 warning one-replica: scalar() of several series is NaN", "join with on ()"],
  ["a / on (venue) b > 1", "/ finds several series to match", "on (instance, venue)"],
  ["a / ignoring (instance) b > 1", "/ finds several series to match", "ignoring without instance"],
  ["a and on (venue) b", "and takes the series of any replica", "on (instance, venue)"],
])("%s sees but one replica in a process", (expr, ...parts) => {
  const found = findings(alertOn(expr));
  expect(found).toHaveLength(1);
  for (const part of parts) expect(found[0]).toContain(part);
});

test.each([
  "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.01",
  "100 * (count by (job) (up == 0) / count by (job) (up)) > 10",
  "histogram_quantile(0.99, sum by (job, le) (rate(x_bucket[5m]))) > 1",
])("%s is a share or a quantile of all replicas, which is noted", (expr) => {
  const found = findings(alertOn(expr));
  expect(found.length).toBeGreaterThan(0);
  for (const one of found) expect(one).toMatch(/ note one-replica: .* one that is ill may go unseen among many/);
});

test("the label of replicas can be another one", () => {
  expect(findings(alertOn("sum by (pod) (load) > 1"), { replicaLabel: "pod" })).toEqual([]);
  expect(findings(alertOn("sum by (instance) (load) > 1"), { replicaLabel: "pod" })).toHaveLength(1);
});

test("a metric that is recorded of all replicas is told where it is recorded, and not where it is used", () => {
  const file = (groups: string) => `groups:\n  - name: a\n    rules:\n${groups}`;
  const text = file(`      - { record: all, expr: double * 2 }
      - { record: double, expr: sum(load) }
      - alert: A
        expr: sum(all) > 1
        for: 1m
        labels: { severity: info }
        annotations: { summary: x }
`);
  expect(findings(text)).toEqual([expect.stringMatching(/^5:33 warning one-replica: sum adds up/)]);
});

test("telltale_condition is noted", () => {
  expect(findings(alertOn('telltale_condition{rule="x"} == 1'))).toEqual([
    expect.stringMatching(/^5:15 note one-replica: telltale_condition is what the code of one process says/),
  ]);
});

test("what a server has behind a flag is told with the flag", () => {
  expect(findings(alertOn("rate(x[5m] smoothed) > fill (0) limitk(1, y)"))).toEqual([
    "5:15 warning feature-flag: fill works on a Prometheus server only with --enable-feature=promql-binop-fill-modifiers",
    "5:20 warning feature-flag: smoothed works on a Prometheus server only with --enable-feature=promql-extended-range-selectors",
    "5:47 warning feature-flag: limitk works on a Prometheus server only with --enable-feature=promql-experimental-functions",
  ]);
});

const metrics = {
  has: (name: string) => name === "trading_pnl_ratio",
  nearest: (name: string) => (name.startsWith("trading_pn") ? "trading_pnl_ratio" : undefined),
};

test("a metric that nobody exports is told, with the one that was meant", () => {
  const options = { metrics };
  expect(findings(alertOn("trading_pnl_ratio < 1 or up == 0"), options)).toEqual([]);
  expect(findings(alertOn("trading_pnl < 1"), options)).toEqual([
    "5:15 warning unknown-metric: no catalogue has the metric trading_pnl; did you mean trading_pnl_ratio?",
  ]);
  expect(findings(alertOn('rate({__name__="mine"}[5m]) < 1'), options)).toEqual([
    "5:20 warning unknown-metric: no catalogue has the metric mine; is it one of your own?",
  ]);
  expect(findings(alertOn('1 > {__name__=~"mine.*"}'), options)).toEqual([]);
  expect(findings(alertOn("mine > 1 and mine < 3"), options)).toHaveLength(1);
  expect(findings(alertOn("job:errors:rate5m > 1"), options)).toEqual([
    "5:15 warning unknown-metric: no rule of these files records job:errors:rate5m; give the file that does as well",
  ]);
});

const speaking = (expr: string) => alertOn(expr).replace("$value", "$$labels.venue");

test.each([
  ["max by (instance) (x) > 1", "instance"],
  ["max(x) > 1", "none"],
  ["topk(3, max by (instance) (x)) > 1", "instance"],
  ["max by (instance) (x) / on (instance) max by (instance, venue) (y) > 1", "instance"],
  ["histogram_quantile(0.9, sum by (instance, le) (rate(x[5m]))) > 1", "instance, le"],
  ["max by (instance) (x) and on (instance) y", "instance"],
  ["vector(1) > 0", "none"],
  ['absent(up{job="desk", venue=~"a|b"}) > 0', "job"],
  ['absent_over_time(up{job="desk"}[5m]) > 0', "job"],
])("a text that speaks of a label which %s leaves out is told", (expr, has) => {
  expect(findings(speaking(expr))).toEqual([
    `8:22 warning unknown-label: summary speaks of the label venue, which the expression leaves out; it has ${has}`,
  ]);
});

test.each([
  "x > 1",
  "max without (path) (x) > 1",
  "max by (instance, venue) (x) > 1",
  "max by (instance) (x) * on (instance) group_left (venue) y > 1",
  "max by (instance) (x) > 1 or x > 5",
  'label_replace(max by (instance) (x), "venue", "$1", "instance", "(.*)") > 1',
  'count_values by (instance) ("venue", x) > 1',
  'absent(x{venue="a"}) > 0 and on () vector(1)',
])("a text may speak of what %s may have", (expr) => {
  expect(findings(speaking(expr)).filter((found) => found.includes("unknown-label"))).toEqual([]);
});

const bare = (expr: string, more = "") =>
  `groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: ${expr}\n${more}`;

test("an alert says for how long, how bad it is, and what it is", () => {
  expect(findings(bare("x > 1"))).toEqual([
    expect.stringMatching(/^4:16 warning no-for: one sample is enough to fire/),
    expect.stringMatching(/^4:16 warning no-severity: /),
    expect.stringMatching(/^4:16 warning no-summary: /),
  ]);
  // On purpose, or because it looks back anyway.
  expect(findings(bare("x > 1", "        for: 0s\n"))).toHaveLength(2);
  expect(findings(bare("increase(x[5m]) > 1"))).toHaveLength(2);
  expect(findings(bare("max_over_time((x > bool 1)[5m:1m]) > 0"))).toHaveLength(2);
  expect(findings(bare("job:errors:ratio_rate5m > 1"))).toHaveLength(2);
  expect(findings(bare("vector(1)"))).toHaveLength(2);
  expect(findings(bare('ALERTS{severity="info"} == 1'))).toHaveLength(2);
  expect(findings(`${bare("recorded > 1")}      - record: recorded\n        expr: rate(x[5m])\n`)).toHaveLength(2);
});

test("a text that asks for other series may speak of their labels", () => {
  const text = '{{ range query \\"up\\" }}{{ .Labels.instance }}{{ end }}{{ $$labels.other }}';
  expect(findings(alertOn("max by (job) (x) > 1").replace("{{ $value }}", text))).toEqual([
    expect.stringContaining("summary speaks of the label other"),
  ]);
});

test.each([
  ["double quotes", `        expr: "a{b=\\"c\\"} + sum(x)"`, "5:29"],
  ["single quotes", `        expr: 'a{b=''c''} + sum(x)'`, "5:29"],
  ["a block", "        expr: |\n          a > 1\n            and on (instance) sum(x) > 1", "7:31"],
  ["a folded block", "        expr: >-\n          a > 1\n          and on (instance) sum(x) > 1", "7:29"],
  ["several lines", "        expr: a > 1\n          and on (instance) sum(x) > 1", "6:29"],
])("places are right in %s", (_, expr, place) => {
  const text = alertOn("x").replace(/ {8}expr: x/, expr);
  expect(findings(text).map((found) => found.split(" ").slice(0, 3).join(" "))).toEqual([
    `${place} warning one-replica:`,
  ]);
});

test("a file that cannot be used is told as promtool tells it, and the others are looked at all the same", () => {
  const broken = alertOn("sum(").replace("$value", "$$labels.");
  const found = lintRules([
    { path: "broken.yaml", text: broken },
    { path: "rules.yaml", text: alertOn("sum(x) > 1") },
  ]);
  expect(found.map(({ path, check, level }) => [path, check, level])).toEqual([
    ["broken.yaml", "broken", "error"],
    ["broken.yaml", "broken", "error"],
    ["rules.yaml", "one-replica", "warning"],
  ]);
  expect(found[0]).toMatchObject({
    line: 5,
    rule: "A",
    message: expect.stringContaining("could not parse expression"),
  });
});
