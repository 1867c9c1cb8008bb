export { typeOf } from "./check-types.ts";
export declare function typeOf(expression: Expression): ValueType;
export { formatDuration, parseDuration } from "./duration.ts";
export declare function parseDuration(text: string): number;
export declare function formatDuration(durationMs: number): string;
export { type EvaluationErrorCode, PromqlEvaluationError } from "./evaluation/evaluation-error.ts";
export type EvaluationErrorCode = "TELLTALE_PROMQL_EXECUTION" | "TELLTALE_PROMQL_TOO_MANY_SAMPLES" | "TELLTALE_PROMQL_TOO_MANY_STEPS" | "TELLTALE_PROMQL_TIMEOUT" | "TELLTALE_PROMQL_ABORTED" | "TELLTALE_PROMQL_BAD_RANGE";
export declare class PromqlEvaluationError extends Error {
    readonly name = "PromqlEvaluationError";
    readonly code: EvaluationErrorCode;
    constructor(message: string, code?: EvaluationErrorCode, cause?: unknown);
}
export { type FlaggedFeature, flaggedFeatures } from "./flagged-features.ts";
export interface FlaggedFeature {
    readonly feature: string;
    readonly flag: string;
    readonly position: PositionRange;
}
export declare function flaggedFeatures(expression: Expression): readonly FlaggedFeature[];
export { formatExpression, formatQuery } from "./format.ts";
export declare function formatQuery(query: string, options?: ParseOptions): string;
export declare function formatExpression(expression: Expression): string;
export { goQuote } from "./go-quote.ts";
export declare function goQuote(text: string): string;
export { type Buckets, type CounterResetHint, type FloatHistogram, floatHistogram, } from "./histogram/float-histogram.ts";
export type CounterResetHint = "unknown" | "reset" | "not_reset" | "gauge";
export interface FloatHistogram {
    readonly counterResetHint: CounterResetHint;
    readonly schema: number;
    readonly zeroThreshold: number;
    readonly zeroCount: number;
    readonly count: number;
    readonly sum: number;
    readonly positive: Buckets;
    readonly negative: Buckets;
    readonly customValues: readonly number[];
}
export interface Buckets {
    readonly indexes: readonly number[];
    readonly counts: readonly number[];
}
export declare function floatHistogram(parts: Partial<FloatHistogram>): FloatHistogram;
export { describeHistogram, printHistogram } from "./histogram/histogram-text.ts";
export declare function printHistogram(histogram: FloatHistogram): string;
export declare function describeHistogram(histogram: FloatHistogram): string;
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
export { compareLabels, formatLabels, type Labels, labelsOf, labelValue, toRecord, withLabel } from "./labels.ts";
export interface Labels {
    readonly pairs: readonly string[];
    readonly key: string;
}
export declare function labelsOf(values: Readonly<Record<string, string>>): Labels;
export declare function labelValue({ pairs }: Labels, name: string): string;
export declare function toRecord({ pairs }: Labels): Record<string, string>;
export declare function withLabel(labels: Labels, name: string, value: string): Labels;
export declare function compareLabels(a: Labels, b: Labels): number;
export declare function formatLabels({ pairs }: Labels): string;
export { type AppendResult, MemoryStore, type MemoryStoreOptions, type MemoryStoreSize, type Sample, type SeriesReference, } from "./memory-store/memory-store.ts";
export interface MemoryStoreOptions {
    readonly retentionMs?: number;
    readonly maxBytes?: number;
}
export interface Sample {
    readonly labels: Labels;
    readonly timeMs: number;
    readonly value: number;
    readonly histogram?: FloatHistogram;
    readonly stale?: boolean;
    readonly startMs?: number;
}
export interface SeriesReference {
    readonly labels: Labels;
}
export interface AppendResult {
    readonly appended: number;
    readonly outOfOrder: number;
}
export interface MemoryStoreSize {
    readonly series: number;
    readonly samples: number;
    readonly bytes: number;
}
export declare class MemoryStore implements SeriesStore {
    #private;
    constructor(options?: MemoryStoreOptions);
    append(samples: Iterable<Sample>): AppendResult;
    appendScrape(source: string, timeMs: number, samples: Iterable<Sample>): AppendResult;
    reference(labels: Labels): SeriesReference;
    appendTo(reference: SeriesReference, timeMs: number, value: number): boolean;
    appendHistogramTo(reference: SeriesReference, timeMs: number, histogram: FloatHistogram): boolean;
    endOf(reference: SeriesReference, timeMs: number): void;
    select(matchers: readonly LabelMatcher[]): readonly StoredSeries[];
    selectInTurns(matchers: readonly LabelMatcher[]): Work<readonly StoredSeries[]>;
    labelNames(): readonly string[];
    labelValues(name: string): readonly string[];
    size(): MemoryStoreSize;
    prune(): void;
}
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
export { type InstantOptions, type QueryOptions, type QueryResult, queryInstant, queryInstantInTurns, queryRange, queryRangeInTurns, type RangeOptions, type TurnOptions, } from "./query.ts";
export interface QueryOptions extends ParseOptions {
    readonly lookbackMs?: number;
    readonly delayedNameRemoval?: boolean;
    readonly typeAndUnitLabels?: boolean;
    readonly defaultSubqueryStepMs?: number;
    readonly maxSamples?: number;
    readonly maxSteps?: number;
    readonly signal?: AbortSignal;
    readonly timeoutMs?: number;
    readonly now?: () => number;
}
export interface InstantOptions extends QueryOptions {
    readonly timeMs: number;
}
export interface RangeOptions extends QueryOptions {
    readonly startMs: number;
    readonly endMs: number;
    readonly stepMs: number;
}
export interface TurnOptions {
    readonly turnMs?: number;
    readonly pause: () => Promise<unknown>;
}
export interface QueryResult {
    readonly value: QueryValue;
    readonly warnings: readonly string[];
    readonly infos: readonly string[];
}
export declare function queryInstant(store: SeriesStore, query: string | Expression, options: InstantOptions): QueryResult;
export declare function queryRange(store: SeriesStore, query: string | Expression, options: RangeOptions): QueryResult;
export declare function queryInstantInTurns(store: SeriesStore, query: string | Expression, options: InstantOptions & TurnOptions): Promise<QueryResult>;
export declare function queryRangeInTurns(store: SeriesStore, query: string | Expression, options: RangeOptions & TurnOptions): Promise<QueryResult>;
export type { MatrixSeries, QueryValue, VectorSample } from "./query-result.ts";
export type QueryValue = {
    readonly type: "scalar";
    readonly timeMs: number;
    readonly value: number;
} | {
    readonly type: "string";
    readonly timeMs: number;
    readonly value: string;
} | {
    readonly type: "vector";
    readonly samples: readonly VectorSample[];
} | {
    readonly type: "matrix";
    readonly series: readonly MatrixSeries[];
};
export interface VectorSample {
    readonly labels: Labels;
    readonly timeMs: number;
    readonly value: number;
    readonly histogram: FloatHistogram | undefined;
}
export interface MatrixSeries {
    readonly labels: Labels;
    readonly times: Float64Array;
    readonly values: Float64Array;
    readonly histograms: readonly {
        readonly timeMs: number;
        readonly histogram: FloatHistogram;
    }[];
}
export { FLOAT, HISTOGRAM, SampleBuffer, type SeriesStore, STALE, type StoredSeries, type TimeRange } from "./store.ts";
export interface SeriesStore {
    select(matchers: readonly LabelMatcher[], range: TimeRange): readonly StoredSeries[];
    selectInTurns?(matchers: readonly LabelMatcher[], range: TimeRange): Generator<undefined, readonly StoredSeries[], undefined>;
}
export interface TimeRange {
    readonly fromMs: number;
    readonly toMs: number;
}
export interface StoredSeries {
    readonly labels: Labels;
    read(range: TimeRange, into: SampleBuffer): void;
    readLatest?(range: TimeRange, into: SampleBuffer): void;
}
export declare const FLOAT = 0;
export declare const HISTOGRAM = 1;
export declare const STALE = 2;
export declare class SampleBuffer {
    length: number;
    times: Float64Array;
    values: Float64Array;
    kinds: Uint8Array;
    histograms: (FloatHistogram | undefined)[];
    startTimes: number[];
    plain: boolean;
    clear(): void;
    reserve(more: number): void;
    push(timeMs: number, value: number): void;
    pushStale(timeMs: number): void;
    pushHistogram(timeMs: number, histogram: FloatHistogram): void;
    makeStale(index: number): void;
    makeHistogram(index: number, histogram: FloatHistogram): void;
    setStartTime(startMs: number): void;
}
export { unquote } from "./string-literal.ts";
export declare function unquote(literal: string): string | undefined;
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
export { runTestScript, type ScriptFailure, type ScriptOutcome } from "./test-script/run-script.ts";
export interface ScriptFailure {
    readonly line: number;
    readonly query: string;
    readonly problem: string;
}
export interface ScriptOutcome {
    readonly evaluations: number;
    readonly failures: readonly ScriptFailure[];
}
export declare function runTestScript(script: string, options?: QueryOptions): ScriptOutcome;
export { ScriptError } from "./test-script/script-error.ts";
export declare class ScriptError extends Error {
    readonly name = "ScriptError";
    readonly code = "TELLTALE_PROMQL_BAD_SCRIPT";
    readonly line: number;
    constructor(line: number, message: string);
}
export { parseSeriesDescription, type SequenceValue, type SeriesDescription, } from "./test-script/series-description.ts";
export type SequenceValue = {
    readonly kind: "omitted";
} | {
    readonly kind: "stale";
} | {
    readonly kind: "float";
    readonly value: number;
} | {
    readonly kind: "histogram";
    readonly histogram: FloatHistogram;
    readonly hintGiven: boolean;
};
export interface SeriesDescription {
    readonly labels: Labels;
    readonly values: readonly SequenceValue[];
}
export declare function parseSeriesDescription(text: string): SeriesDescription;
export type { AggregationOperator, BinaryOperator } from "./token.ts";
export type AggregationOperator = (typeof aggregations)[number];
export type BinaryOperator = (typeof binaryOperators)[number];
