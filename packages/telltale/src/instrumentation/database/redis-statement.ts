/**
 * A command of Redis with its key, and how many arguments follow. OpenTelemetry's own serializer shows all of them for many
 * commands, among them members of sets (SISMEMBER, SREM, ZSCORE), elements of lists (LREM) and scripts with their
 * arguments (EVAL): values like those of SET.
 */
export function redisStatement(command: string, args: readonly unknown[] = []): string {
  if (args.length === 0) return command;
  const isValueFirst = FIRST_IS_VALUE.has(command) || FIRST_IS_VALUE.has(command.toUpperCase());
  const others = isValueFirst ? args.length : args.length - 1;
  const shown = isValueFirst ? command : `${command} ${args[0]}`;
  return others > 0 ? `${shown} [${others} other arguments]` : shown;
}

/** All others begin with a key, a subcommand or an option. */
const FIRST_IS_VALUE: ReadonlySet<string> = new Set(["AUTH", "ECHO", "EVAL", "EVAL_RO", "PING"]);
