import type { LabelMatcher } from "./label-matcher.ts";
import { mergeRanges, type PositionRange } from "./position.ts";
import type { AggregationOperator, BinaryOperator } from "./token.ts";

/** What a query evaluates to. */
export type ValueType = "scalar" | "string" | "vector" | "matrix";

export type Expression =
  | AggregateExpression
  | BinaryExpression
  | CallExpression
  | MatrixSelector
  | NumberLiteral
  | ParenthesizedExpression
  | StringLiteral
  | Subquery
  | UnaryExpression
  | VectorSelector;

export interface AggregateExpression {
  readonly type: "aggregation";
  readonly operator: AggregationOperator;
  readonly expression: Expression;
  /** The `k`, `q` or label name that some aggregations take first. */
  readonly parameter: Expression | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly position: PositionRange;
}

export interface BinaryExpression {
  readonly type: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  /** Between two instant vectors, how their series find each other. */
  readonly matching: VectorMatching | undefined;
  /** `bool`: a comparison gives 0 or 1 and drops nothing. */
  readonly returnBool: boolean;
  readonly position: PositionRange;
}

export interface VectorMatching {
  readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";
  /** The labels of `on` or `ignoring`. */
  readonly labels: readonly string[];
  readonly on: boolean;
  /** The labels of `group_left` or `group_right`. */
  readonly include: readonly string[];
  /** In place of a missing series on the left. */
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface CallExpression {
  readonly type: "call";
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly position: PositionRange;
}

export interface MatrixSelector {
  readonly type: "matrixSelector";
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  /** When the range is an expression, such as `5m * 2`; `rangeMs` is 0 then. */
  readonly rangeExpression: DurationExpression | undefined;
  readonly position: PositionRange;
}

export interface NumberLiteral {
  readonly type: "number";
  readonly value: number;
  /** Written as a duration: `5m` for 300. */
  readonly duration: boolean;
  readonly position: PositionRange;
}

export interface ParenthesizedExpression {
  readonly type: "parenthesized";
  readonly expression: Expression;
  readonly position: PositionRange;
}

export interface StringLiteral {
  readonly type: "string";
  readonly value: string;
  readonly position: PositionRange;
}

export interface Subquery extends TimeShift {
  readonly type: "subquery";
  readonly expression: Expression;
  readonly rangeMs: number;
  readonly rangeExpression: DurationExpression | undefined;
  /** 0 for the default step. */
  readonly stepMs: number;
  readonly stepExpression: DurationExpression | undefined;
  readonly position: PositionRange;
}

export interface UnaryExpression {
  readonly type: "unary";
  readonly operator: "+" | "-";
  readonly expression: Expression;
  readonly position: PositionRange;
}

export interface VectorSelector extends TimeShift {
  readonly type: "vectorSelector";
  /** As written before the braces; empty when it is a matcher or absent. */
  readonly name: string;
  /** All conditions, the name's among them. */
  readonly matchers: readonly LabelMatcher[];
  /** Rates take samples from beyond the range to reach its borders. */
  readonly extension: "anchored" | "smoothed" | undefined;
  /** The second argument of info() may match everything. */
  readonly mayBeEmpty: boolean;
  readonly position: PositionRange;
}

/** `offset` and `@`. */
export interface TimeShift {
  /** Positive into the past. */
  readonly offsetMs: number;
  readonly offsetExpression: DurationExpression | undefined;
  readonly atMs: number | undefined;
  readonly atPreprocessor: "start" | "end" | undefined;
}

export type DurationOperand = NumberLiteral | DurationExpression;

/** Arithmetic on durations: `5m + step()`, `-(1h / 2)`. */
export interface DurationExpression {
  readonly type: "durationExpression";
  readonly operator: "+" | "-" | "*" | "/" | "%" | "^" | "step" | "range" | "min_of" | "max_of";
  readonly left: DurationOperand | undefined;
  readonly right: DurationOperand | undefined;
  readonly parenthesized: boolean;
  readonly position: PositionRange;
}

export function durationRange(left: DurationOperand, right: DurationOperand): PositionRange {
  return mergeRanges(left.position, right.position);
}

/** The parts of an expression, in the order in which they are evaluated. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case "aggregation":
      return expression.parameter === undefined
        ? [expression.expression]
        : [expression.expression, expression.parameter];
    case "binary":
      return [expression.left, expression.right];
    case "call":
      return expression.arguments;
    case "matrixSelector":
      return [expression.selector];
    case "parenthesized":
    case "subquery":
    case "unary":
      return [expression.expression];
    case "number":
    case "string":
    case "vectorSelector":
      return [];
  }
}

/** Without recursion, as the depth is not yet known to be bearable. */
export function isDeeperThan(expression: Expression, levels: number): boolean {
  let level: readonly Expression[] = [expression];
  for (let depth = 0; depth < levels; depth++) {
    level = level.flatMap(children);
    if (level.length === 0) return false;
  }
  return true;
}

/** An expression without the parentheses around it. */
export function withoutParentheses(expression: Expression): Expression {
  return expression.type === "parenthesized" ? withoutParentheses(expression.expression) : expression;
}
