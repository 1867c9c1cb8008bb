import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { ignoreSpan } from "./engine/guarded-processor.ts";
import { redactSql } from "./redact-sql.ts";
import { REDACTED, redactQuery, redactUrl } from "./redact-url.ts";
import { sqlDialect } from "./sql-dialect.ts";
import { sqlOperation } from "./sql-operation.ts";

/**
 * Takes literals out of SQL and secrets out of URLs before a span ends; give it to the provider first, so that no other
 * processor sees them. Attributes of the application's own, messages of exceptions and `db.query.parameter.*`, which
 * somebody asked for, stay. A value that cannot be redacted becomes `REDACTED`.
 */
export function redactionSpanProcessor(): SpanProcessor {
  return {
    onStart: ignoreSpan,
    onEnding: redactSpan,
    onEnd: ignoreSpan,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

// Hot: every span comes here, few have one of these attributes.
function redactSpan(span: Span): void {
  const { attributes } = span;
  for (const key in attributes) {
    const redact = redactions.get(key);
    if (redact === undefined) continue;
    const value = attributes[key];
    if (typeof value !== "string") continue;
    try {
      redact(span, key, value);
    } catch {
      span.setAttribute(key, REDACTED);
    }
  }
}

type Redaction = (span: Span, key: string, value: string) => void;

const redactions: ReadonlyMap<string, Redaction> = new Map([
  ["db.query.text", redactStatement],
  ["db.statement", redactStatement],
  ["db.query.summary", redactSummary],
  ["url.full", replaceBy(redactUrl)],
  ["url.query", replaceBy(redactQuery)],
  ["http.url", replaceBy(redactUrl)],
  ["http.target", replaceBy(redactUrl)],
  ["db.connection_string", replaceBy(redactUrl)],
]);

/** A statement without what is secret, and the span's name without the statement. */
interface RedactedStatement {
  readonly system: string | undefined;
  readonly plan: unknown;
  readonly database: unknown;
  readonly name: string;
  readonly redactedName: string;
  readonly redacted: string;
}

/** Applications ask the same again and again; whoever puts values into each statement fills it, and it begins anew. */
const statements = new Map<string, RedactedStatement>();
const MAX_STATEMENTS = 256;
/** In characters. */
const MAX_KEPT_LENGTH = 1_024;

function redactStatement(span: Span, key: string, statement: string): void {
  const system = systemOf(span);
  if (sqlDialect(system) === undefined) return;
  const { redacted, redactedName } = redactedStatement(span, statement, system);
  if (redactedName !== span.name) span.updateName(redactedName);
  if (redacted !== statement) span.setAttribute(key, redacted);
}

function redactedStatement(span: Span, statement: string, system: string | undefined): RedactedStatement {
  const { name, attributes } = span;
  const plan = attributes["db.postgresql.plan"];
  const database = attributes["db.namespace"];
  const known = statements.get(statement);
  if (
    known !== undefined &&
    known.name === name &&
    known.system === system &&
    known.database === database &&
    known.plan === plan
  ) {
    return known;
  }
  const redactedName = nameWithoutStatement(span, statement);
  const made = { system, plan, database, name, redactedName, redacted: redactStart(statement, system) };
  if (statement.length <= MAX_KEPT_LENGTH) {
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    statements.set(statement, made);
  }
  return made;
}

/** In characters: what is scanned in about a millisecond, many times what anybody reads. */
const MAX_STATEMENT_LENGTH = 32_768;

/** Cut before it is redacted: an insert of megabytes must not hold up the application. */
function redactStart(statement: string, system: string | undefined): string {
  if (statement.length <= MAX_STATEMENT_LENGTH) return redactSql(statement, system);
  return `${redactSql(statement.slice(0, MAX_STATEMENT_LENGTH), system)} …`;
}

function redactSummary(span: Span, key: string, summary: string): void {
  replace(span, { key, value: summary, by: (value) => redactSql(value, systemOf(span)) });
}

/**
 * The instrumentations of pg, mysql and mysql2 put all before the first space into the name of the span. That is more than
 * the operation when the statement has line breaks, or a literal without a space before it.
 */
function nameWithoutStatement(span: Span, statement: string): string {
  const { name, attributes } = span;
  if (name.startsWith(PG_QUERY)) {
    // A prepared statement's own name is no part of the statement.
    if (attributes["db.postgresql.plan"] || isWord(name.slice(PG_QUERY.length).split(" ", 1)[0]!)) return name;
    const operation = sqlOperation(statement, "postgresql").toUpperCase() || "query";
    const database = attributes["db.namespace"];
    return typeof database === "string" ? `${PG_QUERY}${operation} ${database}` : PG_QUERY + operation;
  }
  if (isWord(name) || !(statement.startsWith(name) || name.startsWith(statement))) return name;
  return sqlOperation(statement, systemOf(span)) || "query";
}

const PG_QUERY = "pg.query:";

const isWord = (text: string): boolean => /^[A-Za-z_]+$/.test(text);

function systemOf({ attributes }: Span): string | undefined {
  const system = attributes["db.system.name"] ?? attributes["db.system"];
  return typeof system === "string" ? system : undefined;
}

function replaceBy(by: (value: string) => string): Redaction {
  return (span, key, value) => replace(span, { key, value, by });
}

function replace(
  span: Span,
  { key, value, by }: { readonly key: string; readonly value: string; readonly by: (value: string) => string },
): void {
  const redacted = by(value);
  if (redacted !== value) span.setAttribute(key, redacted);
}
