import type { AggregateExpression, BinaryExpression, CallExpression, Expression } from "@telltale/promql";

/** The labels that the series of a result have at most, where the expression itself says it; else undefined. */
export type ResultLabels = ReadonlySet<string> | undefined;

/** What `sum by (job) (…)` leaves is known, what a selector finds is not. */
export function resultLabels(expression: Expression): ResultLabels {
  switch (expression.type) {
    case "number":
    case "string":
      return new Set();
    case "matrixSelector":
    case "vectorSelector":
      return undefined;
    case "parenthesized":
    case "subquery":
    case "unary":
      return resultLabels(expression.expression);
    case "aggregation":
      return ofAggregation(expression);
    case "binary":
      return ofBinary(expression);
    case "call":
      return ofCall(expression);
  }
}

const CHOOSING: ReadonlySet<string> = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

function ofAggregation({ operator, expression, parameter, grouping, without }: AggregateExpression): ResultLabels {
  const inner = resultLabels(expression);
  if (CHOOSING.has(operator)) return inner;
  if (without) return inner && new Set([...inner].filter((label) => !grouping.includes(label)));
  const counted = operator === "count_values" && parameter?.type === "string" ? [parameter.value] : [];
  return new Set([...grouping, ...counted]);
}

/** Functions that make labels, or take them from what is not there. */
const MAKING: ReadonlySet<string> = new Set(["absent", "absent_over_time", "info", "label_join", "label_replace"]);

function ofCall({ name, arguments: given }: CallExpression): ResultLabels {
  if (MAKING.has(name)) return undefined;
  const labels = given.map(resultLabels);
  return labels.includes(undefined) ? undefined : new Set(labels.flatMap((one) => [...(one ?? [])]));
}

function ofBinary({ operator, left, right, matching }: BinaryExpression): ResultLabels {
  const [a, b] = [resultLabels(left), resultLabels(right)];
  // Between a vector and a number, the vector's.
  if (matching === undefined) return a === undefined || b === undefined ? undefined : new Set([...a, ...b]);
  const { labels, on, cardinality, include } = matching;
  if (operator === "or") return a === undefined || b === undefined ? undefined : new Set([...a, ...b]);
  if (operator === "and" || operator === "unless") return a;
  if (cardinality === "many-to-one") return a && new Set([...a, ...include]);
  if (cardinality === "one-to-many") return b && new Set([...b, ...include]);
  if (on) return new Set(labels);
  return a && new Set([...a].filter((label) => !labels.includes(label)));
}

/** The labels that a template speaks of. */
export function spokenLabels(template: string): readonly string[] {
  const found = template.matchAll(/\$labels\.(\w+)|\.Labels\.(\w+)|index \$labels "([^"]+)"/g);
  return [...new Set([...found].map(([, dollar, field, index]) => dollar ?? field ?? index ?? ""))];
}
