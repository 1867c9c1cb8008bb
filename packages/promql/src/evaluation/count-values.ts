import { formatDecimal } from "../go-float.ts";
import { goQuote } from "../go-quote.ts";
import { printHistogram } from "../histogram/histogram-text.ts";
import { isLabelName, withLabel } from "../labels.ts";
import type { AggregateExpression } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import type { Grid } from "./grid.ts";
import { groupingLabels } from "./label-groups.ts";
import { RowAssembly } from "./row-assembly.ts";
import { ABSENT, HISTOGRAM_POINT, type SeriesMatrix } from "./series-matrix.ts";
import type { Work } from "./turn.ts";

/** How many values become labels between two possible interruptions. */
const TEXTS_PER_TURN = 512;

/** count_values(): how many series of a group have the same value, which becomes a label. */
export function* countValues(evaluation: Evaluation, node: AggregateExpression, grid: Grid): Work<SeriesMatrix> {
  const label = node.parameter?.type === "string" ? node.parameter.value : "";
  if (!isLabelName(label)) throw new PromqlEvaluationError(`invalid label name ${goQuote(label)}`);
  const grouping = node.without ? node.grouping : [...node.grouping, label];
  const labelsOf = groupingLabels(grouping, node.without);
  const input = yield* evaluation.vector(node.expression, grid);
  const { steps, present } = input;
  const assembly = new RowAssembly(grid, input.count);
  let points = 0;
  for (let step = 0; step < steps; step++) {
    const counts = new Map<string, { labels: ReturnType<typeof labelsOf>; count: number }>();
    for (let row = 0; row < input.count; row++) {
      const index = row * steps + step;
      if (++points % TEXTS_PER_TURN === 0) yield;
      if (present[index] === ABSENT) continue;
      const isHistogram = present[index] === HISTOGRAM_POINT;
      const value = isHistogram ? printHistogram(input.histograms![index]!) : formatDecimal(input.values[index]!);
      const labels = labelsOf(withLabel(input.labels[row]!, label, value));
      const before = counts.get(labels.key);
      if (before === undefined) counts.set(labels.key, { labels, count: 1 });
      else before.count++;
    }
    for (const { labels, count } of counts.values()) assembly.setFloat(labels, false, step, count);
  }
  return assembly.matrix;
}
