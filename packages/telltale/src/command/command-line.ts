import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { nearest } from "../configuration/did-you-mean.ts";

/** A subcommand of `telltale`. */
export interface Command {
  /** What `--help` prints, with its newline. */
  readonly help: string;
  /** Rejects with what is to be told; with a `UsageError` when the arguments are not understood. */
  run(args: readonly string[]): Promise<void>;
}

/** The arguments of a command are not understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "TELLTALE_USAGE";
}

/**
 * The options and words of a command.
 * @throws UsageError for an option that there is not, or that lacks its value.
 */
export function readArguments<const T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const { message } = error as Error;
    const [, asked] = /^Unknown option '--?([^' =]+)/.exec(message) ?? [];
    // Node's further sentences are on how to write a word that begins with a dash.
    if (asked === undefined) throw new UsageError(message.split(". ")[0]);
    const near = nearest(asked, Object.keys(options));
    throw new UsageError(`there is no option --${asked}${near === undefined ? "" : `; did you mean --${near}?`}`);
  }
}

/** A number from 1 that an option was given. */
export function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`--${option} is ${JSON.stringify(text)}; give a whole number from 1, such as 20`);
}
