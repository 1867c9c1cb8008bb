import type { CallExpression } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Grid, timeAt } from "./grid.ts";
import { selectInstants } from "./instant-selector.ts";
import { ABSENT, dropNames, SeriesMatrix } from "./series-matrix.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** timestamp() and start_timestamp(): of the samples that a selector finds; of anything else, the time of evaluation. */
export function* timestamps(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const [argument] = call.arguments;
  const { delayedNameRemoval } = evaluation.settings;
  if (argument?.type === "vectorSelector") {
    const taken = call.name === "timestamp" ? "time" : "startTime";
    return yield* dropNames(yield* selectInstants(evaluation, argument, grid, taken), delayedNameRemoval);
  }
  const matrix = yield* evaluation.vector(argument!, grid);
  if (call.name === "start_timestamp") return new SeriesMatrix(grid.steps, 0);
  const turn = rowsPerTurn(matrix);
  for (let row = 0; row < matrix.count; row++) {
    if (row % turn === turn - 1) yield;
    for (let step = 0; step < grid.steps; step++) {
      const index = row * grid.steps + step;
      if (matrix.present[index] !== ABSENT) matrix.setFloat(index, timeAt(grid, step) / 1000);
    }
  }
  return yield* dropNames(matrix, delayedNameRemoval);
}
