/** Which bucket of a histogram a value falls into. `limits` are ascending and inclusive; `size` counts the last, open bucket. */
export interface BucketIndex {
  readonly boundaries: readonly number[];
  readonly limits: Float64Array;
  readonly cells: Uint16Array;
  readonly firstCell: number;
  readonly lastCell: number;
  readonly size: number;
}

/** 64 cells an octave: far finer than any usual bucket, so that at most one limit lies in a cell. */
const CELL_SHIFT = 14;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** A table on the upper bits of the number, so that finding the bucket takes no search. */
export function bucketIndex(boundaries: readonly number[]): BucketIndex {
  const limits = Float64Array.from([...boundaries, Number.POSITIVE_INFINITY]);
  const positive = boundaries.filter((boundary) => boundary > 0);
  const firstCell = cellOf(positive[0] ?? 1) - 1;
  const lastCell = cellOf(positive.at(-1) ?? 1) + 1;
  const cells = Uint16Array.from({ length: lastCell - firstCell + 1 }, (_, i) => {
    // What lies below the first cell, zero included, is found from the first limit on.
    if (i === 0) return limits.findIndex((limit) => limit >= 0);
    words[0] = 0;
    words[1] = (firstCell + i) << CELL_SHIFT;
    const lowest = float[0] as number;
    return limits.findIndex((limit) => limit >= lowest);
  });
  return { boundaries, limits, cells, firstCell, lastCell, size: limits.length };
}

/** The bucket of a finite number that is not negative. */
// Hot: benchmarks/metrics.
export function bucketOf(index: BucketIndex, value: number): number {
  // Minus zero has its sign in the upper bits; adding zero takes it off.
  float[0] = value + 0;
  let cell = (words[1] as number) >>> CELL_SHIFT;
  if (cell < index.firstCell) cell = index.firstCell;
  else if (cell > index.lastCell) cell = index.lastCell;
  let bucket = index.cells[cell - index.firstCell] as number;
  while (value > (index.limits[bucket] as number)) bucket++;
  return bucket;
}

function cellOf(value: number): number {
  float[0] = value;
  return (words[1] as number) >>> CELL_SHIFT;
}
