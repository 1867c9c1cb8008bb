/** Requests that wait for one another's connections: the commands of each belong to its own trace. */
import { expect, test } from "vitest";
import { runObserved } from "./observed-program.ts";
import { absentServers } from "./server-program.ts";
import { redis } from "./servers.ts";

const absent = absentServers("redis");

test.skipIf(absent !== undefined).each([
  ["a command of the pool", "await pool.get(id); await pool.get('second ' + id);"],
  [
    "one of its clients",
    "await pool.execute(async (client) => { await client.get(id); await client.get('second ' + id); });",
  ],
])(
  `each trace holds exactly its own commands of redis, asked by %s${absent ? ` (skipped: ${absent})` : ""}`,
  async (_, ask) => {
    await using cache = await redis();
    const source = `
    const { createClientPool } = require("redis");
    const { trace } = require("@opentelemetry/api");
    (async () => {
      const pool = createClientPool({ url: "${cache.url}" }, { minimum: 1, maximum: 1 });
      await pool.connect();
      await Promise.all(["a", "b", "c", "d"].map((id) => trace.getTracer("test").startActiveSpan(id, async (span) => {
        ${ask}
        span.end();
      })));
      await pool.close();
    })();`;
    const { spans } = await runObserved(source, { language: "cjs" });
    const requests = spans.filter(({ scope }) => scope === "test").toSorted((a, b) => a.name.localeCompare(b.name));
    const below = requests.map(({ name, spanId }) => [
      name,
      spans.filter(({ parentSpanId }) => parentSpanId === spanId).map(({ attributes }) => attributes["db.query.text"]),
    ]);
    expect(below).toEqual(["a", "b", "c", "d"].map((id) => [id, [`GET ${id}`, `GET second ${id}`]]));
  },
);
