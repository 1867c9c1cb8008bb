import { sqlOperation } from "@telltale/tracing";

export interface StatementSummary {
  /** As the instrumentation of pg names spans: up to the first space, in capitals. */
  readonly firstWord: string;
  /** `db.operation.name`, which is never a literal; `undefined` when the statement begins with none. */
  readonly operation: string | undefined;
}

/** Applications ask the same few statements over and over. */
const known = new Map<string, StatementSummary>();
const MAX_KNOWN = 1_000;
/** Longer statements are usually made anew each time. */
const MAX_KNOWN_LENGTH = 2_000;

export function statementSummary(text: string): StatementSummary {
  let summary = known.get(text);
  if (summary !== undefined) return summary;
  const trimmed = text.trim();
  const space = trimmed.indexOf(" ");
  const word = (space < 0 ? trimmed : trimmed.slice(0, space)).toUpperCase();
  const firstWord = word.endsWith(";") ? word.slice(0, -1) : word;
  const operation = /^[A-Z_]+$/.test(firstWord) ? firstWord : sqlOperation(firstWord, "postgresql") || undefined;
  summary = { firstWord, operation };
  if (text.length > MAX_KNOWN_LENGTH) return summary;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, summary);
  return summary;
}
