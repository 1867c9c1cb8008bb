import type { TraceLog } from "./trace-tree.ts";

export interface RecentLogs {
  /** Takes one line of a child's output; answers what it says when that deserves a place on the terminal. */
  add(line: string, service: string): string | undefined;
  ofTrace(traceId: string): readonly TraceLog[];
  /** The last lines as they were written. */
  lines(): readonly string[];
}

interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly traceId: string | undefined;
}

const LINES_KEPT = 2_000;
const LINES_SHOWN = 100;
const QUIET_LEVELS = ["trace", "debug", "info"];

/** The last log lines of all processes, by trace. Warnings and errors are answered as text for the terminal. */
export function recentLogs(): RecentLogs {
  const kept: { readonly line: string; readonly service: string; readonly record: LogRecord | undefined }[] = [];
  return {
    add(line, service) {
      const record = parseRecord(line);
      kept.push({ line, service, record });
      if (kept.length > LINES_KEPT) kept.shift();
      if (record === undefined) return `${service}: ${line}`;
      if (QUIET_LEVELS.includes(record.level)) return undefined;
      return `${record.level} ${service}: ${record.message}${record.traceId === undefined ? "" : `  trace ${record.traceId}`}`;
    },
    ofTrace(traceId) {
      return kept.flatMap(({ service, record }) =>
        record?.traceId === traceId ? [{ service, level: record.level, message: record.message }] : [],
      );
    },
    lines: () => kept.slice(-LINES_SHOWN).map(({ line }) => line),
  };
}

/** A line that is not JSON comes from Node itself: a warning, or the stack of a crash. */
function parseRecord(line: string): LogRecord | undefined {
  try {
    const { level, msg, message = msg, reason, trace_id } = JSON.parse(line) as Record<string, unknown>;
    const because = typeof reason === "string" ? `, ${reason}` : "";
    return {
      level: String(level),
      message: `${String(message)}${because}`,
      traceId: typeof trace_id === "string" ? trace_id : undefined,
    };
  } catch {
    return undefined;
  }
}
