import { type Expression, parse } from "@telltale/promql";
import type { Alert } from "./alert.ts";

/** The number that an alert compares with, and on which side of it the alert fires. */
export interface AlertLimit {
  readonly value: number;
  readonly fires: "above" | "below";
}

/** So that a panel draws the line where its alert has it: the first comparison of the expression with a number. */
export function alertLimit({ name, expr }: Alert): AlertLimit {
  const limit = comparison(parse(expr));
  if (limit === undefined) throw new TypeError(`${name} compares with no number that a panel could show: ${expr}`);
  return limit;
}

function comparison(expression: Expression): AlertLimit | undefined {
  if (expression.type === "parenthesized") return comparison(expression.expression);
  if (expression.type !== "binary") return undefined;
  const { operator, left, right } = expression;
  // The innermost of several: `x > 10 <= 30` fires above 10.
  const inner = comparison(left);
  if (inner !== undefined) return inner;
  const value = numberOf(right);
  if (value === undefined) return undefined;
  if (operator === ">" || operator === ">=" || operator === "==") return { value, fires: "above" };
  return operator === "<" || operator === "<=" ? { value, fires: "below" } : undefined;
}

function numberOf(expression: Expression): number | undefined {
  if (expression.type === "number") return expression.value;
  if (expression.type !== "unary") return undefined;
  const value = numberOf(expression.expression);
  return value === undefined ? undefined : expression.operator === "-" ? -value : value;
}
