import { type SqlDialect, sqlDialect } from "./sql-dialect.ts";
import { sqlTokenAt } from "./sql-token.ts";

/**
 * The statement with `?` for each string and number, without comments (sqlcommenter's hold data), and with a list of
 * literals after IN as one: `IN (?)`. Names, parameters, TRUE, FALSE and NULL stay. Text that was cut short is fine: a
 * literal without an end reaches to the end. Linear in the length of `text`; never throws.
 * `system` is a `db.system.name`, for what databases disagree on; a query that is not SQL comes back as it is.
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/#sanitization-of-dbquerytext
 */
export function redactSql(text: string, system?: string): string {
  const dialect = sqlDialect(system);
  return dialect === undefined ? text : redact(text, dialect);
}

function redact(text: string, dialect: SqlDialect): string {
  const pieces: string[] = [];
  let hadComment = false;
  let inList: "no" | "after IN" | "open" = "no";
  let listStart = 0;
  for (let start = 0; start < text.length; ) {
    const { kind, end } = sqlTokenAt(text, start, dialect);
    switch (kind) {
      case "literal":
        pieces.push("?");
        break;
      case "comment":
        hadComment = true;
        // What it stood between must not become one word.
        pieces.push(" ");
        break;
      default:
        // Two signs, where the database needs a space after the dashes of a comment: without what followed they may have one.
        if (text[start] === "-" && pieces.at(-1) === "-") pieces.push(" ");
        pieces.push(text.slice(start, end));
    }
    const piece = pieces[pieces.length - 1]!;
    if (inList === "after IN" && piece === "(") {
      inList = "open";
      listStart = pieces.length;
    } else if (inList === "open" && piece === ")") {
      collapse(pieces, listStart);
      inList = "no";
    } else if (kind === "word") {
      inList = isIn(piece) ? "after IN" : "no";
    } else if (kind !== "space" && kind !== "comment" && !(inList === "open" && LIST_PIECES.has(piece))) {
      inList = "no";
    }
    start = end;
  }
  const redacted = pieces.join("");
  return hadComment ? redacted.trim() : redacted;
}

const LIST_PIECES: ReadonlySet<string> = new Set(["?", ",", "-", "+"]);

/** Leaves one `?` of the list whose pieces, but for the last, a closing parenthesis, start at `listStart`. */
function collapse(pieces: string[], listStart: number): void {
  if (!pieces.includes("?", listStart)) return;
  pieces.length = listStart;
  pieces.push("?", ")");
}

const isIn = (word: string): boolean => word.length === 2 && word.toUpperCase() === "IN";
