/**
 * All loggers of the process. They exist before `createLogging()` has been called, so that a module can have one at its top;
 * what they share (output, service, levels) is looked up when a record is written.
 */
import type { Logger } from "pino";
import { checkLevel, type LogLevel } from "./log-level.ts";
import { flushOutput, writeLine } from "./log-output.ts";
import { requirePino } from "./require-pino.ts";
import { stamp } from "./stamp.ts";

export type { Logger };

const loggers = new Map<string, Logger>();
const levelsByName = new Map<string, LogLevel>();
let levelOfAll: LogLevel = "info";

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
 * Sets the level of all loggers or, with a name, of one. Children follow, also those that exist, unless they were made
 * with a level of their own. Setting all forgets what was set by name.
 * @throws RangeError with code TELLTALE_BAD_LOG_LEVEL.
 */
export function setLevel(level: LogLevel, name?: string): void {
  checkLevel(level);
  if (name === undefined) {
    levelsByName.clear();
    setDefaultLevel(level);
  } else {
    levelsByName.set(name, level);
    const existing = loggers.get(name);
    if (existing !== undefined) existing.level = level;
  }
}

/** The level of all loggers that have none set by name. */
export function setDefaultLevel(level: LogLevel): void {
  checkLevel(level);
  levelOfAll = level;
  for (const [name, existing] of loggers) {
    if (!levelsByName.has(name)) existing.level = level;
  }
}

function newLogger(name: string): Logger {
  const { pino, stdSerializers } = requirePino();
  return pino(
    {
      level: levelsByName.get(name) ?? levelOfAll,
      base: { logger: name },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stamp,
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
    },
    { write: writeLine, flush: flushOutput } as { write(line: string): void },
  );
}
