import { documentedType, typeOf } from "./check-types.ts";
import { evaluate } from "./evaluation/evaluate.ts";
import { Evaluation, type EvaluationSettings, type Value } from "./evaluation/evaluation.ts";
import { PromqlEvaluationError } from "./evaluation/evaluation-error.ts";
import { type Grid, gridAt, gridBetween } from "./evaluation/grid.ts";
import { evaluateMatrix } from "./evaluation/matrix-value.ts";
import { prepare } from "./evaluation/prepare.ts";
import { finish, finishInTurns } from "./evaluation/run-work.ts";
import type { SeriesMatrix } from "./evaluation/series-matrix.ts";
import type { Work } from "./evaluation/turn.ts";
import { type ParseOptions, parse, sourceOf } from "./parser.ts";
import { printExpression } from "./print.ts";
import { cleanNames, type MatrixSeries, matrixOf, type QueryValue, scalarSeries, vectorOf } from "./query-result.ts";
import type { SeriesStore } from "./store.ts";
import type { Expression } from "./syntax-tree.ts";

export interface QueryOptions extends ParseOptions {
  /** How old the latest sample of a series may be. @default 300_000 */
  readonly lookbackMs?: number;
  /** Names are dropped at the end, as with Prometheus' feature `promql-delayed-name-removal`. @default false */
  readonly delayedNameRemoval?: boolean;
  /** Whether a metric is a counter is known by its label `__type__`, as with Prometheus' `type-and-unit-labels`. @default false */
  readonly typeAndUnitLabels?: boolean;
  /** The step of a subquery that names none. Prometheus takes its evaluation interval. @default 60_000 */
  readonly defaultSubqueryStepMs?: number;
  /** How many samples may be in memory at once. @default 50_000_000 */
  readonly maxSamples?: number;
  /** How many steps a range may have. @default 11_000 */
  readonly maxSteps?: number;
  /** Ends the evaluation when it is aborted. */
  readonly signal?: AbortSignal;
  /** How long the evaluation may take by `now`. @default no limit */
  readonly timeoutMs?: number;
  /** The clock for `timeoutMs` and for turns, in milliseconds. @default performance.now */
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

/** For evaluations that share the thread. */
export interface TurnOptions {
  /** How long to work before others have their turn. @default 5 */
  readonly turnMs?: number;
  /** Lets others have their turn: `setImmediate` of node:timers/promises does. */
  readonly pause: () => Promise<unknown>;
}

export interface QueryResult {
  readonly value: QueryValue;
  /** In Prometheus' words, with the place in the query. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

const defaults = {
  lookbackMs: 300_000,
  delayedNameRemoval: false,
  defaultSubqueryStepMs: 60_000,
  maxSamples: 50_000_000,
  maxSteps: 11_000,
  typeAndUnitLabels: false,
};

/**
 * The value of a query at one time. An expression that was parsed before is not parsed again.
 * @throws PromqlParseError, PromqlEvaluationError
 */
export function queryInstant(store: SeriesStore, query: string | Expression, options: InstantOptions): QueryResult {
  return finish(instant(store, query, options), options);
}

/**
 * The value of a query at every step of a range.
 * @throws PromqlParseError, PromqlEvaluationError
 */
export function queryRange(store: SeriesStore, query: string | Expression, options: RangeOptions): QueryResult {
  return finish(range(store, query, options), options);
}

/** As `queryInstant`, in turns: the thread is never held for longer than `turnMs` or about. */
export async function queryInstantInTurns(
  store: SeriesStore,
  query: string | Expression,
  options: InstantOptions & TurnOptions,
): Promise<QueryResult> {
  return await finishInTurns(instant(store, query, options), options);
}

/** As `queryRange`, in turns: the thread is never held for longer than `turnMs` or about. */
export async function queryRangeInTurns(
  store: SeriesStore,
  query: string | Expression,
  options: RangeOptions & TurnOptions,
): Promise<QueryResult> {
  return await finishInTurns(range(store, query, options), options);
}

function* instant(store: SeriesStore, query: string | Expression, options: InstantOptions): Work<QueryResult> {
  const { timeMs } = options;
  const { text, expression } = parsed(query, options);
  const plan = prepare(expression, { startMs: timeMs, endMs: timeMs, stepMs: 0 });
  const evaluation = new Evaluation(store, plan, { ...defaults, ...options }, evaluate);
  const grid = gridAt(timeMs);
  const type = typeOf(plan.root);
  let value: QueryValue;
  if (type === "matrix") {
    value = { type: "matrix", series: yield* evaluateMatrix(evaluation, plan.root, timeMs) };
  } else {
    value = yield* instantValue(yield* evaluation.evaluate(plan.root, grid), evaluation.settings, timeMs);
  }
  return resultOf(evaluation, text, value);
}

function* range(store: SeriesStore, query: string | Expression, options: RangeOptions): Work<QueryResult> {
  const { startMs, endMs, stepMs } = options;
  const { text, expression } = parsed(query, options);
  const type = typeOf(expression);
  if (type !== "vector" && type !== "scalar") {
    const got = JSON.stringify(documentedType(type));
    throw new PromqlEvaluationError(`invalid expression type ${got} for range query, must be Scalar or instant Vector`);
  }
  checkRange(options);
  const plan = prepare(expression, { startMs, endMs, stepMs });
  const evaluation = new Evaluation(store, plan, { ...defaults, ...options }, evaluate);
  const grid = gridBetween(startMs, endMs, stepMs);
  const value = yield* evaluation.evaluate(plan.root, grid);
  if (value.type === "string") throw new PromqlEvaluationError("a range query cannot have a string for its value");
  const series =
    value.type === "scalar" ? scalarSeries(value.values, grid) : yield* vectorSeries(value.matrix, evaluation, grid);
  return resultOf(evaluation, text, { type: "matrix", series });
}

function parsed(query: string | Expression, options: QueryOptions): { text: string; expression: Expression } {
  if (typeof query === "string") return { text: query, expression: parse(query, options) };
  return { text: sourceOf(query) ?? printExpression(query), expression: query };
}

function* instantValue(value: Value, { delayedNameRemoval }: EvaluationSettings, timeMs: number): Work<QueryValue> {
  switch (value.type) {
    case "scalar":
      return { type: "scalar", timeMs, value: value.values[0]! };
    case "string":
      return { type: "string", timeMs, value: value.value };
    case "vector": {
      const matrix = delayedNameRemoval ? yield* cleanNames(value.matrix) : value.matrix;
      return { type: "vector", samples: yield* vectorOf(matrix, timeMs) };
    }
  }
}

function resultOf({ annotations }: Evaluation, text: string, value: QueryValue): QueryResult {
  return { value, warnings: annotations.warnings(text), infos: annotations.infos(text) };
}

function* vectorSeries(matrix: SeriesMatrix, { settings }: Evaluation, grid: Grid): Work<readonly MatrixSeries[]> {
  return yield* matrixOf(settings.delayedNameRemoval ? yield* cleanNames(matrix) : matrix, grid);
}

function checkRange({ startMs, endMs, stepMs, maxSteps = defaults.maxSteps }: RangeOptions): void {
  const bad = (message: string) => new PromqlEvaluationError(message, "TELLTALE_PROMQL_BAD_RANGE");
  if (!(stepMs > 0)) throw bad(`the step of a range is ${stepMs} ms; give a positive number`);
  if (!(endMs >= startMs))
    throw bad(`a range ends at ${endMs}, before its start at ${startMs}; give an end after the start`);
  const { steps } = gridBetween(startMs, endMs, stepMs);
  if (steps > maxSteps) {
    const problem = `the range has ${steps} steps, more than the limit maxSteps of ${maxSteps}`;
    throw new PromqlEvaluationError(`${problem}; take a larger step`, "TELLTALE_PROMQL_TOO_MANY_STEPS");
  }
}
