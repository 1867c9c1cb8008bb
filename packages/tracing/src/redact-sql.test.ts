import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactSql } from "./redact-sql.ts";

describe("literals become ?", () => {
  test.each([
    ["SELECT * FROM t WHERE a = 'x' AND b = 12", "SELECT * FROM t WHERE a = ? AND b = ?"],
    ["SELECT 'it''s'", "SELECT ?"],
    ["SELECT 1, -2.5, .5, 1e10, 1.5E-3, 0xFF, 0b01, 1_000", "SELECT ?, -?, ?, ?, ?, ?, ?, ?"],
    ["SELECT x'ab', B'01', N'ü', E'a', U&'\\0441'", "SELECT ?, ?, ?, ?, ?"],
    ["SELECT DATE '2026-01-01', INTERVAL '1 day'", "SELECT DATE ?, INTERVAL ?"],
    ["INSERT INTO t VALUES(1,'a'),(2,'b')", "INSERT INTO t VALUES(?,?),(?,?)"],
    ["LIMIT 10 OFFSET 20", "LIMIT ? OFFSET ?"],
  ])("%s", (statement, redacted) => {
    for (const system of ["postgresql", "mysql", "sqlite", "oracle.db", undefined]) {
      expect(redactSql(statement, system)).toBe(redacted);
    }
  });
});

describe("names, parameters, booleans and NULL stay", () => {
  test.each([
    "SELECT t_2.col1, table1.*, größe FROM table1 AS t_2",
    "SELECT a FROM t WHERE b = $1 AND c = ? AND d = :name AND e = @p1 AND f = @@version",
    "UPDATE t SET a = NULL, b = TRUE, c = false WHERE d IS NOT NULL",
    "SELECT `a1` FROM `t 2`",
    "select  a\n\tfrom t ",
    "",
  ])("%s", (statement) => {
    for (const system of ["postgresql", "mysql", "sqlite", "oracle.db", undefined]) {
      expect(redactSql(statement, system)).toBe(statement);
    }
  });
});

describe("what databases disagree on follows the system", () => {
  test.each([
    ["double quotes are names", "postgresql", `SELECT "col 1" FROM "T2"`, `SELECT "col 1" FROM "T2"`],
    ["double quotes are strings", "mysql", `SELECT "x" = "a\\"b"`, "SELECT ? = ?"],
    ["double quotes are strings", "mariadb", `SELECT "x"`, "SELECT ?"],
    ["a backslash escapes", "mysql", "SELECT 'a\\'b', 'c'", "SELECT ?, ?"],
    ["a backslash is a backslash", "postgresql", "SELECT 'a\\', 'c'", "SELECT ?, ?"],
    ["a backslash escapes after E", "postgresql", "SELECT E'a\\'b', 'c'", "SELECT ?, ?"],
    ["dollars quote", "postgresql", "SELECT $$it's$$, $tag$a $$ b$tag$, $1", "SELECT ?, ?, $1"],
    ["a cast is none", "postgresql", "SELECT $1::int4, a::text", "SELECT $1::int4, a::text"],
    ["slices hold numbers", "postgresql", "SELECT a[1:3], ARRAY[1,2]", "SELECT a[?:?], ARRAY[?,?]"],
    ["JSON operators stay", "postgresql", "SELECT a ->> 'k', b ?| $1", "SELECT a ->> ?, b ?| $1"],
    ["comments nest", "postgresql", "SELECT /* a /* 'b' */ 'c' */ d", "SELECT   d"],
    ["comments do not nest", "mysql", "SELECT /* a /* b */ c", "SELECT   c"],
    ["two dashes without a space are signs", "mysql", "SELECT 5--1 -- 'x'", "SELECT ?- -?"],
    ["a hash starts a comment", "mysql", "SELECT a # it's\n, 'b'", "SELECT a  \n, ?"],
    ["brackets are names", "microsoft.sql_server", "SELECT [a]]1 'b'] FROM #t1", "SELECT [a]]1 'b'] FROM #t1"],
    ["a dollar is money", "microsoft.sql_server", "SELECT $19.99", "SELECT ?"],
    ["q quotes", "oracle.db", "SELECT q'[it's]', nq'!x'!', :1", "SELECT ?, ?, :1"],
    ["numbered parameters", "sqlite", "SELECT ?1, :2", "SELECT ?1, :2"],
    ["an unclear backslash hides the rest", "other_sql", "SELECT 'a\\', 'secret', b", "SELECT ?"],
    ["double quotes are strings when nobody knows", undefined, `SELECT "x"`, "SELECT ?"],
    [
      "queries that are not SQL are left alone",
      "redis",
      "SET quote:1 [1 other arguments]",
      "SET quote:1 [1 other arguments]",
    ],
  ])("%s (%s)", (_, system, statement, redacted) => {
    expect(redactSql(statement, system)).toBe(redacted);
  });
});

