/** Rules, data and tests by chance: promtool and the package agree on each test whether it passes. */
import { existsSync } from "node:fs";
import { parseRuleFile, parseRuleTestFile, RuleGroup, runRuleTests } from "@telltale/alerting";
import { formatLabels, MemoryStore, parseSeriesDescription, queryInstant, toRecord } from "@telltale/promql";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { absentServers } from "../e2e/server-program.ts";
import { type Random, random } from "../promql/random.ts";
import { promtoolTest } from "./promtool-verdicts.ts";
import { type RandomSeries, randomRules, randomSeries } from "./random-rules.ts";

/** Another seed gives other rules and data: `TELLTALE_SEED=7 npx vitest run test/alerting`. */
const seed = Number(process.env["TELLTALE_SEED"] ?? 1);
const MINUTES = 24;
const RULES = 120;
const DATA_SETS = 2;
const TIMES = 16;

interface ExpectedAlert {
  exp_labels: Record<string, string>;
  exp_annotations: Record<string, string>;
}

/** What fires at each minute, by name. */
function firing(
  rules: string,
  series: readonly RandomSeries[],
  external: Record<string, string>,
): Map<string, ExpectedAlert[]>[] {
  const store = new MemoryStore();
  const options = { store, intervalMs: 60_000, externalLabels: external };
  const groups = parseRuleFile(rules).groups.map((group) => new RuleGroup(group, options));
  const described = series.map(({ series, values }) => parseSeriesDescription(`${series} ${values}`));
  return Array.from({ length: MINUTES + 1 }, (_, minute) => {
    const timeMs = minute * 60_000;
    for (const { labels, values } of described) {
      const value = values[minute];
      if (value?.kind === "float") store.append([{ labels, timeMs, value: value.value }]);
      if (value?.kind === "stale") store.append([{ labels, timeMs, value: Number.NaN, stale: true }]);
    }
    const found = new Map<string, ExpectedAlert[]>();
    for (const group of groups) {
      group.evaluate(timeMs);
      for (const { definition, alerts, lastError } of group.rules()) {
        expect(lastError).toBeUndefined();
        const ones = alerts.filter(({ state }) => state === "firing");
        found.set(
          definition.name,
          ones.map(({ labels, annotations }) => ({
            exp_labels: toRecord(labels),
            exp_annotations: { ...annotations },
          })),
        );
      }
    }
    return found;
  });
}

/** Something that makes a test fail, in most cases. */
function spoil(chance: Random, alerts: ExpectedAlert[]): void {
  const one = alerts.length > 0 ? chance.pick(alerts) : undefined;
  if (one === undefined || chance.chance(0.2)) alerts.push({ exp_labels: { severity: "other" }, exp_annotations: {} });
  else if (chance.chance(0.3)) alerts.splice(alerts.indexOf(one), 1);
  else if (chance.chance(0.5)) one.exp_labels["severity"] = `${one.exp_labels["severity"] ?? ""}x`;
  else one.exp_annotations["text_0"] = `${one.exp_annotations["text_0"] ?? ""} `;
}

function randomTests(
  chance: Random,
  rules: string,
  alertNames: readonly string[],
): { readonly text: string; readonly count: number } {
  let count = 0;
  const tests = Array.from({ length: DATA_SETS }, (_, i) => {
    const series = randomSeries(chance, MINUTES);
    const external = { region: "eu" };
    const states = firing(rules, series, external);
    const alertTests = alertNames.flatMap((alertname) =>
      Array.from({ length: TIMES }, () => {
        const minute = chance.below(MINUTES + 1);
        const alerts = structuredClone(states[minute]!.get(alertname)!);
        if (chance.chance(0.4)) spoil(chance, alerts);
        count++;
        // Between two evaluations the one before counts; the seconds make each test's time its own.
        return { eval_time: `${minute * 60 + chance.below(60)}s`, alertname, exp_alerts: alerts };
      }),
    );
    return {
      name: `set-${i}`,
      interval: "1m",
      input_series: series,
      external_labels: external,
      alert_rule_test: alertTests,
    };
  });
  // Without it promtool takes the groups by chance, and what one counts of another's alerts differs.
  const order = parseRuleFile(rules).groups.map(({ name }) => name);
  const file = { rule_files: ["rules.yaml"], evaluation_interval: "1m", group_eval_order: order, tests };
  return { text: stringify(file), count };
}

