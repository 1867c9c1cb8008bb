/** What no parser sees: an expression that asks for a metric, a label or a value that nobody ever exports. */
import type { AggregateExpression, BinaryExpression, Expression, LabelMatcher, VectorSelector } from "@telltale/promql";
import type { Labels, LabelValues, MetricLabels } from "./metric-labels.ts";

export interface LintResult {
  /** The labels that its series have at most. */
  readonly labels: Labels;
  readonly faults: readonly string[];
}

/** Walks an expression; `known` has the metrics, and the recording rules, that it may ask for. */
export function lintExpression(expression: Expression, known: MetricLabels): LintResult {
  const faults: string[] = [];
  const labels = labelsOf(expression, { known, fault: (text) => faults.push(text) });
  return { labels, faults };
}

interface Context {
  readonly known: MetricLabels;
  readonly fault: (text: string) => void;
}

const NONE: Labels = new Map();

function labelsOf(expression: Expression, context: Context): Labels {
  switch (expression.type) {
    case "number":
    case "string":
      return NONE;
    case "vectorSelector":
      return selectorLabels(expression, context);
    case "matrixSelector":
      return labelsOf(expression.selector, context);
    case "parenthesized":
    case "subquery":
    case "unary":
      return labelsOf(expression.expression, context);
    case "aggregation":
      return aggregationLabels(expression, context);
    case "binary":
      return binaryLabels(expression, context);
    case "call": {
      const [vector = NONE] = expression.arguments.map((one) => labelsOf(one, context)).filter(({ size }) => size > 0);
      if (expression.name === "label_replace") return withReplaced(vector, expression.arguments, context);
      return expression.name === "histogram_quantile" ? without(vector, ["le"]) : vector;
    }
  }
}

/** label_replace(vector, to, replacement, from, pattern) */
function withReplaced(vector: Labels, [, to, , from]: readonly Expression[], context: Context): Labels {
  const [target = "", source = ""] = [to, from].map((one) => (one?.type === "string" ? one.value : ""));
  expectLabels(vector, [source], "label_replace", context);
  return new Map([...vector, [target, "any" as const]]);
}

function selectorLabels({ name, matchers }: VectorSelector, { known, fault }: Context): Labels {
  const labels = known.get(name);
  if (labels === undefined) {
    fault(`no catalogue has the metric ${name === "" ? "of a selector without a name" : name}`);
    return NONE;
  }
  for (const matcher of matchers) {
    if (matcher.name === "__name__") continue;
    const values = labels.get(matcher.name);
    if (values === undefined) fault(`${name} has no label ${matcher.name}`);
    else for (const value of strangers(matcher, values)) fault(`${matcher.name} of ${name} is never "${value}"`);
  }
  return labels;
}

/** Values that a matcher names and the label cannot have. */
function strangers(matcher: LabelMatcher, values: LabelValues): readonly string[] {
  if (values === "any") return [];
  const named = /^[\w|-]*$/.test(matcher.value) ? matcher.value.split("|") : [];
  const strange = named.filter((value) => value !== "" && !values.has(value));
  if (strange.length > 0) return strange;
  return [...values].some((value) => matcher.matches(value)) ? [] : [matcher.value];
}

function aggregationLabels(
  { operator, expression, parameter, grouping, without: isWithout }: AggregateExpression,
  context: Context,
): Labels {
  const inner = labelsOf(expression, context);
  if (parameter !== undefined) labelsOf(parameter, context);
  if (inner.size > 0) expectLabels(inner, grouping, `${operator} ${isWithout ? "without" : "by"}`, context);
  if (operator === "topk" || operator === "bottomk") return inner;
  return isWithout ? without(inner, grouping) : only(inner, grouping);
}

function binaryLabels({ operator, left, right, matching }: BinaryExpression, context: Context): Labels {
  const [leftLabels, rightLabels] = [labelsOf(left, context), labelsOf(right, context)];
  if (leftLabels.size === 0 || rightLabels.size === 0) return leftLabels.size === 0 ? rightLabels : leftLabels;
  const { labels = [], on = false, include = [], cardinality } = matching ?? {};
  if (labels.length > 0) {
    expectLabels(leftLabels, labels, `${operator} ${on ? "on" : "ignoring"}, left`, context);
    expectLabels(rightLabels, labels, `${operator} ${on ? "on" : "ignoring"}, right`, context);
  }
  if (!on) {
    const [a, b] = [leftLabels, rightLabels].map((side) => [...without(side, labels).keys()].sort().join(", "));
    if (a !== b) context.fault(`${operator} never matches series with ${a} and such with ${b}`);
  }
  expectLabels(cardinality === "one-to-many" ? leftLabels : rightLabels, include, "group", context);
  if (["and", "or", "unless"].includes(operator)) return leftLabels;
  if (cardinality === "many-to-one") return new Map([...leftLabels, ...only(rightLabels, include)]);
  if (cardinality === "one-to-many") return new Map([...rightLabels, ...only(leftLabels, include)]);
  return on ? only(leftLabels, labels) : without(leftLabels, labels);
}

function expectLabels(labels: Labels, wanted: readonly string[], where: string, { fault }: Context): void {
  for (const label of wanted) {
    if (!labels.has(label)) fault(`${where}: no label ${label} among ${[...labels.keys()].join(", ")}`);
  }
}

function only(labels: Labels, names: readonly string[]): Labels {
  return new Map([...labels].filter(([name]) => names.includes(name)));
}

function without(labels: Labels, names: readonly string[]): Labels {
  return new Map([...labels].filter(([name]) => !names.includes(name)));
}
