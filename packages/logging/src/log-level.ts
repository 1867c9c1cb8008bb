export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** pino's numbers; a line passes when its own is not below the limit's. */
const numbers: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};

export const logLevels: readonly LogLevel[] = Object.keys(numbers) as LogLevel[];

/** @throws RangeError with code TELLTALE_BAD_LOG_LEVEL. */
export function checkLevel(level: string): asserts level is LogLevel {
  if (Object.hasOwn(numbers, level)) return;
  const message = `the log level is "${level}"; give one of ${logLevels.join(", ")}`;
  throw Object.assign(new RangeError(message), { code: "TELLTALE_BAD_LOG_LEVEL" });
}

export function levelNumber(level: LogLevel): number {
  return numbers[level];
}

const LABEL_AT = '{"level":"'.length;

/** The number of a line's level. A level of the application's own counts as info. */
export function levelOfLine(line: string): number {
  const label = line.slice(LABEL_AT, line.indexOf('"', LABEL_AT));
  return numbers[label as LogLevel] ?? numbers.info;
}