/** `set-0 Alert7 3m17s`, for each test that failed. */
function failures(said: string): readonly string[] {
  return [...said.matchAll(/name: (set-\d+),\n\s*alertname: (\S+), time: (\S+),/g)]
    .map(([, set, alert, time]) => `${set} ${alert} ${time}`)
    .sort();
}

const expressions = [
  "up",
  "sum by (job) (up)",
  "temperature > 30",
  'temperature{job="api"} offset 2m',
  "max_over_time(temperature[150s])",
  "count_over_time(up[330s])",
  "changes(requests_total[630s])",
  "quantile(0.5, temperature)",
  "topk(2, temperature)",
  "temperature * on (instance) group_left up",
  "absent(absent_metric)",
  "vector(3) + 4",
  "17",
  "time()",
  'label_replace(up, "short", "$1", "instance", "(.*)-.*")',
  'count_values("value", up)',
  "temperature @ 300",
  "max_over_time((temperature > 10)[10m:45s])",
  "-temperature unless up == 1",
  "rate(absent_metric[5m])",
];

function valueAt(series: readonly RandomSeries[], expr: string, minute: number): { labels: string; value: number }[] {
  const store = new MemoryStore();
  for (const { series: name, values: text } of series) {
    const { labels, values } = parseSeriesDescription(`${name} ${text}`);
    for (const [i, value] of values.entries()) {
      const timeMs = i * 60_000;
      if (value.kind === "float") store.append([{ labels, timeMs, value: value.value }]);
      if (value.kind === "stale") store.append([{ labels, timeMs, value: Number.NaN, stale: true }]);
    }
  }
  const { value } = queryInstant(store, expr, { timeMs: minute * 60_000 });
  if (value.type === "scalar") return [{ labels: "{}", value: value.value }];
  if (value.type !== "vector") throw new Error(`${expr} is a ${value.type}`);
  return value.samples.map((sample) => ({ labels: formatLabels(sample.labels), value: sample.value }));
}

const absent = absentServers("prometheus");
/** Somebody may have built a newer one. */
const program = process.env["TELLTALE_PROMTOOL"] ?? "promtool";

describe.skipIf(absent)(`tests of rules with the seed ${seed}${absent ? ` (skipped: ${absent})` : ""}`, () => {
  test("promtool lets the same ones pass", async () => {
    expect(program === "promtool" || existsSync(program)).toBe(true);
    const chance = random(seed);
    const { rules: groups, alertNames } = randomRules(chance, RULES);
    const rules = stringify({ groups });
    const { text, count } = randomTests(chance, rules, alertNames);
    const ours = runRuleTests(parseRuleTestFile(text), [parseRuleFile(rules)]);
    const theirs = await promtoolTest(program, rules, text);
    const failed = failures(ours.flatMap((one) => one.failures).join("\n"));
    expect(failures(theirs)).toEqual(failed);
    expect(failed.length).toBeGreaterThan(0.2 * count);
    expect(failed.length).toBeLessThan(0.6 * count);
    expect(count).toBeGreaterThan(3_000);
  });

  test("promtool finds the same values of expressions right", async () => {
    const chance = random(seed + 1);
    const series = randomSeries(chance, MINUTES);
    const tests = expressions.flatMap((expr) =>
      [0, 7, 13, 21].map((minute) => {
        const samples = valueAt(series, expr, minute);
        if (samples.length > 0 && chance.chance(0.4)) chance.pick(samples).value += chance.pick([1, 1e-9, -2]);
        return { expr, eval_time: `${minute}m`, exp_samples: samples };
      }),
    );
    const file = { rule_files: [], tests: [{ interval: "1m", input_series: series, promql_expr_test: tests }] };
    const text = stringify(file);
    const [ours] = runRuleTests(parseRuleTestFile(text), []);
    const theirs = await promtoolTest(program, "groups: []", text);
    const failed = (said: string) => [...said.matchAll(/expr: (".*"), time: (\S+),/g)].map((match) => match[0]).sort();
    expect(failed(theirs)).toEqual(failed(ours!.failures.join("\n")));
    expect(ours!.failures.length).toBeGreaterThan(10);
    expect(ours!.failures.length).toBeLessThan(tests.length / 2);
  });
});
