import { type Expression, goQuote, type ParseOptions, parse, parseDuration } from "@telltale/promql";
import { alertTemplate } from "../template/alert-template.ts";
import { readInteger, readYaml, type YamlValue } from "../yaml-reader.ts";

/** A rule file of Prometheus, read and checked. */
export interface RuleFile {
  readonly groups: readonly RuleGroupDefinition[];
}

export interface RuleGroupDefinition {
  readonly name: string;
  /** How often the group is evaluated, where the file says. */
  readonly intervalMs: number | undefined;
  readonly queryOffsetMs: number | undefined;
  /** How many series or alerts a rule may give; 0 for no limit. */
  readonly limit: number;
  readonly rules: readonly RuleDefinition[];
}

export type RuleDefinition = AlertingRuleDefinition | RecordingRuleDefinition;

interface RuleCommon {
  /** Of the alert or of the recorded metric. */
  readonly name: string;
  readonly expression: Expression;
  /** As the file has it. */
  readonly query: string;
  /** Those of the group among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the rule is in the file, from 1. */
  readonly line: number;
}

export interface AlertingRuleDefinition extends RuleCommon {
  readonly kind: "alerting";
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRuleDefinition extends RuleCommon {
  readonly kind: "recording";
}

/** One fault of a rule file. */
export interface RuleFileProblem {
  readonly line: number;
  readonly column: number;
  /** The group that it is in, where it is in one. */
  readonly group?: string;
  /** The number of the rule within its group, from 1. */
  readonly rule?: number;
  readonly ruleName?: string;
  readonly message: string;
}

/** A rule file that cannot be used; its message has a line for each fault, in the form of `promtool check rules`. */
export class RuleFileError extends Error {
  override readonly name = "RuleFileError";
  readonly code = "TELLTALE_BAD_RULE_FILE";
  readonly problems: readonly RuleFileProblem[];

  constructor(path: string, problems: readonly RuleFileProblem[], message?: string) {
    super(message ?? problems.map((problem) => `${path}: ${describe(problem)}`).join("\n"));
    this.problems = problems;
  }

