import type { Attributes } from "@opentelemetry/api";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { redactionSpanProcessor } from "./redaction-span-processor.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({
  spanProcessors: [redactionSpanProcessor(), new SimpleSpanProcessor({ exporter })],
  spanLimits: { attributeCountLimit: 4, attributeValueLengthLimit: 100_000 },
});
const tracer = provider.getTracer("test");

function ended(attributes: Attributes, name = "work"): ReadableSpan {
  tracer.startSpan(name, { attributes }).end();
  return exporter.getFinishedSpans().at(-1)!;
}

test("statements lose their literals as their database writes them", () => {
  const attributes = { "db.system.name": "mysql", "db.query.text": 'SELECT "secret"' };
  expect(ended(attributes).attributes).toEqual({ "db.system.name": "mysql", "db.query.text": "SELECT ?" });
});

test("the older names of attributes count as well", () => {
  const attributes = { "db.system": "postgresql", "db.statement": "SELECT 'secret' AS \"name\"" };
  expect(ended(attributes).attributes).toEqual({ "db.system": "postgresql", "db.statement": 'SELECT ? AS "name"' });
});

test("a statement of no known database loses its literals", () => {
  expect(ended({ "db.query.text": "SELECT 'secret'" }).attributes).toEqual({ "db.query.text": "SELECT ?" });
});

test("a statement that is known is redacted by who asks now: its database, its system and the span's name", () => {
  const statement = "SELECT\n'secret'";
  const ask = (system: string, database: string, name: string) => {
    const attributes = { "db.system.name": system, "db.namespace": database, "db.query.text": statement };
    const span = ended(attributes, name);
    return [span.name, span.attributes["db.query.text"]];
  };
  for (let time = 0; time < 2; time++) {
    expect(ask("postgresql", "a", "pg.query:SELECT\n'secret' a")).toEqual(["pg.query:SELECT a", "SELECT\n?"]);
    expect(ask("postgresql", "b", "pg.query:SELECT\n'secret' b")).toEqual(["pg.query:SELECT b", "SELECT\n?"]);
    expect(ask("mysql", "a", "SELECT\n'secret'")).toEqual(["SELECT", "SELECT\n?"]);
    expect(ask("mysql", "a", "mine")).toEqual(["mine", "SELECT\n?"]);
    expect(ask("redis", "a", "mine")).toEqual(["mine", statement]);
  }
});

test("however many statements there are, each loses its own literals", () => {
  for (let i = 0; i < 1_000; i++) {
    const attributes = { "db.query.text": `SELECT ${i} AS a${i % 300}` };
    expect(ended(attributes).attributes).toEqual({ "db.query.text": `SELECT ? AS a${i % 300}` });
  }
});

test("parameters that somebody asked for, and commands that are not SQL, stay", () => {
  const attributes = { "db.system.name": "redis", "db.query.text": "GET 'a'", "db.query.parameter.id": "7" };
  expect(ended(attributes).attributes).toEqual(attributes);
});

test("a summary holds no literals", () => {
  const attributes = { "db.system.name": "postgresql", "db.query.summary": "SELECT 'secret' orders" };
  expect(ended(attributes).attributes).toMatchObject({ "db.query.summary": "SELECT ? orders" });
});

test("credentials and tokens leave no URL", () => {
  const attributes = {
    "url.full": "https://user:secret@example.com/a?token=secret&b=1",
    "url.query": "a=1&api_key=secret",
    "http.url": "http://example.com/?password=secret",
    "http.target": "/a?sig=secret",
  };
  expect(ended(attributes).attributes).toEqual({
    "url.full": "https://REDACTED:REDACTED@example.com/a?token=REDACTED&b=1",
    "url.query": "a=1&api_key=REDACTED",
    "http.url": "http://example.com/?password=REDACTED",
    "http.target": "/a?sig=REDACTED",
  });
});

test("what is set while the span runs is redacted too, with as many attributes as it may have", () => {
  const span = tracer.startSpan("work", { attributes: { a: 1, b: 2, c: 3 } });
  span.setAttribute("url.query", "token=secret").end();
  expect(exporter.getFinishedSpans().at(-1)!.attributes).toEqual({ a: 1, b: 2, c: 3, "url.query": "token=REDACTED" });
});

test("values of other types are left alone", () => {
  const attributes = { "db.query.text": ["SELECT 'a'"], "url.query": 7 };
  expect(ended(attributes).attributes).toEqual(attributes);
});

test("a statement of megabytes is cut", () => {
  const text = `INSERT INTO t VALUES ${"($1, 'secret'), ".repeat(5_000)}`;
  const redacted = String(ended({ "db.system.name": "postgresql", "db.query.text": text }).attributes["db.query.text"]);
  expect(redacted.slice(0, 30)).toBe("INSERT INTO t VALUES ($1, ?), ");
  expect(redacted.slice(-4)).toMatch(/ …$/);
  expect(redacted).not.toContain("secret");
  expect(redacted.length).toBeLessThan(33_000);
});

describe("the name of a span holds no more of its statement than the operation", () => {
  test.each([
    ["pg.query:SELECT orders", "SELECT 1", "pg.query:SELECT orders"],
    ["pg.query:SELECT\n'SECRET' orders", "select\n'secret' FROM t", "pg.query:SELECT orders"],
    ["pg.query:/*SECRET*/ orders", "/*secret*/ UPDATE t", "pg.query:UPDATE orders"],
    ["pg.query:'SECRET orders", "'secret", "pg.query:query orders"],
    ["SELECT'secret'", "SELECT'secret' FROM t", "SELECT"],
    ["INSERT\nINTO", "INSERT\nINTO t VALUES (1)", "INSERT"],
    ["", " SELECT 1", "SELECT"],
    ["SELECT 'secret'", "SELECT 'secret'", "SELECT"],
    ["get order 7", "SELECT 1", "get order 7"],
  ])("%j", (name, statement, redacted) => {
    const span = ended({ "db.namespace": "orders", "db.query.text": statement }, name);
    expect(span.name).toBe(redacted);
  });

  test("a prepared statement keeps its name", () => {
    const attributes = { "db.postgresql.plan": "order-7", "db.query.text": "SELECT 1" };
    expect(ended(attributes, "pg.query:order-7 orders").name).toBe("pg.query:order-7 orders");
  });
});
