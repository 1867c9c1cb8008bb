/** The instants at which an expression is evaluated: from `startMs`, every `stepMs`, `steps` times. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

export function gridBetween(startMs: number, endMs: number, stepMs: number): Grid {
  return { startMs, stepMs, steps: endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1 };
}

export function timeAt({ startMs, stepMs }: Grid, step: number): number {
  return startMs + step * stepMs;
}

export function lastTime(grid: Grid): number {
  return timeAt(grid, grid.steps - 1);
}
