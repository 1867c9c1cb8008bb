export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

const levels: readonly string[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] satisfies LogLevel[];

/** @throws RangeError with code TELLTALE_BAD_LOG_LEVEL. */
export function checkLevel(level: string): asserts level is LogLevel {
  if (levels.includes(level)) return;
  const message = `the log level is "${level}"; give one of ${levels.join(", ")}`;
  throw Object.assign(new RangeError(message), { code: "TELLTALE_BAD_LOG_LEVEL" });
}
