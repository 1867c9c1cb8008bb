/** Lines that are left out before they are made: sampling, and limits on repeated ones, as a hook of pino's. */
import type { LogFn, Logger } from "pino";
import { type RepeatLimit, type RepeatLimitOptions, repeatLimit } from "./repeated-lines.ts";
import { type LineSamplingOptions, lineSampler } from "./sampled-lines.ts";

export interface ThinningOptions {
  readonly sampling?: LineSamplingOptions;
  readonly repeats?: RepeatLimitOptions;
}

export interface Thinning {
  /** pino's hook around each call. */
  readonly logMethod: (this: Logger, args: Parameters<LogFn>, write: LogFn, level: number) => void;
  /** Tells now of the repeated lines that have been left out. */
  tell(): void;
  readonly sampledOut: () => number;
  readonly repeatedOut: () => number;
}

const FATAL = 60;

/**
 * `undefined` when nothing is to be left out, so that nothing is asked. `parentOf` gives the logger that is to tell of lines
 * of one of its children, whose own fields are those of one line only.
 */
export function thinning(options: ThinningOptions, parentOf: (logger: Logger) => Logger): Thinning | undefined {
  if (options.sampling === undefined && options.repeats === undefined) return undefined;
  const isKept = options.sampling && lineSampler(options.sampling);
  let [sampledOut, repeatedOut] = [0, 0];
  const limit: RepeatLimit | undefined =
    options.repeats &&
    repeatLimit(options.repeats, ({ message, logger, write, count, intervalMs }) => {
      repeatedOut += count;
      const seconds = Math.max(1, Math.ceil(intervalMs / 1_000));
      const text = `${message} (repeated ${count} times in ${seconds} s)`;
      write.call(parentOf(logger), { repeated: count }, text);
    });
  return {
    logMethod(args, write, level) {
      if (level < FATAL) {
        if (isKept?.(level) === false) {
          sampledOut++;
          return;
        }
        const message = limit === undefined ? undefined : messageOf(args);
        if (message !== undefined && !limit!.take(message, level, { logger: this, write })) return;
      }
      write.apply(this, args);
    },
    tell: () => limit?.tell(),
    sampledOut: () => sampledOut,
    repeatedOut: () => repeatedOut,
  };
}

/** The text before its values are put in; a line without one is not limited. */
function messageOf(args: readonly unknown[]): string | undefined {
  const [first, second] = args;
  if (typeof first === "string") return first;
  if (typeof second === "string") return second;
  return first instanceof Error ? first.message : undefined;
}
