import { type Expression, printExpression } from "@telltale/promql";

/** A part of a rule's expression whose value explains the whole. */
export interface ExpressionPart {
  readonly query: string;
  /** Operands of an operator are one deeper than its result. */
  readonly depth: number;
}

/**
 * What to look at to understand an expression: of `a / b > 0.1` the quotient, then `a` and `b`; of `x and y` both sides. The whole
 * itself, numbers and what stands inside of functions are left out.
 */
export function expressionParts(expression: Expression): readonly ExpressionPart[] {
  const parts = new Map<string, ExpressionPart>();
  for (const part of partsOf(expression, 0)) if (!parts.has(part.query)) parts.set(part.query, part);
  return [...parts.values()];
}

const WITHOUT_VALUE: ReadonlySet<string> = new Set(["and", "or", "unless", "==", "!=", "<", "<=", ">", ">="]);

function partsOf(expression: Expression, depth: number): readonly ExpressionPart[] {
  switch (expression.type) {
    case "number":
    case "string":
      return [];
    case "parenthesized":
      return partsOf(expression.expression, depth);
    case "unary":
      return expression.expression.type === "number" ? [] : [{ query: printExpression(expression), depth }];
    case "binary": {
      const { left, operator, right, returnBool } = expression;
      if (WITHOUT_VALUE.has(operator) && !returnBool) return [left, right].flatMap((side) => partsOf(side, depth));
      const own = { query: printExpression(expression), depth };
      return [own, ...[left, right].flatMap((side) => partsOf(side, depth + 1))];
    }
    case "aggregation":
    case "call":
    case "matrixSelector":
    case "subquery":
    case "vectorSelector":
      return [{ query: printExpression(expression), depth }];
  }
}
