import type { Expression } from "../syntax-tree.ts";
import type { Plan } from "./evaluation.ts";
import { type QueryRange, QueryRangeResolver } from "./query-range-resolver.ts";
import { findStatisticsOnly } from "./statistics-only.ts";
import { markInvariant } from "./step-invariant.ts";

/** Plans of expressions that do not depend on the range of the query. */
const plans = new WeakMap<Expression, Plan>();

/** The expression with everything resolved that is known before the first sample is read. */
export function prepare(expression: Expression, range: QueryRange): Plan {
  const known = plans.get(expression);
  if (known !== undefined) return known;
  const resolver = new QueryRangeResolver(range);
  const root = resolver.resolve(expression);
  const invariant = new Set<Expression>();
  if (markInvariant(root, invariant).wrap) invariant.add(root);
  const plan = { root, invariant, statisticsOnly: findStatisticsOnly(root) };
  if (!resolver.dependsOnRange) plans.set(expression, plan);
  return plan;
}
