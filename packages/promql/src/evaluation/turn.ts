/** A step of work; between two, a long evaluation may be interrupted. */
export type Work<T> = Generator<undefined, T, undefined>;

/** About how many points are computed between two possible interruptions. */
export const POINTS_PER_TURN = 4_096;

/** The labels of a row cost about as much as these points. */
const POINTS_PER_ROW = 16;

/** How many rows to work on before offering a pause. */
export function rowsPerTurn({ steps }: { readonly steps: number }): number {
  return Math.max(1, Math.floor(POINTS_PER_TURN / Math.max(POINTS_PER_ROW, steps)));
}
