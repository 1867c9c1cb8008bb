/**
 * A command of Redis with its key, and how many arguments follow. OpenTelemetry's own serializer shows all of them for many
 * commands, among them members of sets (SISMEMBER, SREM, ZSCORE), elements of lists (LREM) and scripts with their
 * arguments (EVAL): values like those of SET.
 */
export function redisStatement(command: string, args: readonly unknown[] = []): string {
  const shown = FIRST_IS_VALUE.has(command.toUpperCase()) ? [] : args.slice(0, 1).map(String);
  const others = args.length - shown.length;
  return [command, ...shown, ...(others > 0 ? [`[${others} other arguments]`] : [])].join(" ");
}

/** All others begin with a key, a subcommand or an option. */
const FIRST_IS_VALUE: ReadonlySet<string> = new Set(["AUTH", "ECHO", "EVAL", "EVAL_RO", "PING"]);