describe("a list of literals after IN is one", () => {
  test.each([
    ["WHERE a IN (1, 2, 3)", "WHERE a IN (?)"],
    ["WHERE a in('x','y') AND b NOT IN ( -1, +2 )", "WHERE a in(?) AND b NOT IN (?)"],
    ["WHERE a IN (/* ids */ 1, 2)", "WHERE a IN (?)"],
    ["WHERE a IN (?, ?)", "WHERE a IN (?)"],
    ["WHERE a IN ($1, $2)", "WHERE a IN ($1, $2)"],
    ["WHERE a IN (SELECT 1, 2)", "WHERE a IN (SELECT ?, ?)"],
    ["WHERE a IN (1, f(2))", "WHERE a IN (?, f(?))"],
    ["WHERE a IN ((1, 2), (3, 4))", "WHERE a IN ((?, ?), (?, ?))"],
    ["WHERE a IN ()", "WHERE a IN ()"],
    ["WHERE f(1, 2)", "WHERE f(?, ?)"],
  ])("%s", (statement, redacted) => {
    expect(redactSql(statement, "postgresql")).toBe(redacted);
  });
});

test("comments go, with the data that sqlcommenter put there", () => {
  expect(redactSql("SELECT 1 /*traceparent='00-ab',route='%2Fusers%2F7'*/", "postgresql")).toBe("SELECT ?");
  expect(redactSql("-- by alice\nSELECT/**/a--b", "postgresql")).toBe("SELECT a");
});

test.each([
  "'secret",
  "E'secret\\",
  "$$secret",
  "$a$secret$b$",
  '"secret',
  "`secret",
  "X'secret",
  "/* secret",
  "-- secret",
])("what is cut short is gone to its end: %s", (tail) => {
  expect(redactSql(`SELECT a, ${tail}`, "postgresql")).toMatch(/^SELECT a,( \?)?$/);
});

const systems = ["postgresql", "mysql", "microsoft.sql_server", "oracle.db", "sqlite", "clickhouse", "other_sql"];

/** Characters of secrets, and those that end, open or escape something. */
const content = fc
  .array(
    fc.constantFrom(
      "Ж",
      "Ω",
      "7",
      "'",
      '"',
      "`",
      "\\",
      "$",
      "$$",
      "--",
      "/*",
      "*/",
      "#",
      "[",
      "]",
      ";",
      "\n",
      " ",
      "?",
      ")",
    ),
  )
  .map((parts) => parts.join(""));

/** A literal as a client library would write it, and the `?` that it becomes. */
function literalOf(system: string): fc.Arbitrary<string> {
  const escapes = system === "mysql" || system === "clickhouse";
  const quoted = content.map((text) => {
    const escaped = escapes ? text.replaceAll("\\", "\\\\") : system === "other_sql" ? text.replaceAll("\\", "") : text;
    return `'${escaped.replaceAll("'", "''")}'`;
  });
  const number = fc.oneof(
    fc.nat().map(String),
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String),
    fc.nat().map((value) => `0x${value.toString(16)}`),
  );
  return fc.oneof(quoted, number);
}

const kept = fc.constantFrom(
  "SELECT",
  "a",
  "t_2",
  "table1",
  "=",
  ",",
  "(",
  ")",
  "+",
  "NULL",
  "true",
  "::",
  "a.b1",
  "`c 3`",
);

/** Statements with what must come out: nothing but the literals may change. */
const statements = fc.constantFrom(...systems).chain((system) =>
  fc
    .array(
      fc.oneof(
        kept.map((text) => [text, text] as const),
        literalOf(system).map((text) => [text, "?"] as const),
      ),
    )
    .map((parts) => ({
      system,
      statement: parts.map(([written]) => written).join(" "),
      redacted: parts.map(([, expected]) => expected).join(" "),
    })),
);

test("no character of a literal survives, and all of the rest does", () => {
  fc.assert(
    fc.property(statements, ({ system, statement, redacted }) => {
      expect(redactSql(statement, system)).toBe(redacted);
    }),
    { numRuns: 1_000 },
  );
});

test("a statement that is cut anywhere shows nothing more", () => {
  fc.assert(
    fc.property(statements, fc.nat(), ({ system, statement }, cut) => {
      expect(redactSql(statement.slice(0, cut % (statement.length + 1)), system)).not.toMatch(/[ЖΩ]/);
    }),
    { numRuns: 1_000 },
  );
});

const pieces = fc.constantFrom(
  ..."'\"`$?@:;-/*#[](),.\\&".split(""),
  ..."a E x n q IN in $a$ -- /* */ 1 0x e5 : . é \n".split(" "),
  " ",
);

test("redacting twice changes nothing, whatever the text", () => {
  fc.assert(
    fc.property(fc.constantFrom(...systems), fc.array(pieces), (system, parts) => {
      const once = redactSql(parts.join(""), system);
      expect(redactSql(once, system)).toBe(once);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  "'",
  "''",
  "$a",
  "$a$",
  "$",
  "/*",
  "*/ /*",
  "IN (",
  "IN (1,",
  "IN (1)",
  "[",
  '"\\',
  "E'",
  "--",
  "--\n",
  "@",
  "1e",
  "0x",
  "q'[",
])("a million characters of %j take a linear number of steps", (piece) => {
  const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
  for (const system of systems) expect(redactSql(text, system).length).toBeLessThanOrEqual(text.length * 2);
});
