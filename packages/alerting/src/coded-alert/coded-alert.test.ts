import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { instrumentProducer } from "@telltale/metrics";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { parseRuleFile } from "../rule-file/rule-file.ts";
import { parseRuleTestFile } from "../rule-test/rule-test-file.ts";
import { runRuleTests } from "../rule-test/run-rule-tests.ts";
import { alert, type CodedAlert } from "./coded-alert.ts";
import type { CodedAlertOptions } from "./coded-rule.ts";
import { codedRules } from "./coded-rules.ts";
import { watchCodedRules } from "./declared-rules.ts";

const declared: CodedAlert[] = [];
afterEach(() => {
  for (const one of declared.splice(0)) one[Symbol.dispose]();
});

function declare(options: Partial<CodedAlertOptions> & Pick<CodedAlertOptions, "name">): CodedAlert {
  const one = alert({ severity: "warning", condition: () => undefined, ...options });
  declared.push(one);
  return one;
}

/** What a reader of metrics gets of a rule, by metric: values, with the text where there is one. */
function published(rule: string): Readonly<Record<string, unknown>> {
  const { scopeMetrics } = producer.collectNow().resourceMetrics;
  const found: Record<string, unknown> = {};
  for (const { descriptor, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    for (const { attributes, value } of dataPoints) {
      if (attributes["rule"] !== rule) continue;
      const text = attributes["text"];
      found[descriptor.name.replace("telltale.condition", "")] = text === undefined ? value : { [String(text)]: value };
    }
  }
  return found;
}
const producer = instrumentProducer();

test("the condition is asked at each collection, and published as 1 while it holds", () => {
  let losses = 3;
  const condition = vi.fn(() => (losses >= 5 ? `${losses} consecutive losing trades` : undefined));
  declare({ name: "ConsecutiveLosses", condition });
  expect(condition).not.toHaveBeenCalled();
  expect(published("ConsecutiveLosses")).toEqual({ "": 0, ".errors": 0 });
  losses = 5;
  expect(published("ConsecutiveLosses")).toMatchObject({ "": 1, ".text": { "5 consecutive losing trades": 1 } });
  expect(condition).toHaveBeenCalledTimes(2);
});

test("a text that goes on to change makes no other series, the next time that the condition holds does", () => {
  let pnl = -5_001;
  declare({ name: "LargeLoss", condition: () => (pnl < -5_000 ? `Daily P&L: ${pnl}` : undefined) });
  published("LargeLoss");
  pnl = -5_002;
  expect(published("LargeLoss")).toMatchObject({ "": 1, ".text": { "Daily P&L: -5001": 1 } });
  pnl = 0;
  // Its last number is 0, for readers that see it a while yet.
  expect(published("LargeLoss")).toMatchObject({ "": 0, ".text": { "Daily P&L: -5001": 0 } });
  pnl = -5_003;
  expect(published("LargeLoss")).toMatchObject({ "": 1, ".text": { "Daily P&L: -5003": 1 } });
});

test("a long text is cut", () => {
  declare({ name: "Long", condition: () => "x".repeat(1_000) });
  expect(published("Long")).toMatchObject({ ".text": { [`${"x".repeat(299)}…`]: 1 } });
});

test("a condition that throws, or gives no text, is counted, told once and absent; the others go on", () => {
  const told: string[] = [];
  const write = (message: string, ...more: unknown[]) => void told.push([message, ...more].join(" "));
  const silent = () => {};
  diag.setLogger(
    { error: silent, warn: write, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  try {
    declare({
      name: "Broken",
      condition: () => {
        throw new Error("no such account");
      },
    });
    declare({ name: "Waiting", condition: (() => Promise.reject(new Error("late"))) as never });
    declare({ name: "Fine", condition: () => "as it should be" });
    for (let i = 0; i < 3; i++) published("Broken");
    expect(published("Broken")).toEqual({ ".errors": 4 });
    expect(published("Waiting")).toEqual({ ".errors": 5 });
    expect(published("Fine")).toMatchObject({ "": 1 });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^telltale: the condition of alert "Broken" failed.*no such account/);
    expect(told[1]).toMatch(/"Waiting" failed.*it gave a promise; return a text at once/);
  } finally {
    diag.disable();
  }
});

test("the rule asks for the condition, with what the options say", () => {
  declare({
    name: 'Say "no"',
    severity: "critical",
    for: "30s",
    cooldown: "5m",
    labels: { team: "desk" },
    annotations: { runbook: "https://wiki/no" },
  });
  declare({ name: "AtOnce" });
  const { groups } = parseRuleFile(codedRules().text);
  expect(groups.map(({ name }) => name)).toEqual(["telltale-conditions"]);
  const [first, second] = groups[0]!.rules;
  expect(first).toMatchObject({
    ...{ kind: "alerting", name: 'Say "no"', query: 'telltale_condition{rule="Say \\"no\\""} == 1' },
    ...{ forMs: 30_000, keepFiringForMs: 300_000, labels: { severity: "critical", team: "desk" } },
    annotations: { runbook: "https://wiki/no", summary: expect.stringContaining("telltale_condition_text") },
  });
  expect(second).toMatchObject({ forMs: 0, keepFiringForMs: 0, labels: { severity: "warning" } });
});

test("without alerts in code there are no rules, and the file is one all the same", () => {
  expect(parseRuleFile(codedRules().text)).toEqual({ groups: [] });
});

test("who disposes of an alert ends its rule and its series; the name is free again", () => {
  const one = declare({ name: "Once", condition: () => "here" });
  expect(published("Once")).toMatchObject({ "": 1 });
  expect(() => declare({ name: "Once" })).toThrow(
    expect.objectContaining({ code: "TELLTALE_DUPLICATE_ALERT", message: expect.stringContaining('"Once" already') }),
  );
  one[Symbol.dispose]();
  expect(published("Once")).toEqual({ ".text": { here: 0 } });
  expect(codedRules().text).not.toContain("Once");
  declare({ name: "Once" });
  one[Symbol.dispose]();
  expect(published("Once")).toMatchObject({ "": 0 });
});

test.each<[string, unknown, string]>([
  ["no name", { severity: "info" }, 'name is undefined; give a text of 1 to 200 letters, such as "LargeLoss"'],
  ["no options", undefined, "name is undefined"],
  ["an unknown severity", { severity: "fatal" }, 'severity of alert "Bad" is "fatal"; give info, warning or critical'],
  ["no condition", { condition: "x > 1" }, 'condition of alert "Bad" is "x > 1"; give a function'],
  ["a bad duration", { for: "soon" }, 'the options of alert "Bad" make no rule: not a valid duration string: "soon"'],
  ["a bad cooldown", { cooldown: "1 minute" }, 'unknown unit " minute" in duration "1 minute"'],
  ["what is no text", { labels: { team: () => "desk" } }, "where a text belongs; give a text"],
  ["a second severity", { labels: { severity: "info" } }, 'labels of alert "Bad" have a severity; leave it out'],
  ["a broken template", { annotations: { summary: "{{ $labels.x" } }, 'annotation "summary"'],
])("%s is told at the call", (_, options, message) => {
  const given = options && { name: "Bad", severity: "info", condition: () => undefined, ...(options as object) };
  if (message.startsWith("name is") && given) Reflect.deleteProperty(given, "name");
  expect(() => alert(given as never)).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_ALERT", message: expect.stringContaining(message) }),
  );
  expect(codedRules().text).not.toContain("Bad");
});

test("what is taken without a parser is what a parser takes", () => {
  const text = fc.string({ unit: "grapheme" });
  const texts = fc.dictionary(fc.stringMatching(/^[a-zA-Z]\w{0,8}$/), text, { maxKeys: 3 });
  const duration = fc.oneof(fc.constant("0s"), fc.stringMatching(/^(\d{1,3}h)?(\d{1,4}m)?(\d{1,6}s)$/));
  const name = fc.stringMatching(/^[\x21-\x7e][\x20-\x7e]{0,20}$/);
  const options = fc.record(
    { name, for: duration, cooldown: duration, labels: texts, annotations: texts },
    { requiredKeys: ["name"] },
  );
  fc.assert(
    fc.property(options, (given) => {
      using _ = alert({ severity: "info", condition: () => undefined, ...given } as CodedAlertOptions);
      const { groups } = parseRuleFile(codedRules().text);
      expect(groups[0]!.rules).toMatchObject([{ name: given.name, labels: { ...given.labels, severity: "info" } }]);
    }),
    { numRuns: 300 },
  );
});

test("who watches is told once of all alerts of a turn", async () => {
  const changed = vi.fn();
  const watch = watchCodedRules(changed);
  declare({ name: "A" });
  declare({ name: "B" })[Symbol.dispose]();
  await new Promise((resolve) => setImmediate(resolve));
  expect(changed).toHaveBeenCalledTimes(1);
  watch[Symbol.dispose]();
  declare({ name: "C" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(changed).toHaveBeenCalledTimes(1);
});

const unitTest = `
rule_files: [rules.yaml]
evaluation_interval: 15s
tests:
  - name: each replica has its own text
    interval: 15s
    input_series:
      - { series: 'telltale_condition{rule="LargeLoss",job="desk",instance="a"}', values: "0 1 1 1 0 0 0 0 0 0" }
      - { series: 'telltale_condition_text{rule="LargeLoss",job="desk",instance="a",text="Daily P&L: \\"-5001\\""}', values: "_ 1 1 1 0 0" }
      - { series: 'telltale_condition{rule="LargeLoss",job="desk",instance="b"}', values: "0 0 1 1 1 1 1 1 1 1" }
    alert_rule_test:
      - { eval_time: 15s, alertname: LargeLoss, exp_alerts: [] }
      - eval_time: 45s
        alertname: LargeLoss
        exp_alerts:
          - exp_labels: { severity: critical, rule: LargeLoss, job: desk, instance: a }
            exp_annotations: { summary: 'Daily P&L: "-5001"' }
          - exp_labels: { severity: critical, rule: LargeLoss, job: desk, instance: b }
            exp_annotations: { summary: LargeLoss }
      - eval_time: 75s
        alertname: LargeLoss
        exp_alerts:
          - exp_labels: { severity: critical, rule: LargeLoss, job: desk, instance: a }
            exp_annotations: { summary: 'Daily P&L: "-5001"' }
          - exp_labels: { severity: critical, rule: LargeLoss, job: desk, instance: b }
            exp_annotations: { summary: LargeLoss }
      - eval_time: 120s
        alertname: LargeLoss
        exp_alerts:
          - exp_labels: { severity: critical, rule: LargeLoss, job: desk, instance: b }
            exp_annotations: { summary: LargeLoss }
`;

test("the alert says the text of its own replica, here and on a server, and goes on for its cooldown", (context) => {
  declare({ name: "LargeLoss", severity: "critical", for: "15s", cooldown: "30s" });
  const { text } = codedRules();
  const outcomes = runRuleTests(parseRuleTestFile(unitTest), [parseRuleFile(text)]);
  expect(outcomes.flatMap(({ failures }) => failures)).toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), "telltale-coded-"));
  try {
    writeFileSync(join(folder, "rules.yaml"), text);
    writeFileSync(join(folder, "tests.yaml"), unitTest);
    expect(execFileSync("promtool", ["test", "rules", join(folder, "tests.yaml")], { encoding: "utf8" })).toContain(
      "SUCCESS",
    );
  } catch (error) {
    const { code, stdout, stderr } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (code === "ENOENT") context.skip("promtool is not installed (Debian: prometheus)");
    throw new Error(`promtool: ${stdout}${stderr}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
