export { typeOf } from "./check-types.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { type EvaluationErrorCode, PromqlEvaluationError } from "./evaluation/evaluation-error.ts";
export { type FlaggedFeature, flaggedFeatures } from "./flagged-features.ts";
export { formatExpression, formatQuery } from "./format.ts";
export { goQuote } from "./go-quote.ts";
export {
  type Buckets,
  type CounterResetHint,
  type FloatHistogram,
  floatHistogram,
} from "./histogram/float-histogram.ts";
export { describeHistogram, printHistogram } from "./histogram/histogram-text.ts";
export { LabelMatcher, type MatchOperator } from "./label-matcher.ts";
export { compareLabels, formatLabels, type Labels, labelsOf, labelValue, toRecord, withLabel } from "./labels.ts";
export {
  type AppendResult,
  MemoryStore,
  type MemoryStoreOptions,
  type MemoryStoreSize,
  type Sample,
  type SeriesReference,
} from "./memory-store/memory-store.ts";
export { PromqlParseError } from "./parse-error.ts";
export { type ParseOptions, parse, parseMetricSelector } from "./parser.ts";
export type { PositionRange } from "./position.ts";
export { printExpression } from "./print.ts";
export {
  type InstantOptions,
  type QueryOptions,
  type QueryResult,
  queryInstant,
  queryInstantInTurns,
  queryRange,
  queryRangeInTurns,
  type RangeOptions,
  type TurnOptions,
} from "./query.ts";
export type { MatrixSeries, QueryValue, VectorSample } from "./query-result.ts";
export { FLOAT, HISTOGRAM, SampleBuffer, type SeriesStore, STALE, type StoredSeries, type TimeRange } from "./store.ts";
export { unquote } from "./string-literal.ts";
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
export { runTestScript, type ScriptFailure, type ScriptOutcome } from "./test-script/run-script.ts";
export { ScriptError } from "./test-script/script-error.ts";
export {
  parseSeriesDescription,
  type SequenceValue,
  type SeriesDescription,
} from "./test-script/series-description.ts";
export type { AggregationOperator, BinaryOperator } from "./token.ts";
