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
  // What stays is copied in runs, from here on.
  let copyStart = 0;
  const put = (start: number, end: number, piece: string): void => {
    if (start > copyStart) pieces.push(text.slice(copyStart, start));
    pieces.push(piece);
    copyStart = end;
  };
  let hadComment = false;
  let afterDash = false;
  let inList: "no" | "after IN" | "open" = "no";
  let listStart = 0;
  for (let start = 0; start < text.length; ) {
    const { kind, end } = sqlTokenAt(text, start, dialect);
    const character = text[start];
    const isDash = kind === "symbol" && character === "-";
    if (kind === "literal") put(start, end, "?");
    else if (kind === "comment") {
      hadComment = true;
      // What it stood between must not become one word.
      put(start, end, " ");
    } else if (kind === "word") inList = isIn(text, start, end) ? "after IN" : "no";
    else if (kind === "symbol" && character === "(" && inList === "after IN") {
      inList = "open";
      put(start, end, "(");
      listStart = pieces.length;
    } else if (kind === "symbol" && character === ")" && inList === "open") {
      put(start, end, ")");
      collapse(pieces, listStart);
      inList = "no";
    } else if (isDash && afterDash) {
      // Two signs, where the database needs a space after the dashes of a comment: without what followed they may have one.
      put(start, start, " ");
    } else if (kind !== "space" && !(inList === "open" && isListPiece(text, start, end))) inList = "no";
    afterDash = isDash;
    start = end;
  }
  const redacted = pieces.length === 0 ? text : pieces.join("") + text.slice(copyStart);
  return hadComment ? redacted.trim() : redacted;
}

/** Leaves one `?` of the list whose pieces, but for the last, a closing parenthesis, start at `listStart`. */
function collapse(pieces: string[], listStart: number): void {
  if (!pieces.slice(listStart).some((piece) => piece.includes("?"))) return;
  pieces.length = listStart;
  pieces.push("?)");
}

/** What may stand in a list beside literals: commas, signs and the `?` of a list that was redacted before. */
function isListPiece(text: string, start: number, end: number): boolean {
  return end === start + 1 && ",-+?".includes(text[start]!);
}

function isIn(text: string, start: number, end: number): boolean {
  return end === start + 2 && (text.charCodeAt(start) | 0x20) === 0x69 && (text.charCodeAt(start + 1) | 0x20) === 0x6e;
}
