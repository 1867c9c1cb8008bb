import { expect, test } from "vitest";
import { parseRuleFile } from "../rule-file/rule-file.ts";
import { parseRuleTestFile, RuleTestFileError } from "./rule-test-file.ts";
import { runRuleTests } from "./run-rule-tests.ts";

function failures(tests: string, rules = "groups: []"): readonly string[] {
  return runRuleTests(parseRuleTestFile(tests), [parseRuleFile(rules)]).flatMap((outcome) => outcome.failures);
}

const expression = (values: string, expr: string, expected: string, more = ""): string => `
${more}
tests:
  - interval: 1m
    input_series:
      - { series: 'x{a="b"}', values: '${values}' }
    promql_expr_test:
      - { expr: '${expr}', eval_time: 2m, exp_samples: [${expected}] }
`;

test("an expression has to have the values that are expected, to the last digit", () => {
  expect(failures(expression("0+1x5", "x", "{ labels: 'x{a=\"b\"}', value: 2 }"))).toEqual([]);
  expect(failures(expression("0+1x5", "x", "{ labels: 'x{a=\"b\"}', value: 2.0000000000000004 }"))).toEqual([
    '    expr: "x", time: 2m,\n        exp: {__name__="x", a="b"} 2.0000000000000004E+00\n        got: {__name__="x", a="b"} 2E+00',
  ]);
  expect(failures(expression("0+1x5", "x > 5", ""))).toEqual([]);
  expect(failures(expression("1 2 NaN", "x", "{ labels: 'x{a=\"b\"}', value: .nan }"))).toHaveLength(1);
});

test("with fuzzy_compare a number that is next to the other is equal, and no other", () => {
  const fuzzy = (value: string) =>
    failures(expression("0+1x5", "x", `{ labels: 'x{a="b"}', value: ${value} }`, "fuzzy_compare: true"));
  expect(fuzzy("2.0000000000000004")).toEqual([]);
  expect(fuzzy("1.9999999999999998")).toEqual([]);
  expect(fuzzy("2.0000000000000009")).toHaveLength(1);
});

test("native histograms are compared as they are written", () => {
  const histogram = "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x3";
  const expected = (text: string) => `{ labels: 'x{a="b"}', histogram: '${text}' }`;
  const same = "{{schema:0 sum:5 count:4 buckets:[1 2 1] counter_reset_hint:not_reset}}";
  expect(failures(expression(histogram, "x", expected(same)))).toEqual([]);
  expect(failures(expression(histogram, "x", expected(same.replace("1 2 1", "1 1 2"))))).toHaveLength(1);
  // What Prometheus knows of resets by itself belongs to the histogram, for promtool too.
  expect(failures(expression(histogram, "x", expected(histogram.slice(0, -2))))).toHaveLength(1);
  expect(failures(expression(histogram, "histogram_count(x)", "{ labels: '{a=\"b\"}', value: 4 }"))).toEqual([]);
});

test("start_timestamp sets the time of a group of tests, as a number or a date", () => {
  for (const start of ["1704067200", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00"]) {
    const tests = expression("1x5", "timestamp(x)", `{ labels: '{a="b"}', value: 1704067320 }`);
    expect(failures(tests.replace("interval: 1m", `interval: 1m\n    start_timestamp: ${start}`))).toEqual([]);
  }
});

test("groups that are named come in their order, after the others", () => {
  const rules =
    "groups: [{ name: b, rules: [{ record: y, expr: z }] }, { name: a, rules: [{ record: z, expr: 'sum(x)' }] }]";
  const wanted = (order: string) => expression("1 1 7", "y", "{ labels: y, value: 7 }", `group_eval_order: ${order}`);
  expect(failures(wanted("[a, b]"), rules)).toEqual([]);
  expect(failures(wanted("[b, a]"), rules)).toHaveLength(1);
});

test("an alert fires as of the evaluation before its time, with external labels for its templates", () => {
  const rules = `
groups:
  - name: g
    rules:
      - alert: High
        expr: x > 2
        for: 1m
        annotations: { where: '{{ $externalLabels.region }} {{ .ExternalURL }}' }
`;
  const tests = (time: string, expected: string) => `
tests:
  - name: high
    interval: 1m
    external_labels: { region: eu }
    external_url: http://here
    input_series: [{ series: 'x{a="b"}', values: '0+1x10' }]
    alert_rule_test: [{ eval_time: ${time}, alertname: High, exp_alerts: [${expected}] }]
`;
  const alert = "{ exp_labels: { a: b }, exp_annotations: { where: eu http://here } }";
  expect(failures(tests("3m59s", ""), rules)).toEqual([]);
  expect(failures(tests("4m", alert), rules)).toEqual([]);
  expect(failures(tests("4m30s", alert), rules)).toEqual([]);
  const [failure] = failures(tests("4m30s", ""), rules);
  expect(failure).toContain("    name: high,\n    alertname: High, time: 4m30s, \n        exp:[], \n        got:[\n");
});

test("a rule that fails ends its group of tests, and series that cannot be read do", () => {
  const rules = "groups: [{ name: g, rules: [{ record: y, expr: 'x + on () x' }] }]";
  const tests = expression("1x5", "x", "").replace(
    "- { series:",
    "- { series: 'x{a=\"c\"}', values: '1x5' }\n      - { series:",
  );
  expect(failures(tests, rules)).toEqual([
    expect.stringMatching(/^ {4}rule: y, time: 0s, err: found duplicate series/),
  ]);
  expect(failures(expression("1 2 oh", "x", ""))).toEqual([expect.stringContaining("oh")]);
});

test.each([
  ["an unknown field", "tests: [{ intervall: 1m }]", "1:11: field intervall not found"],
  ["an alert without name", "tests: [{ alert_rule_test: [{ eval_time: 1m }] }]", "misses required attribute alertname"],
  ["a duration that is none", "evaluation_interval: soon", 'not a valid duration string: "soon"'],
  ["a group that is named twice", "group_eval_order: [a, a]", "group name repeated in evaluation order: a"],
  ["a time that is none", "tests: [{ start_timestamp: noon }]", 'cannot parse "noon" to a valid timestamp'],
  [
    "a value that is none",
    "tests: [{ promql_expr_test: [{ exp_samples: [{ value: x }] }] }]",
    'expected a number, got "x"',
  ],
])("%s is told with its place", (_, text, message) => {
  expect(() => parseRuleTestFile(text, { path: "t.yaml" })).toThrow(RuleTestFileError);
  expect(() => parseRuleTestFile(text, { path: "t.yaml" })).toThrow(message);
});
