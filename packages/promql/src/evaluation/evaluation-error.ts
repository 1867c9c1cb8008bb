/** Why a query that parses has no result. */
export type EvaluationErrorCode =
  | "TELLTALE_PROMQL_EXECUTION"
  | "TELLTALE_PROMQL_TOO_MANY_SAMPLES"
  | "TELLTALE_PROMQL_TOO_MANY_STEPS"
  | "TELLTALE_PROMQL_TIMEOUT"
  | "TELLTALE_PROMQL_ABORTED"
  | "TELLTALE_PROMQL_BAD_RANGE";

/** A query that parses and cannot be evaluated; `code` says which limit it met, when it met one. */
export class PromqlEvaluationError extends Error {
  override readonly name = "PromqlEvaluationError";
  readonly code: EvaluationErrorCode;

  constructor(message: string, code: EvaluationErrorCode = "TELLTALE_PROMQL_EXECUTION", cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
