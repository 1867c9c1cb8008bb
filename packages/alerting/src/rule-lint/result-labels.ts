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

/** Functions that make labels. */
const MAKING: ReadonlySet<string> = new Set(["info", "label_join", "label_replace"]);

function ofCall({ name, arguments: given }: CallExpression): ResultLabels {
  if (name === "absent" || name === "absent_over_time") return ofAbsent(given[0]!);
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

/** What a selector asks for by its value; of anything else nothing. */
function ofAbsent(expression: Expression): ResultLabels {
  const inner = expression.type === "parenthesized" ? expression.expression : expression;
  const selector = inner.type === "matrixSelector" ? inner.selector : inner;
  if (selector.type !== "vectorSelector") return new Set();
  const asked = selector.matchers.filter(({ name, operator }) => operator === "=" && name !== "__name__");
  return new Set(asked.map(({ name }) => name));
}

/** Where the dot may be another one than the alert. */
const ELSEWHERE = /\{\{-?\s*(?:range|with|define|block)\b/;

/** The labels of the alert that a template speaks of. */
export function spokenLabels(template: string): readonly string[] {
  const dot = ELSEWHERE.test(template) ? "" : "|(?<![\\w)])\\.Labels\\.(?<field>\\w+)";
  const spoken = new RegExp(`\\$labels\\.(?<dollar>\\w+)|index \\$labels "(?<index>[^"]+)"${dot}`, "g");
  const found = [...template.matchAll(spoken)].map(({ groups = {} }) => groups);
  return [...new Set(found.map(({ dollar, field, index }) => dollar ?? field ?? index ?? ""))];
}
