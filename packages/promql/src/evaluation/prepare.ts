import { typeOf } from "../check-types.ts";
import { MAX_DURATION_MS } from "../duration.ts";
import { power } from "../go-math.ts";
import {
  type CallExpression,
  children,
  type DurationExpression,
  type DurationOperand,
  type Expression,
  type TimeShift,
  type VectorSelector,
  withoutParentheses,
} from "../syntax-tree.ts";
import type { Plan } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";

/** The range of the whole query. */
export interface QueryRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Plans of expressions that do not depend on the range of the query. */
const plans = new WeakMap<Expression, Plan>();

/** The expression with everything resolved that is known before the first sample is read. */
export function prepare(expression: Expression, range: QueryRange): Plan {
  const known = plans.get(expression);
  if (known !== undefined) return known;
  const resolver = new Resolver(range);
  const root = resolver.resolve(expression);
  const invariant = new Set<Expression>();
  if (markInvariant(root, invariant).wrap) invariant.add(root);
  const plan = { root, invariant, statisticsOnly: findStatisticsOnly(root) };
  if (!resolver.dependsOnRange) plans.set(expression, plan);
  return plan;
}

class Resolver {
  dependsOnRange = false;
  readonly #range: QueryRange;

  constructor(range: QueryRange) {
    this.#range = range;
  }

  resolve(node: Expression): Expression {
    switch (node.type) {
      case "number":
      case "string":
        return node;
      case "parenthesized":
      case "unary":
        return { ...node, expression: this.resolve(node.expression) };
      case "binary":
        return { ...node, left: this.resolve(node.left), right: this.resolve(node.right) };
      case "aggregation": {
        const expression = withoutParentheses(this.resolve(node.expression));
        const parameter = node.parameter && withoutParentheses(this.resolve(node.parameter));
        return { ...node, expression, parameter };
      }
      case "call":
        return this.#call(node);
      case "vectorSelector":
        return this.#selector(node);
      case "matrixSelector": {
        const rangeMs = this.#duration(node.rangeExpression, false) ?? node.rangeMs;
        return { ...node, selector: this.#selector(node.selector), rangeMs, rangeExpression: undefined };
      }
      case "subquery":
        return {
          ...node,
          ...this.#shift(node),
          stepMs: this.#duration(node.stepExpression, false) ?? node.stepMs,
          stepExpression: undefined,
          rangeMs: this.#duration(node.rangeExpression, false) ?? node.rangeMs,
          rangeExpression: undefined,
          expression: this.resolve(node.expression),
        };
    }
  }

  #call(node: CallExpression): Expression {
    const { startMs, endMs, stepMs } = this.#range;
    const constants: Readonly<Record<string, number>> = {
      start: startMs / 1000,
      end: endMs / 1000,
      range: (endMs - startMs) / 1000,
      step: startMs === endMs ? 0 : stepMs / 1000,
    };
    const value = constants[node.name];
    if (value !== undefined) {
      this.dependsOnRange = true;
      return { type: "number", value, duration: false, position: node.position };
    }
    return { ...node, arguments: node.arguments.map((argument) => withoutParentheses(this.resolve(argument))) };
  }

  #selector(node: VectorSelector): VectorSelector {
    return { ...node, ...this.#shift(node) };
  }

  #shift({ offsetMs, offsetExpression, atMs, atPreprocessor }: TimeShift): TimeShift {
    const { startMs, endMs } = this.#range;
    if (atPreprocessor !== undefined) this.dependsOnRange = true;
    const at = atPreprocessor === undefined ? atMs : atPreprocessor === "start" ? startMs : endMs;
    return {
      offsetMs: this.#duration(offsetExpression, true) ?? offsetMs,
      offsetExpression: undefined,
      atMs: at,
      atPreprocessor: undefined,
    };
  }

  #duration(expression: DurationExpression | undefined, mayBeNegative: boolean): number | undefined {
    if (expression === undefined) return undefined;
    const seconds = this.#seconds(expression);
    const { start, end } = expression.position;
    const fail = (reason: string) => new PromqlEvaluationError(`${start}:${end}: ${reason}`);
    if (!Number.isFinite(seconds)) throw fail("duration is NaN or infinite");
    if (seconds <= 0 && !mayBeNegative) throw fail("duration must be greater than 0");
    if (Math.abs(seconds) * 1000 > MAX_DURATION_MS) throw fail("duration is out of range");
    return Math.trunc(seconds * 1000);
  }

  #seconds(operand: DurationOperand): number {
    if (operand.type === "number") return operand.value;
    const { operator } = operand;
    if (operator === "step" || operator === "range") {
      this.dependsOnRange = true;
      const { startMs, endMs, stepMs } = this.#range;
      return (operator === "step" ? stepMs : endMs - startMs) / 1000;
    }
    const right = this.#seconds(operand.right!);
    if (operand.left === undefined) return operator === "-" ? -right : right;
    const left = this.#seconds(operand.left);
    const { start, end } = operand.position;
    switch (operator) {
      case "min_of":
        return Math.min(left, right);
      case "max_of":
        return Math.max(left, right);
      case "+":
        return left + right;
      case "-":
        return left - right;
      case "*":
        return left * right;
      case "/":
        if (right === 0) throw new PromqlEvaluationError(`${start}:${end}: division by zero`);
        return left / right;
      case "%":
        if (right === 0) throw new PromqlEvaluationError(`${start}:${end}: modulo by zero`);
        return left % right;
      case "^":
        return power(left, right);
    }
  }
}

