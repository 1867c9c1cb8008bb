import { PromqlEvaluationError } from "./evaluation-error.ts";
import type { Work } from "./turn.ts";

/** What may end work before it is done. */
export interface WorkLimits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

export interface Turns {
  readonly turnMs?: number;
  readonly pause: () => Promise<unknown>;
}

/** Does all work at once. */
export function finish<T>(work: Work<T>, options: WorkLimits): T {
  const check = checkpoint(options);
  for (;;) {
    check();
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Does the work in turns, with pauses in which others have theirs. */
export async function finishInTurns<T>(work: Work<T>, options: WorkLimits & Turns): Promise<T> {
  const { turnMs = 5, pause, now = monotonic } = options;
  const check = checkpoint(options);
  let beforeMs = now();
  let turnEndMs = beforeMs + turnMs;
  let longestMs = 0;
  for (;;) {
    check();
    const { done, value } = work.next();
    if (done) return value;
    const nowMs = now();
    // What follows may take as long as what was, so the turn ends before that would be too long.
    longestMs = Math.max(nowMs - beforeMs, longestMs * LONGEST_DECAY);
    beforeMs = nowMs;
    if (nowMs + longestMs < turnEndMs) continue;
    await pause();
    beforeMs = now();
    turnEndMs = beforeMs + turnMs;
  }
}

/** A collection of garbage makes one piece of work long; the next ones are not judged by it for ever. */
const LONGEST_DECAY = 0.95;

/** Throws when the query was aborted or its time is up. */
function checkpoint({ signal, timeoutMs, now = monotonic }: WorkLimits): () => void {
  if (signal === undefined && timeoutMs === undefined) return () => {};
  const deadlineMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now() + timeoutMs;
  return () => {
    if (signal?.aborted) {
      throw new PromqlEvaluationError(
        "query was canceled in query execution",
        "TELLTALE_PROMQL_ABORTED",
        signal.reason,
      );
    }
    if (timeoutMs === undefined || now() < deadlineMs) return;
    throw new PromqlEvaluationError(
      `query timed out in query execution (limit: timeoutMs, ${timeoutMs})`,
      "TELLTALE_PROMQL_TIMEOUT",
    );
  };
}

function monotonic(): number {
  return performance.now();
}
