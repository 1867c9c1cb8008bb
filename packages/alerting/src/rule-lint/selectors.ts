import type { Expression, VectorSelector } from "@telltale/promql";

/** The selectors of an expression, in the order of the text; with `ranges` only those that look back over a range. */
export function selectorsOf(
  expression: Expression,
  { ranges = false }: { readonly ranges?: boolean } = {},
): readonly VectorSelector[] {
  switch (expression.type) {
    case "number":
    case "string":
      return [];
    case "vectorSelector":
      return ranges ? [] : [expression];
    case "matrixSelector":
      return [expression.selector];
    case "subquery":
      return selectorsOf(expression.expression);
    case "parenthesized":
    case "unary":
      return selectorsOf(expression.expression, { ranges });
    case "aggregation":
      return [
        ...(expression.parameter === undefined ? [] : selectorsOf(expression.parameter, { ranges })),
        ...selectorsOf(expression.expression, { ranges }),
      ];
    case "binary":
      return [...selectorsOf(expression.left, { ranges }), ...selectorsOf(expression.right, { ranges })];
    case "call":
      return expression.arguments.flatMap((one) => selectorsOf(one, { ranges }));
  }
}
