import type { TraceLog } from "./trace-tree.ts";

export interface RecentLogs {
  /**
   * Takes one line that process `name` wrote; answers what it says when that deserves a place on the terminal, and was not told
   * there a moment ago.
   */
  add(line: string, name: string): string | undefined;
  ofTrace(traceId: string): readonly TraceLog[];
  /** The last lines as they were written. */
  lines(): readonly string[];
}

interface LogRecord {
  readonly service: string;
  readonly level: string;
  readonly message: string;
  readonly traceId: string | undefined;
}

const LINES_KEPT = 2_000;
const LINES_SHOWN = 100;
/** While an exchange is away, each order fails with the same words. */
const REPEATED_AFTER_MS = 10_000;
const QUIET_LEVELS = ["trace", "debug", "info"];

/** The last log lines of all processes, by trace. Warnings and errors are answered as text for the terminal. */
export function recentLogs(now: () => number = () => performance.now()): RecentLogs {
  const toldAtMs = new Map<string, number>();
  const kept: { readonly line: string; readonly record: LogRecord | undefined }[] = [];
  return {
    add(line, name) {
      const record = parseRecord(line);
      kept.push({ line, record });
      if (kept.length > LINES_KEPT) kept.shift();
      if (record === undefined) return `${name}: ${line}`;
      if (QUIET_LEVELS.includes(record.level)) return undefined;
      const words = `${record.level} ${record.service}: ${record.message}`;
      if (now() - (toldAtMs.get(words) ?? Number.NEGATIVE_INFINITY) < REPEATED_AFTER_MS) return undefined;
      toldAtMs.set(words, now());
      const trace = record.traceId === undefined ? "" : `  trace ${record.traceId}`;
      return words + trace;
    },
    ofTrace: (traceId) => kept.flatMap(({ record }) => (record?.traceId === traceId ? [record] : [])),
    lines: () => kept.slice(-LINES_SHOWN).map(({ line }) => line),
  };
}

/** A line that is not JSON comes from Node itself: a warning, or the stack of a crash. */
function parseRecord(line: string): LogRecord | undefined {
  try {
    const { level, msg, reason, trace_id, "service.name": service } = JSON.parse(line) as Record<string, unknown>;
    const because = typeof reason === "string" ? `, ${reason}` : "";
    return {
      service: String(service),
      level: String(level),
      message: `${String(msg)}${because}`,
      traceId: typeof trace_id === "string" ? trace_id : undefined,
    };
  } catch {
    return undefined;
  }
}
