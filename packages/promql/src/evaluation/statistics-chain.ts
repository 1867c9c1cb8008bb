import type { FloatHistogram } from "../histogram/float-histogram.ts";
import type { SampleBuffer } from "../store.ts";
import { type Grid, timeAt } from "./grid.ts";
import { statisticsAt } from "./statistics-hints.ts";

interface Windows {
  readonly rangeMs: number;
  readonly offsetMs: number;
  readonly atMs: number | undefined;
}

/** Which samples are read one after the other as a window slides, so that a reset between them is seen. */
export class StatisticsChain {
  readonly #buffer: SampleBuffer;
  /** Where reading began anew: the first sample, and after each gap that was skipped. */
  #starts: number[] = [];

  constructor(buffer: SampleBuffer) {
    this.#buffer = buffer;
  }

  follow(grid: Grid, { rangeMs, offsetMs, atMs }: Windows): void {
    const { times, length } = this.#buffer;
    const firstAt = (timeMs: number, from: number): number => {
      let at = from;
      while (at < length && times[at]! < timeMs) at++;
      return at;
    };
    const endMs = (atMs ?? grid.startMs) - offsetMs;
    this.#starts = [firstAt(endMs - rangeMs, 0)];
    if (atMs !== undefined || grid.stepMs <= rangeMs) return;
    let current = firstAt(endMs, 0);
    for (let step = 1; step < grid.steps; step++) {
      const end = timeAt(grid, step) - offsetMs;
      if (current >= length) return;
      if (end - rangeMs > times[current]!) {
        current = firstAt(end - rangeMs, current);
        this.#starts.push(current);
      }
      current = firstAt(end, current);
    }
  }

  histogramAt(index: number): FloatHistogram {
    const start = this.#starts.findLast((one) => one <= index) ?? 0;
    return statisticsAt(this.#buffer, index, start);
  }
}
