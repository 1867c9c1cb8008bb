import { notTypedAsCounter, perhapsNotACounter } from "../annotations.ts";
import { rangeFunctions } from "../functions/range-functions.ts";
import { type RangeFunction, RangeWindow } from "../functions/range-window.ts";
import { weight } from "../histogram/float-histogram.ts";
import { type Labels, labelValue, metricName, withoutMetadata } from "../labels.ts";
import type { PositionRange } from "../position.ts";
import type { TimeRange } from "../store.ts";
import type { CallExpression, Expression, MatrixSelector, Subquery } from "../syntax-tree.ts";
import { absentLabels } from "./absent.ts";
import type { Evaluation } from "./evaluation.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { type Grid, lastTime, timeAt } from "./grid.ts";
import { RangeSamples } from "./range-samples.ts";
import { ABSENT, FLOAT_POINT, mergeSameLabels, SeriesMatrix } from "./series-matrix.ts";
import { StatisticsChain } from "./statistics-chain.ts";
import { evaluateSubquery, type RangeInput, subqueryInputs } from "./subquery.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** `anchored` gives samples from before the range, which only these functions understand. */
const anchoredFunctions = ["changes", "delta", "increase", "rate", "resets"];

const smoothedFunctions = ["delta", "increase", "rate"];

/** These act like offset and keep the name. */
const namePreserving: ReadonlySet<string> = new Set(["first_over_time", "last_over_time"]);

/** Where the windows of a call lie, and the series they are cut from. */
interface Ranges {
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
  const ranges = rangesOf(evaluation, argument, grid, evaluated && subqueryInputs(evaluated.matrix, evaluated.grid));
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

interface Steps {
  readonly grid: Grid;
  readonly ranges: Ranges;
  readonly scalars: readonly Float64Array[];
  readonly matrix: SeriesMatrix;
  readonly row: number;
}

/** Slides the window over the samples of one series. */
function applyToSteps(
  apply: RangeFunction,
  window: RangeWindow,
  { grid, ranges, scalars, matrix, row }: Steps,
): { points: number; floats: boolean } {
  const { samples } = window;
  const { floatTimes, floatCount, histogramTimes } = samples;
  const { rangeMs, offsetMs, atMs, extension } = ranges;
  const before = extension === undefined ? 0 : window.lookbackMs;
  const after = extension === "smoothed" ? window.lookbackMs : 0;
  let [f0, f1, h0, h1] = [0, 0, 0, 0];
  let points = 0;
  let floats = false;
  for (let step = 0; step < grid.steps; step++) {
    const timeMs = timeAt(grid, step);
    const endMs = (atMs ?? timeMs) - offsetMs;
    const startMs = endMs - rangeMs;
    const fromMs = startMs - before;
    const toMs = endMs + after;
    while (f1 < floatCount && floatTimes[f1]! <= toMs) f1++;
    while (f0 < f1 && floatTimes[f0]! <= fromMs) f0++;
    while (h1 < histogramTimes.length && histogramTimes[h1]! <= toMs) h1++;
    while (h0 < h1 && histogramTimes[h0]! <= fromMs) h0++;
    if (f0 === f1 && h0 === h1) continue;
    window.firstFloat = f0;
    window.endFloat = f1;
    window.firstHistogram = h0;
    window.endHistogram = h1;
    window.timeMs = timeMs;
    window.startMs = startMs;
    window.endMs = endMs;
    for (let i = 0; i < scalars.length; i++) window.scalars[i] = scalars[i]![step]!;
    const result = apply(window);
    if (result === ABSENT) continue;
    if (result === FLOAT_POINT) {
      matrix.setFloat(row + step, window.value);
      floats = true;
      points++;
    } else {
      matrix.setHistogram(row + step, window.histogram!);
      points += weight(window.histogram!);
    }
  }
  return { points, floats };
}

function rangesOf(
  evaluation: Evaluation,
  argument: MatrixSelector | Subquery,
  grid: Grid,
  computed: readonly RangeInput[] | undefined,
): Ranges {
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
  const inputs = computed ?? evaluation.store.select((argument as MatrixSelector).selector.matchers, read);
  return { inputs, rangeMs, offsetMs, atMs, extension, statisticsOnly, position, read };
}

function checkExtension(name: string, argument: MatrixSelector | Subquery): void {
  if (argument.type === "subquery" || argument.selector.extension === undefined) return;
  const { extension } = argument.selector;
  const allowed = extension === "anchored" ? anchoredFunctions : smoothedFunctions;
  if (allowed.includes(name)) return;
  throw new PromqlEvaluationError(
    `${extension} modifier can only be used with: ${allowed.join(", ")} - not with ${name}`,
  );
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
