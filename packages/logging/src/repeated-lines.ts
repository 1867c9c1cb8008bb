/** Limits how often the same line is written. The same: one message, before its values are put in, at one level. */
import type { LogFn, Logger } from "pino";

export interface RepeatLimitOptions {
  /** How many of the same line are written in one interval. @default 100 */
  readonly limit?: number;
  /** @default 1_000 */
  readonly intervalMs?: number;
  /** Messages that are watched at a time; further ones are not limited. @default 1_000 */
  readonly maxMessages?: number;
}

export interface RepeatLimit {
  /** Whether the line is written; what is not is counted. */
  take(message: string, level: number, by: { readonly logger: Logger; readonly write: LogFn }): boolean;
  /** Tells now of all that has been left out. */
  tell(): void;
}

/** What was left out of one message in an interval. */
export interface Repeated {
  readonly message: string;
  readonly level: number;
  /** That logged it first. */
  readonly logger: Logger;
  /** pino's method of that level, without the hook. */
  readonly write: LogFn;
  readonly count: number;
  readonly intervalMs: number;
}

interface Watched {
  readonly logger: Logger;
  readonly write: LogFn;
  startMs: number;
  written: number;
  leftOut: number;
}

/** `tell` is called once for each message of which lines were left out, when its interval is over. */
export function repeatLimit(
  options: RepeatLimitOptions,
  tell: (repeated: Repeated) => void,
  now: () => number = Date.now,
): RepeatLimit {
  const { limit = 100, intervalMs = 1_000, maxMessages = 1_000 } = options;
  const byLevel = new Map<number, Map<string, Watched>>();
  let watching = 0;
  let timer: NodeJS.Timeout | undefined;

  function sweep(everything: boolean): void {
    timer = undefined;
    const nowMs = now();
    for (const [level, messages] of byLevel) {
      for (const [message, watched] of messages) {
        if (!everything && nowMs - watched.startMs < intervalMs) continue;
        messages.delete(message);
        watching--;
        const { leftOut: count, logger, write } = watched;
        if (count > 0) tell({ message, level, logger, write, count, intervalMs: nowMs - watched.startMs });
      }
    }
    if (watching > 0) arm();
  }

  function arm(): void {
    timer ??= setTimeout(() => sweep(false), intervalMs).unref();
  }

  return {
    take(message, level, { logger, write }) {
      let messages = byLevel.get(level);
      if (messages === undefined) {
        messages = new Map();
        byLevel.set(level, messages);
      }
      const watched = messages.get(message);
      if (watched === undefined) {
        if (watching >= maxMessages) return true;
        messages.set(message, { logger, write, startMs: now(), written: 1, leftOut: 0 });
        watching++;
        arm();
        return true;
      }
      if (watched.written < limit) {
        watched.written++;
        return true;
      }
      watched.leftOut++;
      return false;
    },
    tell() {
      clearTimeout(timer);
      sweep(true);
    },
  };
}
