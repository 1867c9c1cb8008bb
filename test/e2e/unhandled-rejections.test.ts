/** What an application does not handle is reported to it with instrumentations as it is without. */
import { expect, test } from "vitest";
import { runObserved } from "./observed-program.ts";
import { absentServers } from "./server-program.ts";
import { mariadb, postgres, redis } from "./servers.ts";

const absent = absentServers("postgres", "initdb", "mariadb", "redis");

test.skipIf(absent !== undefined)(
  `queries and commands whose errors nobody handles are reported as unhandled${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    await using database = await postgres();
    await using other = await mariadb();
    await using cache = await redis();
    const source = `
      const { Client, Pool } = require("pg");
      const { Redis } = require("ioredis");
      const { createClient } = require("redis");
      const mysql = require("mysql2/promise");
      const told = [];
      process.on("unhandledRejection", ({ message }) => told.push(message));
      const step = async (name, ask) => {
        told.length = 0;
        ask();
        for (let turn = 0; turn < 200 && told.length === 0; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
        console.log(name + ": " + told.join());
      };
      (async () => {
        const client = new Client({ connectionString: "${database.url}" });
        await client.connect();
        const pool = new Pool({ connectionString: "${database.url}", max: 1 });
        const ioredis = new Redis("${cache.url}");
        await ioredis.set("text", "no number");
        const commands = createClient({ url: "${cache.url}" });
        await commands.connect();
        const connection = await mysql.createConnection("${other.url}");
        await step("pg client", () => client.query("SELECT nothing"));
        await step("pg pool", () => pool.query("SELECT nothing"));
        await step("pg pool, unreachable", () => new Pool({ host: "127.0.0.1", port: 1, user: "u" }).connect());
        await step("ioredis", () => ioredis.incr("text"));
        await step("redis", () => commands.incr("text"));
        await step("redis, sent", () => commands.sendCommand(["INCR", "text"]));
        await step("mysql2", () => connection.query("SELECT nothing"));
        await client.end();
        await pool.end();
        await ioredis.quit();
        await commands.close();
        await connection.end();
      })();`;
    const off = { pg: false, ioredis: false, redis: false, mysql2: false };
    const [bare, ours] = await Promise.all(
      [off, {}].map((instrumentations) => runObserved(source, { language: "cjs", instrumentations })),
    );
    expect(bare!.output).not.toMatch(/: $/m);
    expect(ours!.output).toBe(bare!.output);
  },
);

test("an error below a middleware of Koa that does not wait for the next one is reported as unhandled", async () => {
  const source = `
    const Koa = require("koa");
    const app = new Koa();
    process.on("unhandledRejection", ({ message }) => {
      console.log("unhandled: " + message);
      server.close();
      server.closeAllConnections();
    });
    // Where it is not reported.
    setTimeout(() => process.exit(1), 20_000).unref();
    app.use((ctx, next) => { next(); ctx.body = "answered"; });
    app.use(async function late() {
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error("a mistake");
    });
    const server = app.listen(0, "127.0.0.1", () => fetch("http://127.0.0.1:" + server.address().port).catch(() => {}));`;
  const { spans, output } = await runObserved(source, { language: "cjs" });
  expect(output).toBe("unhandled: a mistake");
  expect(spans.find(({ name }) => name === "middleware - late")).toMatchObject({ exceptions: 1 });
});
