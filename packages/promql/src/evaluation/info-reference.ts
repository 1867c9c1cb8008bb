import { typeOf } from "../check-types.ts";
import { children, type Expression, type TimeShift } from "../syntax-tree.ts";

/** The `@` and offset that all selectors of an expression share; `undefined` when they differ or there are none. */
export function infoReference(expression: Expression): { atMs: number | undefined; offsetMs: number } | undefined {
  let first: { atMs: number | undefined; offsetMs: number } | undefined;
  let uniform = true;
  const inspect = (node: Expression, subqueries: readonly TimeShift[]): boolean => {
    const type = typeOf(node);
    if (type !== "vector" && type !== "matrix") return false;
    if (node.type === "vectorSelector") {
      let { atMs, offsetMs } = node;
      for (const subquery of subqueries.toReversed()) {
        if (atMs !== undefined) break;
        offsetMs += subquery.offsetMs;
        atMs = subquery.atMs;
      }
      if (first === undefined) first = { atMs, offsetMs };
      else if (first.atMs === undefined || atMs === undefined) {
        if (first.atMs !== atMs || first.offsetMs !== offsetMs) uniform = false;
      } else if (first.atMs - first.offsetMs !== atMs - offsetMs) uniform = false;
      return true;
    }
    const path = node.type === "subquery" ? [...subqueries, node] : subqueries;
    const parts = node.type === "call" && node.name === "info" ? [node.arguments[0]!] : children(node);
    const found = parts.map((part) => inspect(part, path)).some(Boolean);
    if (!found) uniform = false;
    return found;
  };
  inspect(expression, []);
  return uniform ? first : undefined;
}
