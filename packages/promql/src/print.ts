/** Expressions as text that parses to the same expression, written as Prometheus writes it. */
import { formatDuration } from "./duration.ts";
import { formatDecimal, formatFixed, formatGeneral } from "./go-float.ts";
import { goQuote } from "./go-quote.ts";
import { METRIC_NAME } from "./labels.ts";
import { isPlainLabelName } from "./lexer.ts";
import type {
  AggregateExpression,
  BinaryExpression,
  DurationExpression,
  DurationOperand,
  Expression,
  MatrixSelector,
  NumberLiteral,
  Subquery,
  TimeShift,
  VectorSelector,
} from "./syntax-tree.ts";

/** One line. */
export function printExpression(expression: Expression): string {
  switch (expression.type) {
    case "aggregation": {
      const parameter = expression.parameter === undefined ? "" : `${printExpression(expression.parameter)}, `;
      return `${printAggregationOperator(expression)}(${parameter}${printExpression(expression.expression)})`;
    }
    case "binary": {
      const operator = printBinaryOperator(expression);
      return `${printExpression(expression.left)} ${operator} ${printExpression(expression.right)}`;
    }
    case "call":
      return `${expression.name}(${expression.arguments.map(printExpression).join(", ")})`;
    case "matrixSelector":
      return printMatrixSelector(expression);
    case "number":
      return printNumber(expression);
    case "parenthesized":
      return `(${printExpression(expression.expression)})`;
    case "string":
      return goQuote(expression.value);
    case "subquery":
      return printExpression(expression.expression) + printSubqueryRange(expression);
    case "unary":
      return expression.operator + printExpression(expression.expression);
    case "vectorSelector":
      return printVectorSelector(expression);
  }
}

/** `sum by (job) `, as it stands before the parenthesis. */
export function printAggregationOperator({ operator, without, grouping }: AggregateExpression): string {
  if (without) return `${operator} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${operator} by (${printLabels(grouping)}) ` : operator;
}

/** `== bool on (job) group_left (team)`. */
export function printBinaryOperator({ operator, returnBool, matching }: BinaryExpression): string {
  let text: string = operator;
  if (returnBool) text += " bool";
  if (matching === undefined) return text;
  const { labels, on, cardinality, include, fillLeft, fillRight } = matching;
  const grouped = cardinality === "many-to-one" || cardinality === "one-to-many";
  if (labels.length > 0 || on || grouped) text += ` ${on ? "on" : "ignoring"} (${printLabels(labels)})`;
  if (grouped) text += ` group_${cardinality === "many-to-one" ? "left" : "right"} (${printLabels(include)})`;
  if (fillLeft !== undefined && fillLeft === fillRight) return `${text} fill (${formatGeneral(fillLeft)})`;
  if (fillLeft !== undefined) text += ` fill_left (${formatGeneral(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatGeneral(fillRight)})`;
  return text;
}

/** `[5m:30s] @ end() offset 1h`. */
export function printSubqueryRange(subquery: Subquery): string {
  const { stepMs, stepExpression } = subquery;
  const step = stepExpression === undefined && stepMs === 0 ? "" : printDuration(stepMs, stepExpression);
  const range = printDuration(subquery.rangeMs, subquery.rangeExpression);
  return `[${range}:${step}]${printAt(subquery)}${printOffset(subquery)}`;
}

/** `5m + step()`. */
export function printDurationExpression(expression: DurationExpression): string {
  const { operator, left, right, parenthesized } = expression;
  const text = printDurationOperation(operator, left, right);
  return parenthesized ? `(${text})` : text;
}

function printDurationOperation(
  operator: DurationExpression["operator"],
  left: DurationOperand | undefined,
  right: DurationOperand | undefined,
): string {
  if (right === undefined) return `${operator}()`;
  if (operator === "min_of" || operator === "max_of") {
    return `${operator}(${printOperand(left!)}, ${printOperand(right)})`;
  }
  if (left === undefined) return (operator === "-" ? "-" : "") + printOperand(right);
  return `${printOperand(left)} ${operator} ${printOperand(right)}`;
}

function printOperand(operand: DurationOperand): string {
  return operand.type === "number" ? printNumber(operand) : printDurationExpression(operand);
}

function printNumber({ value, duration }: NumberLiteral): string {
  return duration ? formatDuration(Math.round(value * 1e9) / 1e6) : formatDecimal(value);
}

function printMatrixSelector({ selector, rangeMs, rangeExpression }: MatrixSelector): string {
  const extension = selector.extension === undefined ? "" : ` ${selector.extension}`;
  const range = printDuration(rangeMs, rangeExpression);
  return `${printSelection(selector)}[${range}]${extension}${printAt(selector)}${printOffset(selector)}`;
}

function printVectorSelector(selector: VectorSelector): string {
  const extension = selector.extension === undefined ? "" : ` ${selector.extension}`;
  return printSelection(selector) + printAt(selector) + extension + printOffset(selector);
}

/** The name and the conditions, these sorted by their text. */
function printSelection({ name, matchers }: VectorSelector): string {
  const conditions = matchers
    .filter((one) => !(one.name === METRIC_NAME && one.operator === "=" && one.value === name && name !== ""))
    .map(String)
    .sort();
  return conditions.length > 0 ? `${name}{${conditions.join(",")}}` : name;
}

function printAt({ atMs, atPreprocessor }: TimeShift): string {
  if (atMs !== undefined) return ` @ ${formatFixed(atMs / 1000, 3)}`;
  return atPreprocessor === undefined ? "" : ` @ ${atPreprocessor}()`;
}

function printOffset({ offsetMs, offsetExpression }: TimeShift): string {
  if (offsetExpression === undefined && offsetMs === 0) return "";
  return ` offset ${printDuration(offsetMs, offsetExpression)}`;
}

function printDuration(durationMs: number, expression: DurationExpression | undefined): string {
  return expression === undefined ? formatDuration(durationMs) : printDurationExpression(expression);
}

function printLabels(labels: readonly string[]): string {
  const plain = { unquotedUtf8Names: false };
  return labels.map((label) => (isPlainLabelName(label, plain) ? label : goQuote(label))).join(", ");
}
