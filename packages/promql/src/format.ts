import { type ParseOptions, parse } from "./parser.ts";
import { utf8Length } from "./position.ts";
import { printAggregationOperator, printBinaryOperator, printExpression, printSubqueryRange } from "./print.ts";
import type { Expression } from "./syntax-tree.ts";

/** Lines longer than this are broken. Prometheus: maxCharactersPerLine. */
const MAX_LINE_LENGTH = 100;

/** A query laid out as `promtool` and Prometheus' `format_query` do: long expressions over several indented lines. @throws PromqlParseError */
export function formatQuery(query: string, options: ParseOptions = {}): string {
  return formatExpression(parse(query, options));
}

/** An expression laid out over several lines where it is long. */
export function formatExpression(expression: Expression): string {
  return layOut(expression, 0);
}

function layOut(expression: Expression, level: number): string {
  const indent = "  ".repeat(level);
  const line = printExpression(expression);
  const fits = utf8Length(line) <= MAX_LINE_LENGTH;
  switch (expression.type) {
    case "aggregation": {
      if (fits) return indent + line;
      const { parameter } = expression;
      const first = parameter === undefined ? "" : `${layOut(parameter, level + 1)},\n`;
      return `${indent}${printAggregationOperator(expression)}(\n${first}${layOut(expression.expression, level + 1)}\n${indent})`;
    }
    case "binary": {
      if (fits) return indent + line;
      const operator = printBinaryOperator(expression);
      return `${layOut(expression.left, level + 1)}\n${indent}${operator}\n${layOut(expression.right, level + 1)}`;
    }
    case "call": {
      if (fits) return indent + line;
      const list = expression.arguments.map((argument) => layOut(argument, level + 1)).join(",\n");
      return `${indent}${expression.name}(\n${list}\n${indent})`;
    }
    case "parenthesized":
      return fits ? indent + line : `${indent}(\n${layOut(expression.expression, level + 1)}\n${indent})`;
    case "subquery":
      return fits ? line : layOut(expression.expression, level) + printSubqueryRange(expression);
    case "unary":
      return indent + expression.operator + layOut(expression.expression, level).trim();
    case "matrixSelector":
    case "number":
    case "string":
    case "vectorSelector":
      return indent + line;
  }
}
