/** What differs between databases in how their SQL writes literals, identifiers and comments: data only. */

export interface SqlDialect {
  /** What a backslash in a string is; `unknown` where guessing wrongly would show what follows. */
  readonly backslash: "plain" | "escape" | "unknown";
  readonly doubleQuotes: "identifier" | "string";
  /** `[name]` is an identifier. */
  readonly brackets: boolean;
  /** `$tag$text$tag$` is a string. */
  readonly dollarQuotes: boolean;
  /** `q'[text]'` is a string. */
  readonly alternativeQuotes: boolean;
  /** `$1.50` is a literal, not a parameter. */
  readonly dollarNumbers: boolean;
  /** `:1` is a parameter. */
  readonly colonNumbers: boolean;
  /** What `#` is: a comment to the end of the line, part of a name, or an operator. */
  readonly hash: "comment" | "name" | "operator";
  /** `--` starts a comment only before white space: elsewhere it is two signs. */
  readonly dashesNeedSpace: boolean;
  readonly nestedComments: boolean;
}

/**
 * The dialect of a `db.system.name` (or `db.system`); `undefined` for a system whose queries are not SQL.
 * A name that is not known, or none, gets the dialect that shows least.
 */
export function sqlDialect(system?: string): SqlDialect | undefined {
  if (system === undefined) return unknown;
  if (NOT_SQL.has(system)) return undefined;
  return dialects.get(system) ?? unknown;
}

/** Their own instrumentations leave values out; as SQL these queries would be read wrongly. */
const NOT_SQL: ReadonlySet<string> = new Set([
  "aws.dynamodb",
  "couchdb",
  "dynamodb",
  "elasticsearch",
  "geode",
  "memcached",
  "mongodb",
  "opensearch",
  "redis",
  "valkey",
]);

const standard: SqlDialect = {
  backslash: "plain",
  doubleQuotes: "identifier",
  brackets: false,
  dollarQuotes: false,
  alternativeQuotes: false,
  dollarNumbers: false,
  colonNumbers: false,
  hash: "operator",
  dashesNeedSpace: false,
  nestedComments: false,
};

const unknown: SqlDialect = {
  ...standard,
  backslash: "unknown",
  doubleQuotes: "string",
  dollarQuotes: true,
  colonNumbers: true,
};
const mysql: SqlDialect = {
  ...standard,
  backslash: "escape",
  doubleQuotes: "string",
  hash: "comment",
  dashesNeedSpace: true,
};
const postgresql: SqlDialect = { ...standard, dollarQuotes: true, nestedComments: true };
const sqlServer: SqlDialect = { ...standard, brackets: true, dollarNumbers: true, hash: "name", nestedComments: true };
const oracle: SqlDialect = { ...standard, alternativeQuotes: true, colonNumbers: true, hash: "name" };
const sqlite: SqlDialect = { ...standard, brackets: true, colonNumbers: true };
const cassandra: SqlDialect = { ...standard, dollarQuotes: true };
const clickhouse: SqlDialect = { ...standard, backslash: "escape" };
const doubleQuotedStrings: SqlDialect = { ...standard, backslash: "escape", doubleQuotes: "string" };

/** Names of the semantic conventions, their predecessors, and the drivers' names that knex reports. */
const dialects: ReadonlyMap<string, SqlDialect> = new Map([
  ...named(mysql, "mysql", "mysql2", "mariadb"),
  ...named(postgresql, "postgresql", "pg", "cockroachdb", "aws.redshift", "redshift", "ibm.netezza", "netezza"),
  ...named(sqlServer, "microsoft.sql_server", "mssql"),
  ...named(oracle, "oracle.db", "oracle", "oracledb"),
  ...named(sqlite, "sqlite", "sqlite3", "better-sqlite3"),
  ...named(cassandra, "cassandra"),
  ...named(clickhouse, "clickhouse"),
  ...named(doubleQuotedStrings, "hive", "gcp.spanner", "spanner", "azure.cosmosdb", "cosmosdb", "neo4j"),
  ...named(standard, "ibm.db2", "db2", "h2database", "h2", "hsqldb", "derby", "firebirdsql", "firebird"),
  ...named(standard, "sap.hana", "hanadb", "teradata", "trino"),
]);

function named(dialect: SqlDialect, ...names: readonly string[]): (readonly [string, SqlDialect])[] {
  return names.map((name) => [name, dialect] as const);
}
