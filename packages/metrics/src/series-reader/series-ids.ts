/** Ids in a row for series that come and go together. Those that were given back are given out again, so that they stay small. */
export interface SeriesIds {
  take(width: number): number;
  giveBack(first: number, width: number): void;
}

export function seriesIds(): SeriesIds {
  const free = new Map<number, number[]>();
  let next = 0;
  return {
    take(width) {
      const again = free.get(width)?.pop();
      if (again !== undefined) return again;
      const first = next;
      next += width;
      return first;
    },
    giveBack(first, width) {
      const same = free.get(width);
      if (same === undefined) free.set(width, [first]);
      else same.push(first);
    },
  };
}
