import { consoleSink } from "./console-sink.ts";
import { type LogLevel, levelNumber, levelOfLine } from "./log-level.ts";
import type { LogSink } from "./log-sink.ts";
import { warnOnce } from "./warn-once.ts";

/** Lines of before `createLogging()`, kept for the sinks that it brings. */
const MAX_EARLY_LINES = 1_000;

interface Output {
  readonly sink: LogSink;
  /** pino's number of its level; 0 for all. */
  readonly from: number;
}

interface Directed {
  readonly outputs: readonly Output[];
  /** The one there is, when it takes all levels. */
  readonly only: LogSink | undefined;
  readonly redact: ((line: string) => string) | undefined;
}

let directed: Directed | undefined;
let early: string[] = [];
let earlyConsole: LogSink | undefined;
const warn = warnOnce();

// Hot: called for every record written; benchmarks/logging.ts.
export function writeLine(text: string): void {
  if (directed === undefined) {
    writeEarly(text);
    return;
  }
  try {
    const line = directed.redact === undefined ? text : directed.redact(text);
    if (directed.only !== undefined) directed.only.write(line);
    else writeToAll(line, directed.outputs);
  } catch (error) {
    warn("a log sink threw, and has lost a line at least", error);
  }
}

/** Directs all loggers. Lines from before have been printed; the other sinks get them here. */
export function setOutput(options: {
  readonly sinks: readonly LogSink[];
  readonly redact: ((line: string) => string) | undefined;
}): void {
  const { sinks, redact } = options;
  const outputs = sinks.map((sink) => ({ sink, from: numberOf(sink.level) }));
  const [first, ...others] = outputs;
  const only = first !== undefined && others.length === 0 && first.from === 0 ? first.sink : undefined;
  directed = { outputs, only, redact };
  const lines = early;
  early = [];
  const late = outputs.filter(({ sink }) => sink.isStandardOutput !== true);
  for (const line of lines) writeToAll(redact === undefined ? line : redact(line), late);
}

/** Writes out what each sink can write without waiting. */
export function flushOutputSync(): void {
  earlyConsole?.flushSync?.();
  for (const { sink } of directed?.outputs ?? []) sink.flushSync?.();
}

function writeToAll(line: string, outputs: readonly Output[]): void {
  let level = -1;
  for (const { sink, from } of outputs) {
    if (from > 0) {
      if (level < 0) level = levelOfLine(line);
      if (level < from) continue;
    }
    sink.write(line);
  }
}

function writeEarly(line: string): void {
  earlyConsole ??= consoleSink();
  earlyConsole.write(line);
  if (early.length < MAX_EARLY_LINES) early.push(line);
}

function numberOf(level: LogLevel | undefined): number {
  return level === undefined || level === "trace" ? 0 : levelNumber(level);
}