  /** The faults of several files as one. */
  static of(faults: readonly RuleFileError[]): RuleFileError {
    const message = faults.map((fault) => fault.message).join("\n");
    return new RuleFileError(
      "",
      faults.flatMap(({ problems }) => problems),
      message,
    );
  }
}

export interface RuleFileOptions extends ParseOptions {
  /** For messages. @default "rules" */
  readonly path?: string;
}

/** Reads a rule file of Prometheus and checks everything in it. @throws RuleFileError with all faults */
export function parseRuleFile(text: string, { path = "rules", ...options }: RuleFileOptions = {}): RuleFile {
  const { root, problems } = readYaml(text);
  const faults: RuleFileProblem[] = [];
  const fields = root?.fields(["groups"]);
  const values = fields?.get("groups")?.items() ?? [];
  const groups = values.map((value) => readGroup(value, faults, options));
  const names = new Set<string>();
  for (const [i, { name }] of groups.entries()) {
    const { line, column } = values[i]!;
    if (name === "") faults.push({ line, column, message: "Groupname must not be empty" });
    if (names.has(name)) {
      faults.push({ line, column, message: `groupname: "${name}" is repeated in the same file` });
    }
    names.add(name);
  }
  // As Go has it: what is no rule file is told before what is wrong in one.
  const all = problems.length > 0 ? problems : faults;
  if (all.length > 0)
    throw new RuleFileError(
      path,
      all.toSorted((a, b) => a.line - b.line || a.column - b.column),
    );
  return { groups };
}

function describe({ line, column, group, rule, ruleName, message }: RuleFileProblem): string {
  const place = group === undefined ? "" : `group ${goQuote(group)}, rule ${rule}, ${goQuote(ruleName ?? "")}: `;
  return `${line}:${column}: ${place}${message}`;
}

function readGroup(value: YamlValue, faults: RuleFileProblem[], options: ParseOptions): RuleGroupDefinition {
  const fields = value.fields(["name", "interval", "query_offset", "limit", "rules", "labels"]);
  const name = fields.get("name")?.text() ?? "";
  const labels = fields.get("labels")?.record() ?? {};
  for (const label of Object.keys(labels)) {
    if (!isLabelName(label)) faults.push({ ...value, message: `invalid label name: ${label}` });
  }
  const rules = (fields.get("rules")?.items() ?? []).flatMap((rule, i) => {
    const fault: Fault = (at, message, ruleName) => {
      faults.push({ line: at.line, column: at.column, group: name, rule: i + 1, ruleName, message });
    };
    return readRule(rule, labels, fault, options) ?? [];
  });
  return {
    name,
    intervalMs: fields.get("interval")?.read(parseDuration) || undefined,
    queryOffsetMs: fields.get("query_offset")?.read(parseDuration),
    limit: fields.get("limit")?.read(readInteger) ?? 0,
    rules,
  };
}

type Fault = (at: { readonly line: number; readonly column: number }, message: string, ruleName: string) => void;

function readRule(
  value: YamlValue,
  groupLabels: Readonly<Record<string, string>>,
  fault: Fault,
  options: ParseOptions,
): RuleDefinition | undefined {
  const fields = value.fields(["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"]);
  const record = fields.get("record")?.text() ?? "";
  const alert = fields.get("alert")?.text() ?? "";
  const name = alert === "" ? record : alert;
  const report = (at: string, message: string) => fault(fields.get(at) ?? value, message, name);
  if (record !== "" && alert !== "") report("record", "only one of 'record' and 'alert' must be set");
  if (record === "" && alert === "") report("record", "one of 'record' or 'alert' must be set");

  const query = fields.get("expr")?.text() ?? "";
  const expression = readExpression(query, (message) => report("expr", message), options);
  const forMs = fields.get("for")?.read(parseDuration) ?? 0;
  const keepFiringForMs = fields.get("keep_firing_for")?.read(parseDuration) ?? 0;
  const labels = fields.get("labels")?.record() ?? {};
  const annotations = fields.get("annotations")?.record() ?? {};
  if (record !== "") {
    const given = { annotations: Object.keys(annotations).length, for: forMs, keep_firing_for: keepFiringForMs };
    for (const [field, amount] of Object.entries(given)) {
      if (amount > 0) report("record", `invalid field '${field}' in recording rule`);
    }
    checkRecordName(record, (message) => report("record", message));
  }
  for (const label of Object.keys(labels)) if (!isLabelName(label)) report("labels", `invalid label name: ${label}`);
  for (const annotation of Object.keys(annotations)) {
    if (annotation === "") report("annotations", "invalid annotation name: ");
  }
  if (alert !== "") {
    checkTemplates(alert, labels, (label, message) => report("labels", `label ${goQuote(label)}: ${message}`));
    checkTemplates(alert, annotations, (one, message) =>
      report("annotations", `annotation ${goQuote(one)}: ${message}`),
    );
  }
  if (expression === undefined) return undefined;
  const common = { name, expression, query, labels: { ...groupLabels, ...labels }, line: value.line };
  if (alert === "") return { kind: "recording", ...common };
  return { kind: "alerting", ...common, forMs, keepFiringForMs, annotations };
}

function readExpression(
  query: string,
  report: (message: string) => void,
  options: ParseOptions,
): Expression | undefined {
  if (query === "") {
    report("field 'expr' must be set in rule");
    return undefined;
  }
  try {
    return parse(query, options);
  } catch (error) {
    report(`could not parse expression: ${(error as Error).message}`);
    return undefined;
  }
}

function checkRecordName(name: string, report: (message: string) => void): void {
  if (/[{}]/.test(name)) {
    report(`braces present in the recording rule name; should it be in expr?: ${name}`);
  }
}

function checkTemplates(
  alert: string,
  texts: Readonly<Record<string, string>>,
  report: (name: string, message: string) => void,
): void {
  for (const [name, text] of Object.entries(texts)) {
    try {
      alertTemplate(alert, text);
    } catch (error) {
      report(name, (error as Error).message);
    }
  }
}

/** Any text that is not empty, since Prometheus 3. */
function isLabelName(name: string): boolean {
  return name !== "" && name !== "__name__";
}
