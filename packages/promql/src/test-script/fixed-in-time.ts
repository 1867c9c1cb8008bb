import { timeDependent } from "../evaluation/step-invariant.ts";
import { type ParseOptions, parse } from "../parser.ts";
import { printExpression } from "../print.ts";
import type { Expression } from "../syntax-tree.ts";

/**
 * A query with every selector fixed at a time by `@`, to be evaluated at other times: the result must be the same. None when
 * the query holds something that depends on the time of evaluation.
 */
export function fixedInTime(
  query: string,
  timeMs: number,
  options: ParseOptions,
): readonly { readonly query: string; readonly timeMs: number }[] {
  let dependent = false;
  const fix = (node: Expression): Expression => {
    switch (node.type) {
      case "number":
      case "string":
        return node;
      case "parenthesized":
      case "unary":
        return { ...node, expression: fix(node.expression) };
      case "binary":
        return { ...node, left: fix(node.left), right: fix(node.right) };
      case "aggregation":
        return { ...node, expression: fix(node.expression), parameter: node.parameter && fix(node.parameter) };
      case "call":
        if (timeDependent.has(node.name) || ["start", "end", "step", "range"].includes(node.name)) dependent = true;
        return { ...node, arguments: node.arguments.map(fix) };
      case "vectorSelector":
        return { ...node, atMs: node.atMs ?? timeMs };
      case "matrixSelector":
        return { ...node, selector: { ...node.selector, atMs: node.selector.atMs ?? timeMs } };
      case "subquery":
        // What is within a subquery that is fixed follows the subquery.
        if (node.atMs !== undefined) return node;
        return { ...node, atMs: timeMs };
    }
  };
  const fixed = printExpression(fix(parse(query, options)));
  if (dependent) return [];
  const times = timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, Math.trunc(timeMs / 5), timeMs, 10 * timeMs];
  return times.map((one) => ({ query: fixed, timeMs: one }));
}
