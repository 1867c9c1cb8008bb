import { diag } from "@opentelemetry/api";

/** As long as a file system has; see there. */
const DEADLINE_MS = 500;

/**
 * `read` with nothing in the place of an answer that does not come in time, so that it holds nothing else up. While it owes
 * one it is not asked again, and that is told once.
 */
export function inTime<T>(
  read: () => Promise<readonly T[]>,
  what: string,
  deadlineMs: number = DEADLINE_MS,
): () => Promise<readonly T[]> {
  let owed: Promise<readonly T[]> | undefined;
  let isTold = false;
  return async () => {
    if (owed !== undefined) {
      if (!isTold)
        diag.warn(`telltale: ${what} has not answered since it was asked before; it is left out until it does`);
      isTold = true;
      return [];
    }
    const answer = read().finally(() => {
      owed = undefined;
    });
    owed = answer;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, deadlineMs, undefined).unref();
    });
    const found = await Promise.race([answer, late]);
    clearTimeout(timer);
    if (found !== undefined) return found;
    // Nobody waits for it any more.
    answer.catch(() => {});
    return [];
  };
}
