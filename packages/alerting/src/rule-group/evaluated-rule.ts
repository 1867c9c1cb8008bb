import type { Expression, Sample, VectorSample } from "@telltale/promql";
import type { RuleDefinition } from "../rule-file/rule-file.ts";

/** What a rule is evaluated with. */
export interface RuleEvaluation {
  readonly timeMs: number;
  readonly queryOffsetMs: number;
  /** 0 for none. */
  readonly limit: number;
  /** @throws Error */
  readonly query: (query: Expression | string, timeMs: number) => readonly VectorSample[];
}

export interface EvaluatedRule {
  readonly definition: RuleDefinition;
  /** What the rule gives, to be stored. @throws Error */
  evaluate(evaluation: RuleEvaluation): readonly Sample[];
}
