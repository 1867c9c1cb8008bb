/** Whether a counter was started anew between two samples, by what they say of their starts; 0 is unknown. */
export function isStartTimeReset(
  previousStartMs: number,
  previousMs: number,
  currentStartMs: number,
  currentMs: number,
): boolean {
  if (previousStartMs === currentStartMs || currentStartMs === 0 || currentStartMs >= currentMs) return false;
  if (currentStartMs < previousMs) return false;
  if (currentStartMs > previousMs) return true;
  // A start at the previous sample is a delta, unless that sample did not know its own start.
  if (previousStartMs > previousMs) return false;
  return previousStartMs !== 0 && previousStartMs !== previousMs;
}

/** Whether a counter is said to have started anew while its previous sample had not been taken yet, which cannot be. */
function isStartTimeOverlap(previousStartMs: number, previousMs: number, currentStartMs: number): boolean {
  return currentStartMs !== 0 && currentStartMs < previousMs && currentStartMs !== previousStartMs;
}

/** Whether any sample of a range overlaps so with the one before it. */
export function hasStartTimeOverlap(
  startsMs: readonly number[],
  timesMs: ArrayLike<number>,
  { first, end }: { readonly first: number; readonly end: number },
): boolean {
  if (startsMs.length === 0) return false;
  for (let i = first + 1; i < end; i++) {
    if (isStartTimeOverlap(startsMs[i - 1] ?? 0, timesMs[i - 1]!, startsMs[i] ?? 0)) return true;
  }
  return false;
}

/** Whether a sample's counter was started after a time. */
export function isStartedAfter(timeMs: number, startMs: number, sampleMs: number): boolean {
  if (startMs <= timeMs || sampleMs <= timeMs) return false;
  return isStartTimeReset(timeMs, timeMs, startMs, sampleMs);
}
