import { weight } from "../histogram/float-histogram.ts";
import { FLOAT, HISTOGRAM, type SampleBuffer } from "../store.ts";
import type { VectorSelector } from "../syntax-tree.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Grid, lastTime, timeAt } from "./grid.ts";
import { SeriesMatrix } from "./series-matrix.ts";
import { statisticsAt } from "./statistics-hints.ts";
import { rowsPerTurn, type Work } from "./turn.ts";

/** What is taken from the sample that a selector finds. */
export type Taken = "value" | "time" | "startTime";

/** The latest sample of each series at every step, no older than the lookback and not beyond the end of the series. */
export function* selectInstants(
  evaluation: Evaluation,
  selector: VectorSelector,
  grid: Grid,
  taken: Taken = "value",
): Work<SeriesMatrix> {
  const { lookbackMs } = evaluation.settings;
  const { offsetMs, atMs } = selector;
  const firstMs = (atMs ?? grid.startMs) - offsetMs;
  const lastMs = (atMs ?? lastTime(grid)) - offsetMs;
  const range = { fromMs: firstMs - lookbackMs, toMs: lastMs };
  const series = yield* evaluation.select(selector.matchers, range);
  const matrix = new SeriesMatrix(grid.steps, series.length);
  const { buffer } = evaluation;
  const statisticsOnly = evaluation.plan.statisticsOnly.has(selector);
  const reader = new InstantReader(buffer, { lookbackMs, statisticsOnly });
  // What is known of resets depends on the histograms before, so there the last one is not enough.
  const latestOnly = firstMs === lastMs && !statisticsOnly;
  const turn = rowsPerTurn(grid);
  for (let i = 0; i < series.length; i++) {
    if (i % turn === turn - 1) yield;
    const one = series[i]!;
    buffer.clear();
    if (latestOnly && one.readLatest !== undefined) one.readLatest(range, buffer);
    else one.read(range, buffer);
    if (buffer.length === 0) continue;
    reader.start();
    const row = matrix.addRow(one.labels, false);
    let held = 0;
    for (let step = 0; step < grid.steps; step++) {
      const referenceMs = (atMs ?? timeAt(grid, step)) - offsetMs;
      const found = reader.find(referenceMs);
      if (found === -1) continue;
      if (taken === "time") matrix.setFloat(row + step, buffer.times[found]! / 1000);
      else if (taken === "startTime") matrix.setFloat(row + step, (buffer.startTimes[found] ?? 0) / 1000);
      else if (buffer.plain || buffer.kinds[found] === FLOAT) matrix.setFloat(row + step, buffer.values[found]!);
      else {
        const histogram = reader.histogramAt(found);
        matrix.setHistogram(row + step, histogram);
        held += weight(histogram) - 1;
      }
      held++;
    }
    if (held === 0) matrix.dropRow();
    else evaluation.hold(held);
  }
  return matrix;
}

/** Goes through the samples of a series once, forwards, as the steps do. */
class InstantReader {
  readonly #buffer: SampleBuffer;
  readonly #lookbackMs: number;
  readonly #statisticsOnly: boolean;
  /** The first sample that is later than the last reference. */
  #next = 0;
  /** Where reading one sample after the other began. */
  #firstRead = -1;

  constructor(buffer: SampleBuffer, { lookbackMs, statisticsOnly }: { lookbackMs: number; statisticsOnly: boolean }) {
    this.#buffer = buffer;
    this.#lookbackMs = lookbackMs;
    this.#statisticsOnly = statisticsOnly;
  }

  start(): void {
    this.#next = 0;
    this.#firstRead = -1;
  }

  /** The index of the sample that holds at a time, -1 without one. */
  find(referenceMs: number): number {
    const { times, length, plain, kinds } = this.#buffer;
    if (this.#statisticsOnly && !plain) this.#skipTo(referenceMs - this.#lookbackMs, referenceMs);
    let next = this.#next;
    while (next < length && times[next]! <= referenceMs) next++;
    this.#next = next;
    const found = next - 1;
    if (found < 0 || times[found]! <= referenceMs - this.#lookbackMs) return -1;
    return plain || kinds[found] === FLOAT || kinds[found] === HISTOGRAM ? found : -1;
  }

  histogramAt(index: number) {
    if (!this.#statisticsOnly) return this.#buffer.histograms[index]!;
    return statisticsAt(this.#buffer, index, this.#firstRead);
  }

  /** Prometheus skips to the lookback where the gap since the last sample is larger; what was before is forgotten. */
  #skipTo(fromMs: number, referenceMs: number): void {
    const { times, length } = this.#buffer;
    const at = this.#next > 0 && times[this.#next - 1] === referenceMs ? this.#next - 1 : this.#next;
    if (this.#firstRead !== -1 && (at >= length || fromMs <= times[at]!)) return;
    let first = Math.max(this.#firstRead, 0);
    while (first < length && times[first]! < fromMs) first++;
    this.#firstRead = first;
  }
}
