import { notTypedAsCounter, perhapsNotACounter } from "../annotations.ts";
import { rangeFunctions } from "../functions/range-functions.ts";
import { RangeWindow } from "../functions/range-window.ts";
import { type Labels, labelValue, metricName, withoutMetadata } from "../labels.ts";
import type { PositionRange } from "../position.ts";
import type { CallExpression, MatrixSelector, Subquery } from "../syntax-tree.ts";
import { absentLabels } from "./absent.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Grid } from "./grid.ts";
import { RangeSamples } from "./range-samples.ts";
import { checkExtension, isRange, type Ranges, rangesOf } from "./ranges.ts";
import { ABSENT, mergeSameLabels, SeriesMatrix } from "./series-matrix.ts";
import { applyToSteps } from "./sliding-window.ts";
import { StatisticsChain } from "./statistics-chain.ts";
import { evaluateSubquery, subqueryInputs } from "./subquery.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** These act like offset and keep the name. */
const namePreserving: ReadonlySet<string> = new Set(["first_over_time", "last_over_time"]);

/** A function over a range, for one series after the other through all steps. */
export function* callOverRange(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const argument = call.arguments.find(isRange)!;
  const evaluated = argument.type === "subquery" ? yield* evaluateSubquery(evaluation, argument, grid) : undefined;
  const scalars: Float64Array[] = [];
  const scalarPositions: PositionRange[] = [];
  for (const other of call.arguments) {
    if (other === argument) continue;
    scalars.push(yield* evaluation.scalar(other, grid));
    scalarPositions.push(other.position);
  }
  checkExtension(call.name, argument);
  const ranges = yield* rangesOf(
    evaluation,
    argument,
    grid,
    evaluated && subqueryInputs(evaluated.matrix, evaluated.grid),
  );
  const matrix = yield* applyToRanges(evaluation, call, grid, ranges, { scalars, scalarPositions });
  if (evaluated !== undefined) evaluation.release(evaluated.matrix.weight());
  if (call.name === "absent_over_time") return yield* absentSteps(matrix, argument, grid);
  return evaluation.settings.delayedNameRemoval ? matrix : yield* mergeSameLabels(matrix);
}

function* applyToRanges(
  evaluation: Evaluation,
  call: CallExpression,
  grid: Grid,
  ranges: Ranges,
  { scalars, scalarPositions }: { scalars: readonly Float64Array[]; scalarPositions: readonly PositionRange[] },
): Work<SeriesMatrix> {
  const apply = rangeFunctions.get(call.name)!;
  const { settings, buffer, annotations } = evaluation;
  const matrix = new SeriesMatrix(grid.steps, ranges.inputs.length);
  const samples = new RangeSamples();
  const chain = new StatisticsChain(buffer);
  const window = new RangeWindow();
  window.samples = samples;
  window.rangeMs = ranges.rangeMs;
  window.lookbackMs = settings.lookbackMs;
  window.extension = ranges.extension;
  window.position = ranges.position;
  window.scalarPositions = scalarPositions;
  window.annotate = (annotation) => annotations.add(annotation);
  const wantsCounter = call.name === "rate" || call.name === "increase";
  let lastName = "";
  const turn = rowsPerTurn(grid);
  for (let i = 0; i < ranges.inputs.length; i++) {
    if (i % turn === turn - 1) yield;
    const input = ranges.inputs[i]!;
    buffer.clear();
    input.read(ranges.read, buffer);
    if (buffer.length === 0) continue;
    const statistics = ranges.statisticsOnly && !buffer.plain;
    if (statistics) chain.follow(grid, ranges);
    samples.take(buffer, (index) => (statistics ? chain.histogramAt(index) : buffer.histograms[index]!));
    evaluation.hold(samples.floatCount + samples.histograms.length);
    const dropName = !namePreserving.has(call.name) || input.dropName === true;
    const labels = dropName && !settings.delayedNameRemoval ? withoutMetadata(input.labels) : input.labels;
    const row = matrix.addRow(labels, dropName);
    window.start(input.labels);
    const kinds = applyToSteps(apply, window, { grid, ranges, scalars, matrix, row });
    evaluation.release(samples.floatCount + samples.histograms.length);
    if (kinds.points === 0) matrix.dropRow();
    else evaluation.hold(kinds.points);
    if (!wantsCounter || !kinds.floats) continue;
    if (settings.typeAndUnitLabels) annotateType(evaluation, input.labels, ranges.position);
    else lastName = annotateName(evaluation, metricName(input.labels), lastName, ranges.position);
  }
  return matrix;
}

/** By its name a series is none of a counter; those with the same name come one after the other. The name that was looked at. */
function annotateName({ annotations }: Evaluation, name: string, lastName: string, position: PositionRange): string {
  if (name !== "" && name !== lastName && !/_(total|sum|count|bucket)$/.test(name)) {
    annotations.add(perhapsNotACounter(name, position));
  }
  return name;
}

function annotateType({ annotations }: Evaluation, labels: Labels, position: PositionRange): void {
  const name = metricName(labels);
  const type = labelValue(labels, "__type__");
  if (name !== "" && type !== "counter" && type !== "histogram") {
    annotations.add(notTypedAsCounter(name, type, position));
  }
}

/** 1 at every step at which no series had a sample. */
function* absentSteps(matrix: SeriesMatrix, argument: MatrixSelector | Subquery, grid: Grid): Work<SeriesMatrix> {
  const absent = new SeriesMatrix(grid.steps, 1);
  const row = absent.addRow(absentLabels(argument), true);
  const turn = rowsPerTurn({ steps: matrix.count });
  for (let step = 0; step < grid.steps; step++) {
    if (step % turn === turn - 1) yield;
    let found = false;
    for (let i = step; i < matrix.count * grid.steps && !found; i += grid.steps) found = matrix.present[i] !== ABSENT;
    if (!found) absent.setFloat(row + step, 1);
  }
  if (!absent.hasPoints(0)) absent.dropRow();
  return absent;
}
