import type { RE2JS } from "re2js";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { PromqlEvaluationError } from "../evaluation/evaluation-error.ts";
import type { Grid } from "../evaluation/grid.ts";
import { mergeSameLabels, type SeriesMatrix } from "../evaluation/series-matrix.ts";
import { rowsPerTurn, type Work } from "../evaluation/turn.ts";
import { isLabelName, labelValue, METRIC_NAME, withLabel } from "../labels.ts";
import { compileRe2 } from "../regular-expression.ts";
import type { CallExpression, Expression } from "../syntax-tree.ts";

/** label_replace(): a label from the groups of a pattern that matches another label. */
export function* labelReplace(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [target, replacement, source, pattern] = call.arguments.slice(1).map(text) as [string, string, string, string];
  const compiled = compile(pattern);
  checkName("destination", "label_replace", target);
  const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
  const results = new Map<string, string | undefined>();
  const turn = rowsPerTurn({ steps: 1 });
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const value = labelValue(matrix.labels[row]!, source);
    if (!results.has(value)) results.set(value, replaced(compiled, value, replacement));
    const result = results.get(value);
    if (result !== undefined) setLabel(matrix, row, target, result);
  }
  return yield* mergeSameLabels(matrix);
}

/** label_join(): a label from several others with a separator between. */
export function* labelJoin(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [target, separator, ...sources] = call.arguments.slice(1).map(text) as [string, string, ...string[]];
  for (const source of sources) checkName("source", "label_join", source);
  checkName("destination", "label_join", target);
  const matrix = yield* evaluation.vector(call.arguments[0]!, grid);
  const turn = rowsPerTurn({ steps: 1 });
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    const labels = matrix.labels[row]!;
    setLabel(matrix, row, target, sources.map((source) => labelValue(labels, source)).join(separator));
  }
  return yield* mergeSameLabels(matrix);
}

function setLabel(matrix: SeriesMatrix, row: number, name: string, value: string): void {
  matrix.labels[row] = withLabel(matrix.labels[row]!, name, value);
  if (name === METRIC_NAME) matrix.dropName[row] = false;
}

function compile(pattern: string): RE2JS {
  try {
    return compileRe2(`^(?s:${pattern})$`);
  } catch (error) {
    throw new PromqlEvaluationError(
      `invalid regular expression in label_replace(): ${pattern}`,
      "TELLTALE_PROMQL_EXECUTION",
      error,
    );
  }
}

function checkName(role: "source" | "destination", called: string, name: string): void {
  if (!isLabelName(name)) throw new PromqlEvaluationError(`invalid ${role} label name in ${called}(): ${name}`);
}

/** The replacement with `$1`, `${1}` and `$name` filled in, as Go's regexp.Expand does; `undefined` without a match. */
function replaced(pattern: RE2JS, value: string, replacement: string): string | undefined {
  const matcher = pattern.matcher(value);
  if (!matcher.find()) return undefined;
  const names = pattern.namedGroups() as Record<string, number>;
  return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
    if (whole === "$$") return "$";
    const name = (braced ?? plain)!;
    const group = /^\d+$/.test(name) ? Number(name) : names[name];
    if (group === undefined || group > pattern.groupCount()) return "";
    return matcher.group(group) ?? "";
  });
}

function text(node: Expression): string {
  return node.type === "string" ? node.value : "";
}
