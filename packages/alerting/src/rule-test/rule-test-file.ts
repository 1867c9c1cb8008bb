import { parseDuration } from "@telltale/promql";
import { readBoolean, readYaml, type YamlProblem, type YamlValue } from "../yaml-reader.ts";

/** A file of unit tests for rules, in promtool's format. */
export interface RuleTestFile {
  /** Patterns of paths, relative to the file. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Groups that are named come in this order, after those that are not. */
  readonly groupEvalOrder: readonly string[];
  /** Numbers that are next to each other count as equal. */
  readonly fuzzyCompare: boolean;
  readonly tests: readonly RuleTestGroup[];
}

export interface RuleTestGroup {
  readonly name: string;
  /** Between two values of an input series. */
  readonly intervalMs: number;
  readonly startMs: number;
  readonly inputSeries: readonly { readonly series: string; readonly values: string }[];
  readonly alertTests: readonly AlertTest[];
  readonly expressionTests: readonly ExpressionTest[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

export interface AlertTest {
  readonly evalTimeMs: number;
  readonly alertname: string;
  readonly expected: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ExpressionTest {
  readonly expression: string;
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedSample[];
}

export interface ExpectedSample {
  readonly labels: string;
  readonly value: number;
  /** As in test scripts, `{{schema:0 count:3}}`; the value does not count then. */
  readonly histogram: string;
}

/** A test file that cannot be read. */
export class RuleTestFileError extends Error {
  override readonly name = "RuleTestFileError";
  readonly code = "TELLTALE_BAD_RULE_TEST_FILE";
  readonly problems: readonly YamlProblem[];

  constructor(path: string, problems: readonly YamlProblem[]) {
    super(problems.map(({ line, column, message }) => `${path}: ${line}:${column}: ${message}`).join("\n"));
    this.problems = problems;
  }
}

/** Reads a file of unit tests in promtool's format. @throws RuleTestFileError */
export function parseRuleTestFile(text: string, { path = "tests" }: { readonly path?: string } = {}): RuleTestFile {
  const { root, problems } = readYaml(text);
  const fields = root?.fields(["rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare"]);
  const evaluationIntervalMs = fields?.get("evaluation_interval")?.read(parseDuration) || 60_000;
  const order = fields?.get("group_eval_order");
  const groupEvalOrder = order?.items().map((name) => name.text() ?? "") ?? [];
  for (const [i, name] of groupEvalOrder.entries()) {
    if (groupEvalOrder.indexOf(name) < i) order!.problem(`group name repeated in evaluation order: ${name}`);
  }
  const file: RuleTestFile = {
    ruleFiles:
      fields
        ?.get("rule_files")
        ?.items()
        .map((one) => one.text() ?? "") ?? [],
    evaluationIntervalMs,
    groupEvalOrder,
    fuzzyCompare: fields?.get("fuzzy_compare")?.read(readBoolean) ?? false,
    tests:
      fields
        ?.get("tests")
        ?.items()
        .map((test) => readTestGroup(test, evaluationIntervalMs)) ?? [],
  };
  if (problems.length > 0) throw new RuleTestFileError(path, problems);
  return file;
}

const groupFields = [
  ...["interval", "input_series", "alert_rule_test", "promql_expr_test"],
  ...["external_labels", "external_url", "name", "start_timestamp"],
];

function readTestGroup(value: YamlValue, evaluationIntervalMs: number): RuleTestGroup {
  const fields = value.fields(groupFields);
  return {
    name: fields.get("name")?.text() ?? "",
    intervalMs: fields.get("interval")?.read(parseDuration) || evaluationIntervalMs,
    startMs: fields.get("start_timestamp")?.read(readTimestamp) ?? 0,
    inputSeries: list(fields.get("input_series"), readSeries),
    alertTests: list(fields.get("alert_rule_test"), readAlertTest),
    expressionTests: list(fields.get("promql_expr_test"), readExpressionTest),
    externalLabels: fields.get("external_labels")?.record() ?? {},
    externalUrl: fields.get("external_url")?.text() ?? "",
  };
}

function list<T>(value: YamlValue | undefined, read: (item: YamlValue) => T): readonly T[] {
  return value?.items().map(read) ?? [];
}

function readSeries(value: YamlValue): { series: string; values: string } {
  const fields = value.fields(["series", "values"]);
  return { series: fields.get("series")?.text() ?? "", values: fields.get("values")?.text() ?? "" };
}

function readAlertTest(value: YamlValue): AlertTest {
  const fields = value.fields(["eval_time", "alertname", "exp_alerts"]);
  const alertname = fields.get("alertname")?.text() ?? "";
  if (alertname === "") value.problem("an item under alert_rule_test misses required attribute alertname");
  const expected = list(fields.get("exp_alerts"), (alert) => {
    const parts = alert.fields(["exp_labels", "exp_annotations"]);
    return {
      labels: parts.get("exp_labels")?.record() ?? {},
      annotations: parts.get("exp_annotations")?.record() ?? {},
    };
  });
  return { evalTimeMs: fields.get("eval_time")?.read(parseDuration) ?? 0, alertname, expected };
}

function readExpressionTest(value: YamlValue): ExpressionTest {
  const fields = value.fields(["expr", "eval_time", "exp_samples"]);
  const expected = list(fields.get("exp_samples"), (sample) => {
    const parts = sample.fields(["labels", "value", "histogram"]);
    return {
      labels: parts.get("labels")?.text() ?? "",
      value: parts.get("value")?.read(readFloat) ?? 0,
      histogram: parts.get("histogram")?.text() ?? "",
    };
  });
  return {
    expression: fields.get("expr")?.text() ?? "",
    evalTimeMs: fields.get("eval_time")?.read(parseDuration) ?? 0,
    expected,
  };
}

/** A number as YAML has it. @throws Error */
function readFloat(text: string): number {
  if (/^[+-]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  const plain = text.replaceAll("_", "");
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain) || /^0[xob][0-9a-fA-F]+$/.test(plain))
    return Number(plain);
  throw new Error(`expected a number, got "${text}"`);
}

/** Seconds since 1970, or RFC 3339. @throws Error */
function readTimestamp(text: string): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Math.trunc(Number(text) * 1000);
  const timeMs = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new Error(`cannot parse "${text}" to a valid timestamp`);
}
