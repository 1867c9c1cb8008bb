export interface BackOffOptions {
  /** @default 500 */
  readonly initialMs?: number;
  /** @default 30000 */
  readonly maxMs?: number;
  /** Between 0 and 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * How long to wait before attempt `attempt`, from 0: twice as long each time, of which the second half is by chance, so that
 * many clients of a venue that comes back do not all come at once.
 */
export function backOffMs(
  attempt: number,
  { initialMs = 500, maxMs = 30_000, random = Math.random }: BackOffOptions = {},
): number {
  const longest = Math.min(maxMs, initialMs * 2 ** attempt);
  return longest / 2 + (random() * longest) / 2;
}
