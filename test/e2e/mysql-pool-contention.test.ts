/** Requests that wait for one another's connections: the queries of each, and what follows them, belong to its own trace. */
import { expect, test } from "vitest";
import { runObserved } from "./observed-program.ts";
import { absentServers } from "./server-program.ts";
import { mariadb } from "./servers.ts";

const absent = absentServers("mariadb");

/** By each way to ask, requests in whose trace the first and the second query, and what was done in between, should be. */
const WAYS = ["promise", "callback", "prepared", "client", "client by callback", "streamed"];
const REQUESTS = 4;

test.skipIf(absent !== undefined)(
  `each trace holds exactly its own queries of mysql2, also of those that are not sampled${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    await using database = await mariadb();
    const source = `
      const mysql = require("mysql2");
      const { context, trace } = require("@opentelemetry/api");
      // The one of bootstrap(): OpenTelemetry's own binds no listener that is there already.
      context.disable();
      require("@telltale/tracing").registerContextManager();
      const tracer = trace.getTracer("test");
      const pool = mysql.createPool({ uri: "${database.url}", connectionLimit: 1 });
      const promised = pool.promise();
      const ways = {
        async promise(first, second) {
          await promised.query(first);
          tracer.startSpan("between").end();
          await promised.execute(second);
        },
        callback: (first, second) => new Promise((done) => {
          pool.query(first, () => { tracer.startSpan("between").end(); pool.query(second, done); });
        }),
        prepared: (first, second) => new Promise((done) => {
          pool.execute(first, [], () => { tracer.startSpan("between").end(); pool.execute(second, done); });
        }),
        async client(first, second) {
          const connection = await promised.getConnection();
          await connection.query(first);
          tracer.startSpan("between").end();
          await connection.query(second);
          connection.release();
        },
        "client by callback": (first, second) => new Promise((done) => {
          pool.getConnection((error, connection) => {
            connection.query(first, () => {
              tracer.startSpan("between").end();
              connection.query(second, () => { connection.release(); done(); });
            });
          });
        }),
        streamed: (first, second) => new Promise((done) => {
          pool.query(first).on("end", () => { tracer.startSpan("between").end(); pool.query(second).on("end", done); });
        }),
      };
      const unsampled = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 };
      const request = (name, way, id) => tracer.startActiveSpan(name, async (span) => {
        await ways[way]("SELECT 'first " + id + "'", "SELECT 'second " + id + "'");
        span.end();
      });
      (async () => {
        for (const way of Object.keys(ways)) {
          await Promise.all(Array.from({ length: ${REQUESTS} }, (_, id) => Promise.all([
            request(way + " " + id, way, id),
            // Not sampled: nothing of it may appear in the traces of the others.
            context.with(trace.setSpanContext(context.active(), unsampled), () => request("unseen", way, "unseen")),
          ])));
        }
        pool.end();
      })();`;
    const { spans, stderr } = await runObserved(source, { language: "cjs" });
    expect(stderr).toBe("");
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    const below = Object.fromEntries(
      roots.map(({ name, spanId }) => {
        const children = spans.filter(({ parentSpanId }) => parentSpanId === spanId);
        return [name, children.map((child) => child.attributes["db.query.text"] ?? child.name)];
      }),
    );
    const wanted = WAYS.flatMap((way) =>
      Array.from({ length: REQUESTS }, (_, id) => [
        `${way} ${id}`,
        [`SELECT 'first ${id}'`, "between", `SELECT 'second ${id}'`],
      ]),
    );
    expect(below).toEqual(Object.fromEntries(wanted));
    expect(JSON.stringify(spans)).not.toContain("unseen");
  },
);