/** Functions whose result depends on the time of evaluation although their arguments do not. */
export const timeDependent: ReadonlySet<string> = new Set([
  ...["days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year"],
  ...["predict_linear", "time", "timestamp"],
]);

interface Invariance {
  /** The value does not depend on the step. */
  readonly invariant: boolean;
  /** And it is worth evaluating once only. */
  readonly wrap: boolean;
}

const varying: Invariance = { invariant: false, wrap: false };

/** Marks the largest parts of a tree that have one value for all steps; says of the tree itself whether to mark it. */
function markInvariant(node: Expression, marked: Set<Expression>): Invariance {
  switch (node.type) {
    case "vectorSelector":
      return { invariant: node.atMs !== undefined, wrap: node.atMs !== undefined };
    case "number":
    case "string":
      return { invariant: true, wrap: false };
    case "matrixSelector":
      return { invariant: node.selector.atMs !== undefined, wrap: false };
    case "aggregation":
    case "parenthesized":
    case "unary":
      return markInvariant(node.expression, marked);
    case "subquery":
      if (markInvariant(node.expression, marked).invariant) marked.add(node.expression);
      return { invariant: node.atMs !== undefined, wrap: false };
    case "binary": {
      const left = markInvariant(node.left, marked);
      const right = markInvariant(node.right, marked);
      if (left.invariant && right.invariant) return { invariant: true, wrap: true };
      if (left.wrap) marked.add(node.left);
      if (right.wrap) marked.add(node.right);
      return varying;
    }
    case "call": {
      const parts = node.arguments.map((argument, i) =>
        // The second argument of info() is a selector that is not evaluated.
        node.name === "info" && i === 1 ? undefined : markInvariant(argument, marked),
      );
      const all = parts.every((part) => part === undefined || part.invariant);
      const ofSelectors = node.arguments.every((argument) => argument.type === "vectorSelector");
      const safe = node.name === "timestamp" ? ofSelectors : !timeDependent.has(node.name);
      const uniform = node.name !== "info" || infoReference(node.arguments[0]!) !== undefined;
      if (all && safe && uniform) return { invariant: true, wrap: true };
      parts.forEach((part, i) => {
        if (part?.wrap) marked.add(node.arguments[i]!);
      });
      return varying;
    }
  }
}

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

const onlyStatistics: ReadonlySet<string> = new Set([
  ...["histogram_count", "histogram_sum", "histogram_avg", "timestamp", "start_timestamp", "absent"],
]);

const wholeHistograms: ReadonlySet<string> = new Set([
  ...[
    "histogram_quantile",
    "histogram_quantiles",
    "histogram_fraction",
    "histogram_stddev",
    "histogram_stdvar",
    "changes",
  ],
]);

/** The selectors whose histograms nobody looks into: for those, resets are found while reading. */
function findStatisticsOnly(root: Expression): ReadonlySet<VectorSelector> {
  const found = new Set<VectorSelector>();
  const visit = (node: Expression, path: readonly Expression[]): void => {
    if (node.type === "vectorSelector") {
      if (needsOnlyStatistics(path)) found.add(node);
      return;
    }
    for (const child of children(node)) visit(child, [...path, node]);
  };
  visit(root, []);
  return found;
}

function needsOnlyStatistics(path: readonly Expression[]): boolean {
  let only = false;
  for (const node of path.toReversed()) {
    if (node.type === "subquery") return false;
    if (node.type === "call") {
      if (onlyStatistics.has(node.name)) only = true;
      if (wholeHistograms.has(node.name)) return false;
    }
    if (node.type === "aggregation" && node.operator === "count_values") return false;
    if (node.type === "binary" && ["</", ">/", "==", "!="].includes(node.operator)) return false;
  }
  return only;
}
