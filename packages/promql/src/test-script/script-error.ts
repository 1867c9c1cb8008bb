import { parseDuration } from "../duration.ts";

/** A test script that cannot be read. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly code = "TELLTALE_PROMQL_BAD_SCRIPT";
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** A duration in milliseconds. @throws ScriptError */
export function durationAt(line: number, text: string): number {
  return attempt(line, () => parseDuration(text));
}

/** What a function gives; its error is one of the script, at a line. @throws ScriptError */
export function attempt<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    throw new ScriptError(line, (error as Error).message);
  }
}
