import type { destination } from "pino";
import { emitLine } from "./log-record.ts";
import { requirePino } from "./require-pino.ts";

/** Takes whole lines of JSON, each with its newline. */
export interface LineWriter {
  write(line: string): void;
}

/** Lines kept for the OpenTelemetry records of before `createLogging()`. */
const MAX_EARLY_LINES = 1_000;

interface LogOutput {
  readonly console: LineWriter | undefined;
  readonly records: boolean;
}

let output: LogOutput | undefined;
let early: string[] = [];
let standardOutput: ReturnType<typeof destination> | undefined;

export function writeLine(line: string): void {
  if (output === undefined) {
    standardOutputWriter.write(line);
    if (early.length < MAX_EARLY_LINES) early.push(line);
    return;
  }
  output.console?.write(line);
  if (output.records) emitLine(line);
}

/** Directs all loggers. Lines from before have been printed; here they become OpenTelemetry records, too. */
export function setOutput(options: { readonly console: boolean | LineWriter; readonly records: boolean }): void {
  const { console, records } = options;
  output = { console: console === true ? standardOutputWriter : console || undefined, records };
  const lines = early;
  early = [];
  if (records) for (const line of lines) emitLine(line);
}

/** Writes out what standard output has not taken yet. */
export function flushOutput(done?: () => void): void {
  standardOutput?.flushSync();
  done?.();
}

// Synchronous: the last lines before a crash or process.exit() are the ones that are needed. Opened with the first line.
const standardOutputWriter: LineWriter = {
  write(line) {
    standardOutput ??= requirePino().destination({ dest: 1, sync: true });
    standardOutput.write(line);
  },
};
