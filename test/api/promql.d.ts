export { typeOf } from "./check-types.ts";
export declare function typeOf(expression: Expression): ValueType;
export { formatExpression, formatQuery } from "./format.ts";
export declare function formatQuery(query: string, options?: ParseOptions): string;
export declare function formatExpression(expression: Expression): string;
export { LabelMatcher, type MatchOperator } from "./label-matcher.ts";
export type MatchOperator = "=" | "!=" | "=~" | "!~";
export declare class LabelMatcher {
    #private;
    readonly name: string;
    readonly operator: MatchOperator;
    readonly value: string;
    constructor(name: string, operator: MatchOperator, value: string);
    matches(value: string): boolean;
    toString(): string;
}
export { type Labels, labelsOf } from "./labels.ts";
export interface Labels {
    readonly pairs: readonly string[];
    readonly key: string;
}
export declare function labelsOf(values: Readonly<Record<string, string>>): Labels;
export { PromqlParseError } from "./parse-error.ts";
export declare class PromqlParseError extends Error {
    readonly name = "PromqlParseError";
    readonly code = "TELLTALE_PROMQL_PARSE";
    readonly reason: string;
    readonly query: string;
    readonly position: PositionRange;
    constructor(query: string, position: PositionRange, reason: string);
    excerpt(): string;
}
export { type ParseOptions, parse, parseMetricSelector } from "./parser.ts";
export interface ParseOptions {
    readonly experimentalFunctions?: boolean;
    readonly fillModifiers?: boolean;
    readonly unquotedUtf8Names?: boolean;
}
export declare function parse(query: string, options?: ParseOptions): Expression;
export declare function parseMetricSelector(selector: string, options?: ParseOptions): readonly LabelMatcher[];
export type { PositionRange } from "./position.ts";
export interface PositionRange {
    readonly start: number;
    readonly end: number;
}
export { printExpression } from "./print.ts";
export declare function printExpression(expression: Expression): string;
export type { AggregateExpression, BinaryExpression, CallExpression, DurationExpression, DurationOperand, Expression, MatrixSelector, NumberLiteral, ParenthesizedExpression, StringLiteral, Subquery, TimeShift, UnaryExpression, ValueType, VectorMatching, VectorSelector, } from "./syntax-tree.ts";
export type ValueType = "scalar" | "string" | "vector" | "matrix";
export type Expression = AggregateExpression | BinaryExpression | CallExpression | MatrixSelector | NumberLiteral | ParenthesizedExpression | StringLiteral | Subquery | UnaryExpression | VectorSelector;
export interface AggregateExpression {
    readonly type: "aggregation";
    readonly operator: AggregationOperator;
    readonly expression: Expression;
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
    readonly matching: VectorMatching | undefined;
    readonly returnBool: boolean;
    readonly position: PositionRange;
}
export interface VectorMatching {
    readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";
    readonly labels: readonly string[];
    readonly on: boolean;
    readonly include: readonly string[];
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
    readonly rangeExpression: DurationExpression | undefined;
    readonly position: PositionRange;
}
export interface NumberLiteral {
    readonly type: "number";
    readonly value: number;
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
    readonly name: string;
    readonly matchers: readonly LabelMatcher[];
    readonly extension: "anchored" | "smoothed" | undefined;
    readonly mayBeEmpty: boolean;
    readonly position: PositionRange;
}
export interface TimeShift {
    readonly offsetMs: number;
    readonly offsetExpression: DurationExpression | undefined;
    readonly atMs: number | undefined;
    readonly atPreprocessor: "start" | "end" | undefined;
}
export type DurationOperand = NumberLiteral | DurationExpression;
export interface DurationExpression {
    readonly type: "durationExpression";
    readonly operator: "+" | "-" | "*" | "/" | "%" | "^" | "step" | "range" | "min_of" | "max_of";
    readonly left: DurationOperand | undefined;
    readonly right: DurationOperand | undefined;
    readonly parenthesized: boolean;
    readonly position: PositionRange;
}
export type { AggregationOperator, BinaryOperator } from "./token.ts";
export type AggregationOperator = (typeof aggregations)[number];
export type BinaryOperator = (typeof binaryOperators)[number];
