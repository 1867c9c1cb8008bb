export { typeOf } from "./check-types.ts";
export { formatExpression, formatQuery } from "./format.ts";
export { LabelMatcher, type MatchOperator } from "./label-matcher.ts";
export { type Labels, labelsOf } from "./labels.ts";
export { PromqlParseError } from "./parse-error.ts";
export { type ParseOptions, parse, parseMetricSelector } from "./parser.ts";
export type { PositionRange } from "./position.ts";
export { printExpression } from "./print.ts";
export type {
  AggregateExpression,
  BinaryExpression,
  CallExpression,
  DurationExpression,
  DurationOperand,
  Expression,
  MatrixSelector,
  NumberLiteral,
  ParenthesizedExpression,
  StringLiteral,
  Subquery,
  TimeShift,
  UnaryExpression,
  ValueType,
  VectorMatching,
  VectorSelector,
} from "./syntax-tree.ts";
export type { AggregationOperator, BinaryOperator } from "./token.ts";
