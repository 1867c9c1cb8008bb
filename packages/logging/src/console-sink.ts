import type { destination } from "pino";
import type { LogLevel } from "./log-level.ts";
import type { LogSink } from "./log-sink.ts";
import { prettyLine } from "./pretty-line.ts";
import { requirePino } from "./require-pino.ts";
import { warnOnce } from "./warn-once.ts";

export interface ConsoleSinkOptions {
  /** The least severe level that is printed. @default all that loggers let through */
  readonly level?: LogLevel;
  /** `pretty` is for people; `auto` is `pretty` on a terminal and `json` elsewhere. @default "auto" */
  readonly format?: "auto" | "json" | "pretty";
  /** Whether pretty lines have colours. @default as the terminal has them, and `NO_COLOR` and `FORCE_COLOR` say */
  readonly colors?: boolean;
  /** @default "stdout" */
  readonly stream?: "stdout" | "stderr";
  /**
   * Whether each line is written before the logging call returns. Otherwise lines are gathered and written from another
   * thread: a reader that stalls costs lines, which are counted, and no time. What is gathered is written at exit.
   * @default true
   */
  readonly sync?: boolean;
}

/** What may wait for a stalled reader when lines are gathered, in characters. */
const MAX_GATHERED = 8 * 2 ** 20;
/** A write is worth a system call from here on; what is less waits for the next tick of the timer. */
const GATHERED_AT_LEAST = 4_096;
const FLUSH_INTERVAL_MS = 100;

/** Prints lines. Opened with the first of them; synchronous, since the last lines before a crash are the ones that are needed. */
export function consoleSink(options: ConsoleSinkOptions = {}): LogSink {
  const { format = "auto", stream = "stdout", sync = true } = options;
  const warn = warnOnce();
  let output: ReturnType<typeof destination> | undefined;
  let toText: ((line: string) => string) | undefined;
  let dropped = 0;

  function open(): ReturnType<typeof destination> {
    const terminal = process[stream];
    const pretty = format === "pretty" || (format === "auto" && terminal.isTTY === true);
    const colors = options.colors ?? (terminal.isTTY === true && terminal.hasColors());
    if (pretty) toText = (line) => prettyLine(line, { colors });
    const dest = stream === "stdout" ? 1 : 2;
    if (sync) return requirePino().destination({ dest, sync: true });
    const gathered = requirePino().destination({
      dest,
      sync: false,
      minLength: GATHERED_AT_LEAST,
      maxLength: MAX_GATHERED,
      periodicFlush: FLUSH_INTERVAL_MS,
    });
    return gathered.on("drop", () => {
      dropped++;
      warn(`whatever reads ${stream} is too slow; log lines beyond ${MAX_GATHERED} characters are dropped and counted`);
    });
  }

  return {
    name: `console (${stream})`,
    ...(options.level !== undefined && { level: options.level }),
    isStandardOutput: stream === "stdout",
    write(line) {
      output ??= open();
      output.write(toText === undefined ? line : toText(line));
    },
    flushSync: () => output?.flushSync(),
    flush: async () => output?.flushSync(),
    dropped: () => dropped,
  };
}
