/** Queries of pg that are submitted as objects, whose rows come one after the other. */
import { expect, test } from "vitest";
import { type ObservedSpan, runObserved } from "./observed-program.ts";
import { absentServers } from "./server-program.ts";
import { postgres } from "./servers.ts";

const absent = absentServers("postgres", "initdb");

test.skipIf(absent !== undefined)(
  `cursors, streams and Query objects each have a span, which tells what failed${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    await using database = await postgres();
    const source = `
      const { once } = require("node:events");
      const { Client, Query } = require("pg");
      const Cursor = require("pg-cursor");
      const QueryStream = require("pg-query-stream");
      const { trace } = require("@opentelemetry/api");
      const tracer = trace.getTracer("test");
      const client = new Client({ connectionString: "${database.url}" });
      const step = (name, run) => tracer.startActiveSpan(name, async (span) => {
        try { await run(); } catch {}
        // A query is over when the connection is ready for the next one.
        await client.query("SELECT 'over'");
        span.end();
      });
      const rows = async (stream) => { for await (const row of stream); };
      const FIVE = "SELECT * FROM generate_series(1, 5)";
      (async () => {
        await client.connect();
        await step("cursor", async () => {
          const cursor = client.query(new Cursor(FIVE));
          await cursor.read(2);
          await cursor.read(10);
        });
        await step("cursor, closed early", async () => {
          const cursor = client.query(new Cursor(FIVE));
          await cursor.read(2);
          await cursor.close();
        });
        await step("cursor, failing", () => client.query(new Cursor("SELECT nothing")).read(2));
        await step("stream", () => rows(client.query(new QueryStream(FIVE))));
        await step("stream, failing", () => rows(client.query(new QueryStream("SELECT nothing"))));
        await step("stream, left early", async () => {
          for await (const row of client.query(new QueryStream(FIVE, [], { batchSize: 1 }))) break;
        });
        await step("query", () => once(client.query(new Query("SELECT 7")), "end"));
        await step("query, failing", () => once(client.query(new Query("SELECT nothing")), "end"));
        await step("query, by callback", () => new Promise((done) => client.query(new Query("SELECT 7", done))));
        await step("rows", () => new Promise((done) => {
          client.query(new Query("SELECT 7")).on("row", () => tracer.startSpan("at the row").end()).on("end", done);
        }));
        await client.end();
        await tracer.startActiveSpan("after the end", async (span) => {
          await once(client.query(new Query("SELECT 7")), "error").catch(() => {});
          span.end();
        });
      })();`;
    const { spans, stderr } = await runObserved(source, { language: "cjs" });
    expect(stderr).toBe("");
    const five = ["SELECT * FROM generate_series(1, 5)", undefined];
    const failed = ["SELECT nothing", "42703"];
    const seven = ["SELECT 7", undefined];
    expect(childrenOf(spans)).toEqual({
      cursor: [five],
      "cursor, closed early": [five],
      "cursor, failing": [failed],
      stream: [five],
      "stream, failing": [failed],
      "stream, left early": [five],
      query: [seven],
      "query, failing": [failed],
      "query, by callback": [seven],
      rows: [["at the row", undefined], seven],
      "after the end": [["SELECT 7", "Error"]],
    });
  },
);

/** What each step did: the statement or the name, and the type of its error. */
function childrenOf(spans: readonly ObservedSpan[]): Record<string, unknown[]> {
  const steps = spans.filter(({ scope, parentSpanId }) => scope === "test" && parentSpanId === undefined);
  return Object.fromEntries(
    steps.map(({ name, spanId }) => [
      name,
      spans
        .filter(({ parentSpanId }) => parentSpanId === spanId)
        .map((span) => [span.attributes["db.query.text"] ?? span.name, span.attributes["error.type"]])
        .filter(([text]) => text !== "SELECT 'over'"),
    ]),
  );
}
