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

/** Whether a sample's counter was started after a time. */
export function isStartedAfter(timeMs: number, startMs: number, sampleMs: number): boolean {
  if (startMs <= timeMs || sampleMs <= timeMs) return false;
  return isStartTimeReset(timeMs, timeMs, startMs, sampleMs);
}
