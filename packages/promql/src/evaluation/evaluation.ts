import { Annotations } from "../annotations.ts";
import type { LabelMatcher } from "../label-matcher.ts";
import { SampleBuffer, type SeriesStore, type StoredSeries, type TimeRange } from "../store.ts";
import type { Expression, VectorSelector } from "../syntax-tree.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import type { Grid } from "./grid.ts";
import type { SeriesMatrix } from "./series-matrix.ts";
import type { Work } from "./turn.ts";

/** What an expression evaluates to on a grid: a number a step, a text, or an instant vector at every step. */
export type Value =
  | { readonly type: "scalar"; readonly values: Float64Array }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "vector"; readonly matrix: SeriesMatrix };

export interface Plan {
  readonly root: Expression;
  /** Expressions whose value is the same at every step. */
  readonly invariant: ReadonlySet<Expression>;
  /** Selectors of which only the sums and counts of histograms are needed. */
  readonly statisticsOnly: ReadonlySet<VectorSelector>;
}

export interface EvaluationSettings {
  readonly lookbackMs: number;
  readonly delayedNameRemoval: boolean;
  readonly defaultSubqueryStepMs: number;
  readonly maxSamples: number;
  readonly typeAndUnitLabels: boolean;
}

/** The value of a part of the plan on a grid. */
export type Evaluator = (evaluation: Evaluation, node: Expression, grid: Grid) => Work<Value>;

/** Everything that the evaluation of one query shares. */
export class Evaluation {
  readonly store: SeriesStore;
  readonly plan: Plan;
  readonly settings: EvaluationSettings;
  readonly annotations: Annotations = new Annotations();
  readonly buffer: SampleBuffer = new SampleBuffer();
  readonly #evaluator: Evaluator;
  #samples = 0;

  constructor(store: SeriesStore, plan: Plan, settings: EvaluationSettings, evaluator: Evaluator) {
    this.store = store;
    this.plan = plan;
    this.settings = settings;
    this.#evaluator = evaluator;
  }

  evaluate(node: Expression, grid: Grid): Work<Value> {
    return this.#evaluator(this, node, grid);
  }

  /** The series that a selector finds. */
  *select(matchers: readonly LabelMatcher[], range: TimeRange): Work<readonly StoredSeries[]> {
    const { store } = this;
    if (store.selectInTurns === undefined) return store.select(matchers, range);
    return yield* store.selectInTurns(matchers, range);
  }

  /** The value of an expression that is known to be an instant vector. */
  *vector(node: Expression, grid: Grid): Work<SeriesMatrix> {
    const value = yield* this.evaluate(node, grid);
    if (value.type !== "vector") throw new PromqlEvaluationError(`expected an instant vector, got a ${value.type}`);
    return value.matrix;
  }

  /** The value of an expression that is known to be a scalar. */
  *scalar(node: Expression, grid: Grid): Work<Float64Array> {
    const value = yield* this.evaluate(node, grid);
    if (value.type !== "scalar") throw new PromqlEvaluationError(`expected a scalar, got a ${value.type}`);
    return value.values;
  }

  /** Counts samples that are held in memory. @throws PromqlEvaluationError when they are too many */
  hold(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.settings.maxSamples) {
      const limit = `limit: maxSamples, ${this.settings.maxSamples}`;
      throw new PromqlEvaluationError(
        `query processing would load too many samples into memory in query execution (${limit})`,
        "TELLTALE_PROMQL_TOO_MANY_SAMPLES",
      );
    }
  }

  release(samples: number): void {
    this.#samples -= samples;
  }
}
