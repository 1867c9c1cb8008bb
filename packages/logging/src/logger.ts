/**
 * All loggers of the process. They exist before `createLogging()` has been called, so that a module can have one at its top;
 * what they share (output, service, levels) is looked up when a record is written.
 */
import type { LogFn, Logger, symbols } from "pino";
import { fieldValues } from "./field-values.ts";
import { LevelRules } from "./level-rules.ts";
import type { LogLevel } from "./log-level.ts";
import { flushOutputSync, writeLine } from "./log-output.ts";
import { requirePino } from "./require-pino.ts";
import { serializeError } from "./serialize-error.ts";
import { stamp } from "./stamp.ts";
import { type Thinning, type ThinningOptions, thinning } from "./thinned-lines.ts";

export type { Logger };

/** Paths in pino's own notation, such as `password`, `req.headers.authorization`, `*.card`, `items[*].token`. */
export interface PathRedactionOptions {
  readonly paths: readonly string[];
  /** @default "[Redacted]" */
  readonly censor?: string;
  /** Whether key and value are left out. @default false */
  readonly remove?: boolean;
}

const loggers = new Map<string, Logger>();
const levels = new LevelRules();
const hooks: { logMethod?: (this: Logger, args: Parameters<LogFn>, write: LogFn, level: number) => void } = {};
let thinned: Thinning | undefined;
let redact: { paths: string[]; censor?: string; remove?: boolean } | undefined;

/** The pino logger of that name; the same one at each call. Usable before `bootstrap()`. */
export function logger(name: string): Logger {
  let found = loggers.get(name);
  if (found === undefined) {
    found = newLogger(name);
    loggers.set(name, found);
  }
  return found;
}

/**
 * Sets the level of all loggers or of those of a name, in which `*` stands for any characters; a whole name is stronger than a
 * pattern, a longer pattern than a shorter one. Children follow, also those that exist, unless they were made with a level
 * of their own. Setting all forgets what was set by name.
 * @throws RangeError with code TELLTALE_BAD_LOG_LEVEL.
 */
export function setLevel(level: LogLevel, name?: string): void {
  if (name === undefined) {
    levels.setDefault(level);
    levels.clear();
    applyLevels(() => true);
  } else {
    applyLevels(levels.set(name, level));
  }
}

/** The level of all loggers that have none set by name. @throws RangeError with code TELLTALE_BAD_LOG_LEVEL. */
export function setDefaultLevel(level: LogLevel): void {
  levels.setDefault(level);
  applyLevels((name) => levels.ruleOf(name) === undefined);
}

/** What is left out by sampling and limits from now on. A child that exists and has a level of its own is not concerned. */
export function thinOut(options: ThinningOptions): Thinning | undefined {
  thinned?.tell();
  thinned = thinning(options, (child) => logger(String(child.bindings()["logger"])));
  if (thinned === undefined) delete hooks.logMethod;
  else hooks.logMethod = thinned.logMethod;
  for (const existing of loggers.values()) {
    // pino puts the hook into the methods of each level when the level is set.
    const { level } = existing;
    existing.level = level;
  }
  return thinned;
}

/** Tells now of repeated lines that have been left out. */
export function tellRepeated(): void {
  thinned?.tell();
}

/** What is redacted by path from now on, in all loggers and in children without redaction of their own. */
export function redactPaths(options: PathRedactionOptions | undefined): void {
  if (options === undefined && redact === undefined) return;
  redact = options && { ...options, paths: [...options.paths] };
  if (loggers.size === 0) return;
  const { pino, symbols: of } = requirePino();
  const pattern = pino(redact === undefined ? {} : { redact }, { write() {} }) as unknown as Record<symbol, unknown>;
  const compiled: readonly (keyof typeof symbols)[] = ["stringifiersSym", "formatOptsSym", "stringifySym"];
  for (const existing of loggers.values()) {
    // As pino's child() does with a redaction of its own.
    for (const key of compiled) (existing as unknown as Record<symbol, unknown>)[of[key]] = pattern[of[key]];
  }
}

function applyLevels(concerns: (name: string) => boolean): void {
  for (const [name, existing] of loggers) if (concerns(name)) existing.level = levels.levelOf(name);
}

function newLogger(name: string): Logger {
  return requirePino().pino(
    {
      level: levels.levelOf(name),
      base: { logger: name },
      formatters: { level: (label) => ({ level: label }), log: fieldValues },
      timestamp: stamp,
      serializers: { err: serializeError, error: serializeError },
      hooks,
      ...(redact && { redact }),
    },
    { write: writeLine, flush: flushLines, flushSync: flushOutputSync } as { write(line: string): void },
  );
}

/** pino's `flush(done)`. */
function flushLines(done?: () => void): void {
  flushOutputSync();
  done?.();
}
