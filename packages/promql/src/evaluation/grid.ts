/** The instants at which an expression is evaluated: from `startMs` up to `endMs`, every `stepMs`, `steps` times. */
export interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

export function gridBetween(startMs: number, endMs: number, stepMs: number): Grid {
  return { startMs, endMs, stepMs, steps: endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1 };
}

/** A single instant. */
export function gridAt(timeMs: number): Grid {
  return { startMs: timeMs, endMs: timeMs, stepMs: 1, steps: 1 };
}

/** Prometheus treats a range that begins and ends at once as an instant, and no other, though it may have one step too. */
export function isInstant({ startMs, endMs }: Grid): boolean {
  return startMs === endMs;
}

export function timeAt({ startMs, stepMs }: Pick<Grid, "startMs" | "stepMs">, step: number): number {
  return startMs + step * stepMs;
}

export function lastTime(grid: Grid): number {
  return timeAt(grid, grid.steps - 1);
}
