import type { PositionRange } from "../position.ts";
import type { TimeRange } from "../store.ts";
import type { Expression, MatrixSelector, Subquery } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { type Grid, lastTime } from "./grid.ts";
import type { RangeInput } from "./subquery.ts";
import type { Work } from "./turn.ts";

/** Where the windows of a call lie, and the series they are cut from. */
export interface Ranges {
  readonly inputs: readonly RangeInput[];
  readonly rangeMs: number;
  readonly offsetMs: number;
  readonly atMs: number | undefined;
  readonly extension: "anchored" | "smoothed" | undefined;
  readonly statisticsOnly: boolean;
  readonly position: PositionRange;
  readonly read: TimeRange;
}

export function isRange(node: Expression): node is MatrixSelector | Subquery {
  return node.type === "matrixSelector" || node.type === "subquery";
}

export function* rangesOf(
  evaluation: Evaluation,
  argument: MatrixSelector | Subquery,
  grid: Grid,
  computed: readonly RangeInput[] | undefined,
): Work<Ranges> {
  const shift = argument.type === "subquery" ? argument : argument.selector;
  const { offsetMs, atMs } = shift;
  const { rangeMs } = argument;
  const extension = argument.type === "subquery" ? undefined : argument.selector.extension;
  const { lookbackMs } = evaluation.settings;
  const read = {
    fromMs: (atMs ?? grid.startMs) - offsetMs - rangeMs - (extension === undefined ? 0 : lookbackMs),
    toMs: (atMs ?? lastTime(grid)) - offsetMs + (extension === "smoothed" ? lookbackMs : 0),
  };
  const statisticsOnly = argument.type === "matrixSelector" && evaluation.plan.statisticsOnly.has(argument.selector);
  // Prometheus forgets where a subquery stood, so what it says of one is at the start.
  const position = argument.type === "subquery" ? { start: 0, end: 0 } : argument.position;
  const inputs = computed ?? (yield* evaluation.select((argument as MatrixSelector).selector.matchers, read));
  return { inputs, rangeMs, offsetMs, atMs, extension, statisticsOnly, position, read };
}

/** `anchored` gives samples from before the range, which only these functions understand. */
const anchoredFunctions = ["changes", "delta", "increase", "rate", "resets"];

const smoothedFunctions = ["delta", "increase", "rate"];

/** @throws PromqlEvaluationError for a function that does not understand the modifier */
export function checkExtension(name: string, argument: MatrixSelector | Subquery): void {
  if (argument.type === "subquery" || argument.selector.extension === undefined) return;
  const { extension } = argument.selector;
  const allowed = extension === "anchored" ? anchoredFunctions : smoothedFunctions;
  if (allowed.includes(name)) return;
  throw new PromqlEvaluationError(
    `${extension} modifier can only be used with: ${allowed.join(", ")} - not with ${name}`,
  );
}
